/* Whose word counts for a form that was entered for a woman. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/application/application.h"
#include "services/intake/application/assistance.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define YES true
#define NO false

static void what_an_agent_enters_counts_once_the_woman_stands_by_it(void **unused)
{
    (void)unused;
    static const struct {
        struct entry entry; /* by, paper, referral, draft, first, before {unconfirmed, signed_paper, referral} */
        struct consent_state now;
        const char *why;
    } rows[] = {
        {{ENTRANT_HERSELF, NO, YES, NO, YES, {NO, NO, NO}}, {NO, NO, YES}, "she sends her own form"},
        {{ENTRANT_HERSELF, NO, NO, NO, YES, {NO, NO, NO}}, {NO, NO, NO}, "she does not consent"},
        {{ENTRANT_AGENT, NO, YES, NO, YES, {NO, NO, NO}}, {YES, NO, NO}, "an agent's word is not hers"},
        {{ENTRANT_AGENT, NO, NO, NO, YES, {NO, NO, NO}}, {YES, NO, NO}, "that she consents to nothing is her word as well"},
        {{ENTRANT_AGENT, YES, YES, NO, YES, {NO, NO, NO}}, {NO, YES, YES}, "a signed paper is hers"},
        {{ENTRANT_HERSELF, YES, YES, NO, YES, {NO, NO, NO}}, {NO, NO, YES}, "she needs no paper"},
        {{ENTRANT_AGENT, NO, YES, YES, NO, {NO, NO, NO}}, {NO, NO, NO}, "a draft waits for nothing, and is nobody's consent"},
        {{ENTRANT_HERSELF, NO, YES, YES, NO, {NO, NO, NO}}, {NO, NO, YES}, "her own draft says what she wants"},
        {{ENTRANT_HERSELF, NO, YES, NO, NO, {YES, NO, NO}}, {NO, NO, YES}, "her confirmation, or her amendment of what was entered"},
        {{ENTRANT_AGENT, YES, YES, NO, NO, {YES, NO, NO}}, {NO, YES, YES}, "the paper comes later"},
        {{ENTRANT_AGENT, NO, YES, NO, NO, {YES, NO, NO}}, {YES, NO, NO}, "amended by an agent while it waits"},
        {{ENTRANT_AGENT, NO, YES, NO, NO, {NO, NO, YES}}, {NO, NO, YES}, "a phone number corrected by an agent leaves her word as it is"},
        {{ENTRANT_AGENT, NO, YES, NO, NO, {NO, YES, YES}}, {NO, YES, YES}, "and the paper that it stands on"},
        {{ENTRANT_AGENT, NO, NO, NO, NO, {NO, NO, YES}}, {NO, NO, NO}, "an agent may narrow it"},
        {{ENTRANT_AGENT, NO, YES, NO, NO, {NO, NO, NO}}, {YES, NO, NO}, "never widen it: she is asked again"},
        {{ENTRANT_NOBODY, NO, YES, NO, NO, {YES, NO, NO}}, {YES, NO, NO}, "a reviewer lets it go on as it is"},
        {{ENTRANT_NOBODY, NO, YES, NO, NO, {NO, YES, YES}}, {NO, YES, YES}, "the same"},
        {{ENTRANT_NOBODY, YES, YES, NO, NO, {YES, NO, NO}}, {YES, NO, NO}, "a reviewer confirms nothing"},
        {{ENTRANT_NOBODY, NO, YES, NO, NO, {NO, NO, NO}}, {NO, NO, NO}, "what she took back stays so: a phone number was put right"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct consent_state now = assistance_settle(&rows[i].entry);
        if (now.unconfirmed != rows[i].now.unconfirmed || now.signed_paper != rows[i].now.signed_paper || now.referral != rows[i].now.referral)
            fail_msg("%s: unconfirmed %d, paper %d, referral %d", rows[i].why, now.unconfirmed, now.signed_paper, now.referral);
    }
}

static void the_state_is_kept_among_the_warnings(void **unused)
{
    (void)unused;
    for (int bits = 0; bits < 4; bits++) {
        struct consent_state state = {(bits & 1) != 0, (bits & 2) != 0, true};
        int64_t warnings = assistance_warnings(&state, WARNING_BIT(WARNING_ICE_CHECK) | WARNING_BIT(WARNING_UNCONFIRMED));
        struct consent_state back = assistance_state(warnings, true);
        assert_int_equal(back.unconfirmed, state.unconfirmed);
        assert_int_equal(back.signed_paper, state.signed_paper);
        assert_true(warnings & WARNING_BIT(WARNING_ICE_CHECK));
    }
}

static void she_reads_of_it_in_her_language(void **unused)
{
    (void)unused;
    for (int line = 0; line < LINE_COUNT; line++) {
        const struct application_reason *text = assistance_line((enum assistance_line)line);
        assert_true(strlen(text->ar) > 10 && strlen(text->fr) > 10 && strlen(text->en) > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_agent_enters_counts_once_the_woman_stands_by_it),
        cmocka_unit_test(the_state_is_kept_among_the_warnings),
        cmocka_unit_test(she_reads_of_it_in_her_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
