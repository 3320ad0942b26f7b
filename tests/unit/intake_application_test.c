/* The life of an application: what may follow what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/application/application.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void a_state_follows_only_where_the_table_says_so(void **state)
{
    (void)state;
    for (int from = STATE_NONE; from < STATE_COUNT; from++)
        for (int to = STATE_NONE; to < STATE_COUNT; to++) {
            bool listed = false;
            for (size_t i = 0; i < APPLICATION_TRANSITION_COUNT; i++)
                listed |=
                    APPLICATION_TRANSITIONS[i].from == (enum application_state)from && APPLICATION_TRANSITIONS[i].to == (enum application_state)to;
            struct application_change change = {.state = (enum application_state)from};
            enum err err = application_move(&change, (enum application_state)to);
            assert_int_equal(err, listed ? ERR_OK : ERR_CONFLICT);
            assert_int_equal(change.count, listed ? 1 : 0);
        }
}

static void every_transition_has_its_reason_and_is_listed_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPLICATION_TRANSITION_COUNT; i++) {
        assert_true(APPLICATION_TRANSITIONS[i].why[0] != '\0');
        for (size_t j = 0; j < i; j++)
            assert_false(APPLICATION_TRANSITIONS[i].from == APPLICATION_TRANSITIONS[j].from &&
                         APPLICATION_TRANSITIONS[i].to == APPLICATION_TRANSITIONS[j].to);
    }
}

static void every_state_has_a_name_and_words_in_three_languages(void **state)
{
    (void)state;
    for (int s = STATE_DRAFT; s < STATE_COUNT; s++) {
        enum application_state back;
        assert_true(application_state_parse(str_from(application_state_name((enum application_state)s)), &back));
        assert_int_equal(back, s);
        const struct application_reason *reason = application_state_reason((enum application_state)s);
        assert_true(reason->ar[0] && reason->fr[0] && reason->en[0]);
    }
    enum application_state none;
    assert_false(application_state_parse(STR("LOST"), &none));
}

enum act { SUBMIT, SUBMIT_DOUBLE, AMEND, AMEND_DOUBLE, WITHDRAW };

static enum err do_act(struct application_change *change, enum act act)
{
    switch (act) {
    case SUBMIT:
    case SUBMIT_DOUBLE:
        return application_submit(change, act == SUBMIT_DOUBLE);
    case AMEND:
    case AMEND_DOUBLE:
        return application_amend(change, act == AMEND_DOUBLE);
    case WITHDRAW:
        break;
    }
    return application_withdraw(change);
}

static void people_change_an_application_only_while_they_may(void **state)
{
    (void)state;
    static const struct {
        enum application_state from;
        enum act act;
        enum application_state to; /* STATE_COUNT: a conflict */
        size_t moves;
        const char *why;
    } rows[] = {
        {STATE_NONE, SUBMIT, STATE_SUBMITTED, 1, "sent at once"},
        {STATE_NONE, SUBMIT_DOUBLE, STATE_DUPLICATE_REVIEW, 2, "the number is known: a receipt all the same, then a reviewer"},
        {STATE_DRAFT, SUBMIT, STATE_SUBMITTED, 1, "a draft is sent"},
        {STATE_SUBMITTED, SUBMIT, STATE_COUNT, 0, "sent is sent"},
        {STATE_INFO_REQUESTED, SUBMIT, STATE_COUNT, 0, "a complement is an amendment"},
        {STATE_DRAFT, AMEND, STATE_DRAFT, 0, "a draft is replaced"},
        {STATE_SUBMITTED, AMEND, STATE_SUBMITTED, 1, "a new revision"},
        {STATE_SCREENING, AMEND, STATE_SUBMITTED, 1, "a new revision"},
        {STATE_ELIGIBLE, AMEND, STATE_SUBMITTED, 1, "assessed anew"},
        {STATE_INFO_REQUESTED, AMEND, STATE_SUBMITTED, 1, "the complement"},
        {STATE_DUPLICATE_REVIEW, AMEND, STATE_SUBMITTED, 1, "a corrected number ends the doubt"},
        {STATE_DUPLICATE_REVIEW, AMEND_DOUBLE, STATE_DUPLICATE_REVIEW, 2, "the number is still another's"},
        {STATE_IN_REVIEW, AMEND, STATE_COUNT, 0, "places are being given"},
        {STATE_SHORTLISTED, AMEND, STATE_COUNT, 0, "the place was given for what was written"},
        {STATE_WITHDRAWN, AMEND, STATE_COUNT, 0, "gone"},
        {STATE_SUBMITTED, WITHDRAW, STATE_WITHDRAWN, 1, "she may"},
        {STATE_SHORTLISTED, WITHDRAW, STATE_WITHDRAWN, 1, "even with a place"},
        {STATE_APPROVED, WITHDRAW, STATE_WITHDRAWN, 1, "even approved"},
        {STATE_REJECTED, WITHDRAW, STATE_COUNT, 0, "withdrawing after a refusal is a conflict"},
        {STATE_INELIGIBLE, WITHDRAW, STATE_COUNT, 0, "withdrawing after a decision is a conflict"},
        {STATE_WITHDRAWN, WITHDRAW, STATE_COUNT, 0, "once"},
        {STATE_FUNDED, WITHDRAW, STATE_COUNT, 0, "the money is there"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct application_change change = {.state = rows[i].from};
        enum err err = do_act(&change, rows[i].act);
        bool conflict = rows[i].to == STATE_COUNT;
        if (err != (conflict ? ERR_CONFLICT : ERR_OK) || change.count != rows[i].moves || (!conflict && change.state != rows[i].to) ||
            (conflict && change.state != rows[i].from))
            fail_msg("row %zu: %s", i, rows[i].why);
    }
}

static void a_decision_walks_to_its_outcome_or_says_why_not(void **state)
{
    (void)state;
    static const struct {
        enum application_state from, outcome;
        enum decision_effect effect;
        size_t moves;
        const char *why;
    } rows[] = {
        {STATE_SUBMITTED, STATE_ELIGIBLE, DECISION_APPLIED, 2, "through screening"},
        {STATE_SUBMITTED, STATE_INELIGIBLE, DECISION_APPLIED, 2, "through screening"},
        {STATE_SCREENING, STATE_ELIGIBLE, DECISION_APPLIED, 1, "sent on by a reviewer"},
        {STATE_ELIGIBLE, STATE_ELIGIBLE, DECISION_APPLIED, 0, "there already: only the decision is newer"},
        {STATE_ELIGIBLE, STATE_INELIGIBLE, DECISION_APPLIED, 1, "scored again"},
        {STATE_ELIGIBLE, STATE_SHORTLISTED, DECISION_APPLIED, 2, "through review"},
        {STATE_ELIGIBLE, STATE_WAITLISTED, DECISION_APPLIED, 2, "through review"},
        {STATE_WAITLISTED, STATE_SHORTLISTED, DECISION_APPLIED, 1, "a place was freed"},
        {STATE_WAITLISTED, STATE_REJECTED, DECISION_APPLIED, 1, "the call closed"},
        {STATE_SHORTLISTED, STATE_APPROVED, DECISION_APPLIED, 1, "by the committee"},
        {STATE_SUBMITTED, STATE_SHORTLISTED, DECISION_IGNORED, 0, "about a form that she has replaced"},
        {STATE_SHORTLISTED, STATE_ELIGIBLE, DECISION_IGNORED, 0, "past that"},
        {STATE_WITHDRAWN, STATE_ELIGIBLE, DECISION_IGNORED, 0, "she was quicker"},
        {STATE_MERGED, STATE_INELIGIBLE, DECISION_IGNORED, 0, "the other file goes on"},
        {STATE_DUPLICATE_REVIEW, STATE_ELIGIBLE, DECISION_IGNORED, 0, "a merge was undone before the decision came"},
        {STATE_DUPLICATE_REVIEW, STATE_INELIGIBLE, DECISION_IGNORED, 0, "the same"},
        {STATE_DRAFT, STATE_ELIGIBLE, DECISION_CONFLICT, 0, "nobody decides about a draft"},
        {STATE_REJECTED, STATE_SHORTLISTED, DECISION_CONFLICT, 0, "only an appeal leads back"},
        {STATE_ELIGIBLE, STATE_APPROVED, DECISION_CONFLICT, 0, "never automatic: shortlisted first"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct application_change change = {.state = rows[i].from};
        enum decision_effect effect = application_decide(&change, rows[i].outcome);
        bool applied = rows[i].effect == DECISION_APPLIED;
        if (effect != rows[i].effect || change.count != rows[i].moves || change.state != (applied ? rows[i].outcome : rows[i].from))
            fail_msg("row %zu: %s", i, rows[i].why);
    }
}

static void whatever_is_decided_ends_and_leaves_a_whole_change(void **state)
{
    (void)state;
    for (int from = STATE_DRAFT; from < STATE_COUNT; from++)
        for (int outcome = STATE_DRAFT; outcome < STATE_COUNT; outcome++) {
            struct application_change change = {.state = (enum application_state)from};
            enum decision_effect effect = application_decide(&change, (enum application_state)outcome);
            assert_true(change.count <= DECISION_MOVES_MAX);
            assert_true(effect == DECISION_APPLIED ? change.state == (enum application_state)outcome : change.count == 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_follows_only_where_the_table_says_so),        cmocka_unit_test(every_transition_has_its_reason_and_is_listed_once),
        cmocka_unit_test(every_state_has_a_name_and_words_in_three_languages), cmocka_unit_test(people_change_an_application_only_while_they_may),
        cmocka_unit_test(a_decision_walks_to_its_outcome_or_says_why_not),     cmocka_unit_test(whatever_is_decided_ends_and_leaves_a_whole_change),
    };
    return cmocka_run_group_tests_name("intake: the life of an application", tests, NULL, NULL);
}
