/* The hot path on a real PostgreSQL: many applications in one transaction, each with its own outcome. */
#include "tests/integration/intake_support.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "services/intake/upkeep.h"

static struct intake_fixture fixture;

static struct submission *person(const char *key, const char *number)
{
    return intake_submission(&fixture, &(struct intake_form){.key = key, .number = number, .title = "Huile"});
}

static void a_stored_application_has_its_keys_event_audit_row_and_figure(void **state)
{
    (void)state;
    struct submission *item = person("one", "AA100001");
    intake_submit(&fixture, &item, 1);
    assert_int_equal(item->outcome, ERR_OK);
    assert_memory_equal(&item->stored.id, &item->id, sizeof(item->id));
    static const struct {
        const char *sql, *why;
    } rows[] = {
        {"SELECT count(*) FROM application WHERE state = 'SUBMITTED' AND version = 1 AND submitted_at = created_at", "the row"},
        {"SELECT count(*) FROM vault.subject s JOIN application a USING (id) WHERE s.facts_key IS NOT NULL AND NOT s.referral_consent", "her keys"},
        {"SELECT count(*) FROM outbox o JOIN application a ON a.id = o.key WHERE o.type = 'ma.jisr.application.submitted.v1' AND o.version = 1",
         "the event"},
        {"SELECT count(*) FROM audit u JOIN outbox o USING (event_id) WHERE u.action = 'submit' AND u.actor LIKE 'applicant:%'", "the audit row"},
        {"SELECT count(*) FROM identity WHERE person_application IS NOT NULL AND member_application IS NULL", "her number's hash"},
        {"SELECT sum(women) FROM stat_delta WHERE state = 'SUBMITTED' AND distinct_women = 1 OR applications = 1", "the figure"},
        {"SELECT count(*) FROM outbox WHERE data::jsonb #>> '{transitions,0,from}' IS NULL AND data::jsonb ->> 'state' = 'SUBMITTED'",
         "born submitted"},
        {"SELECT count(*) FROM application WHERE position('AA100001' IN encode(body, 'escape')) = 0 AND position('Huile' IN encode(body, 'escape')) "
         "= 0",
         "sealed"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (intake_count(&fixture, rows[i].sql) != 1)
            fail_msg("%s: %s", rows[i].why, rows[i].sql);
}

static void a_key_sent_again_gives_what_it_gave_and_with_another_body_is_refused(void **state)
{
    (void)state;
    struct submission *first = person("again", "AA200001"), *second = person("again", "AA200001"), *other = person("again", "AA200002");
    intake_submit(&fixture, &first, 1);
    intake_submit(&fixture, &second, 1);
    intake_submit(&fixture, &other, 1);
    assert_int_equal(second->outcome, ERR_OK);
    assert_memory_equal(&second->stored.id, &first->id, sizeof(first->id));
    assert_string_equal(second->stored.receipt, first->receipt);
    assert_int_equal(second->stored.submitted_at, first->submitted_at);
    assert_int_equal(other->outcome, ERR_KEY_REUSED);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM identity"), intake_count(&fixture, "SELECT count(*) FROM application"));
}

static void equal_keys_of_one_batch_make_one_application(void **state)
{
    (void)state;
    int64_t before = intake_count(&fixture, "SELECT count(*) FROM application");
    struct submission *items[] = {person("twin", "AA300001"), person("twin", "AA300001"), person("twin", "AA300002"), person("alone", "AA300003")};
    struct submission *kept[4];
    memcpy(kept, items, sizeof(kept));
    intake_submit(&fixture, items, 4);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application"), before + 2);
    int stored = 0, refused = 0;
    for (int i = 0; i < 3; i++) {
        stored += kept[i]->outcome == ERR_OK;
        refused += kept[i]->outcome == ERR_KEY_REUSED;
    }
    assert_int_equal(stored + refused, 3);
    assert_true(stored == 2 || stored == 1); /* whichever body came first, those of that body are answered alike */
    if (kept[0]->outcome == ERR_OK)
        assert_memory_equal(&kept[0]->stored.id, &kept[1]->stored.id, sizeof(struct id));
    assert_int_equal(kept[3]->outcome, ERR_OK);
}

static void a_bad_row_does_not_fail_its_neighbours(void **state)
{
    (void)state;
    int64_t before = intake_count(&fixture, "SELECT count(*) FROM application");
    struct submission *items[16];
    char keys[16][16], numbers[16][16];
    for (int i = 0; i < 16; i++) {
        snprintf(keys[i], sizeof(keys[i]), "row%d", i);
        snprintf(numbers[i], sizeof(numbers[i]), "AB4000%02d", i);
        items[i] = person(keys[i], numbers[i]);
    }
    struct submission *bad = items[5];
    bad->history = STR("\xff not text");
    intake_submit(&fixture, items, 16);
    for (int i = 0; i < 16; i++)
        assert_int_equal(items[i]->outcome, items[i] == bad ? ERR_INVALID : ERR_OK);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application"), before + 15);
}

static void a_receipt_that_is_taken_is_replaced_for_that_row_alone(void **state)
{
    (void)state;
    struct submission *first = person("receipt-1", "AA500001"), *second = person("receipt-2", "AA500002"), *third = person("receipt-3", "AA500003");
    intake_submit(&fixture, &first, 1);
    memcpy(second->receipt, first->receipt, sizeof(second->receipt));
    struct submission *items[] = {second, third};
    char kept[RECEIPT_CHARACTERS + 1];
    memcpy(kept, third->receipt, sizeof(kept));
    intake_submit(&fixture, items, 2);
    assert_int_equal(second->outcome, ERR_OK);
    assert_int_equal(third->outcome, ERR_OK);
    assert_string_not_equal(second->stored.receipt, first->receipt);
    assert_string_equal(third->stored.receipt, kept);
}

static const char *stored_state(const struct submission *item)
{
    static char sql[200], id[ID_TEXT_SIZE + 1];
    id_format(item->stored.id, id);
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM application WHERE id = '%s' AND state = 'DUPLICATE_REVIEW'", id);
    return intake_count(&fixture, sql) == 1 ? "DUPLICATE_REVIEW" : "SUBMITTED";
}

static void the_later_file_of_a_number_waits_for_a_reviewer(void **state)
{
    (void)state;
    struct submission *items[] = {person("d1", "AA600001"), person("d2", "aa 600001"), person("d3", "AA600002")};
    struct submission *kept[3];
    memcpy(kept, items, sizeof(kept));
    intake_submit(&fixture, items, 3);
    int waiting = (strcmp(stored_state(kept[0]), "DUPLICATE_REVIEW") == 0) + (strcmp(stored_state(kept[1]), "DUPLICATE_REVIEW") == 0);
    assert_int_equal(waiting, 1); /* one of the two, in the same batch */
    assert_string_equal(stored_state(kept[2]), "SUBMITTED");
    struct submission *later = person("d4", "AA600002");
    intake_submit(&fixture, &later, 1);
    assert_int_equal(later->outcome, ERR_OK); /* no oracle */
    assert_string_equal(stored_state(later), "DUPLICATE_REVIEW");
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM outbox WHERE (data::jsonb ->> 'under_review')::bool"), 2);
}

static void a_person_may_also_be_a_member_but_not_of_two_cooperatives(void **state)
{
    (void)state;
    struct submission *single = person("m1", "AA700001");
    struct submission *first =
        intake_submission(&fixture, &(struct intake_form){.key = "m2", .number = "AA700002", .member = "AA700001", .title = "C"});
    struct submission *second =
        intake_submission(&fixture, &(struct intake_form){.key = "m3", .number = "AA700003", .member = "AA700001", .title = "C"});
    intake_submit(&fixture, &single, 1);
    intake_submit(&fixture, &first, 1);
    intake_submit(&fixture, &second, 1);
    assert_string_equal(stored_state(single), "SUBMITTED");
    assert_string_equal(stored_state(first), "SUBMITTED");
    assert_string_equal(stored_state(second), "DUPLICATE_REVIEW");
    assert_int_equal(intake_count(&fixture, "SELECT sum(women) FROM stat_delta WHERE kind = 'cooperative'"), 4);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM identity WHERE person_application IS NOT NULL AND member_application IS NOT NULL"),
                     1);
}

static void a_draft_is_kept_but_not_counted(void **state)
{
    (void)state;
    int64_t women = intake_count(&fixture, "SELECT sum(women) FROM stat_delta");
    struct submission *item = intake_submission(&fixture, &(struct intake_form){.key = "draft", .number = "AA800001", .title = "D", .draft = true});
    intake_submit(&fixture, &item, 1);
    assert_int_equal(item->outcome, ERR_OK);
    assert_true(item->stored.submitted_at == INSTANT_NEVER);
    assert_int_equal(intake_count(&fixture, "SELECT sum(women) FROM stat_delta"), women);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM outbox WHERE type = 'ma.jisr.application.drafted.v1'"), 1);
}

static void after_the_call_has_closed_a_key_still_gives_what_it_gave(void **state)
{
    (void)state;
    struct submission *first = person("late", "AA900001"), *again = person("late", "AA900001"), *fresh = person("too-late", "AA900002");
    intake_submit(&fixture, &first, 1);
    again->replay_only = fresh->replay_only = true;
    struct submission *items[] = {again, fresh};
    intake_submit(&fixture, items, 2);
    assert_int_equal(again->outcome, ERR_OK);
    assert_memory_equal(&again->stored.id, &first->id, sizeof(first->id));
    assert_int_equal(fresh->outcome, ERR_INVALID);
}

static void a_call_that_was_closed_since_the_form_was_judged_takes_nothing_new(void **state)
{
    (void)state;
    struct submission *first = person("in-time", "AA930001"), *again = person("in-time", "AA930001"), *fresh = person("shut-out", "AA930002");
    int64_t before = intake_count(&fixture, "SELECT count(*) FROM application");
    intake_submit(&fixture, &first, 1);
    assert_int_equal(db_script(fixture.db, STR("UPDATE call SET state = 'CLOSED'")), ERR_OK); /* by another copy: this one's snapshot says OPEN */
    struct submission *items[] = {again, fresh};
    intake_submit(&fixture, items, 2);
    assert_int_equal(db_script(fixture.db, STR("UPDATE call SET state = 'OPEN'")), ERR_OK);
    assert_int_equal(again->outcome, ERR_OK);
    assert_memory_equal(&again->stored.id, &first->id, sizeof(first->id));
    assert_int_equal(fresh->outcome, ERR_INVALID);
    assert_true(fresh->closed);
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application"), before + 1);
}

static void what_can_only_be_a_replay_settles_nothing_for_its_neighbour_of_the_same_key(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) { /* whichever came first */
        struct submission *wrong = person(i ? "put-right-1" : "put-right-2", "AA910001"),
                          *right = person(i ? "put-right-1" : "put-right-2", i ? "AA910002" : "AA910003");
        wrong->replay_only = true;
        struct submission *items[] = {i ? wrong : right, i ? right : wrong};
        intake_submit(&fixture, items, 2);
        assert_int_equal(right->outcome, ERR_OK);
        assert_int_equal(wrong->outcome, ERR_KEY_REUSED);
    }
}

static void a_key_sent_again_gives_the_day_that_was_promised_whatever_became_of_the_clock(void **state)
{
    (void)state;
    struct submission *first = person("promised", "AA920001"), *again = person("promised", "AA920001");
    intake_submit(&fixture, &first, 1);
    assert_int_equal(first->stored.answer_due_at, first->answer_due_at);
    assert_int_equal(db_script(fixture.db, STR("UPDATE application SET answer_due_at = answer_due_at + interval '9 days'")), ERR_OK);
    again->answer_due_at += 5 * INSTANT_DAY; /* as a feast that was announced since would have it */
    intake_submit(&fixture, &again, 1);
    assert_int_equal(again->stored.answer_due_at, first->answer_due_at);
}

/* ── Copies at the same time ── */

#define WRITERS 4
#define BATCHES 12
#define BATCH 32

struct copy {
    pthread_t thread;
    struct db *db;
    struct arena *arena;
    struct submission *items[BATCHES][BATCH];
};

static void *write_all(void *context)
{
    struct copy *copy = context;
    for (int b = 0; b < BATCHES; b++)
        store_submit(copy->db, copy->arena, copy->items[b], BATCH);
    return NULL;
}

static void *fold_all(void *context)
{
    struct copy *copy = context;
    struct upkeep upkeep;
    upkeep_init(&upkeep, fixture.intake.calls);
    for (int i = 0; i < 60; i++) {
        upkeep_run(&upkeep, copy->db, copy->arena, (i + 1) * INT64_C(600000));
        arena_reset(copy->arena);
    }
    return NULL;
}

static void copies_writing_the_same_keys_and_numbers_count_each_once(void **state)
{
    (void)state;
    struct copy copies[WRITERS + 1];
    int64_t before = intake_count(&fixture, "SELECT count(*) FROM application");
    for (int c = 0; c <= WRITERS; c++) {
        copies[c].db = intake_fixture_connect(&fixture);
        copies[c].arena = arena_new((size_t)64 << 20);
        for (int n = 0; c < WRITERS && n < BATCHES * BATCH; n++) {
            char key[24], number[16];
            snprintf(key, sizeof(key), "race%d", n); /* each copy sends each key; every second number is used twice */
            snprintf(number, sizeof(number), "ZR%06d", n / 4 * 4 + (n % 4 == 3 ? 0 : n % 4));
            copies[c].items[(n + c * 5) % BATCHES][n / BATCHES] = person(key, number);
        }
        pthread_create(&copies[c].thread, NULL, c < WRITERS ? write_all : fold_all, &copies[c]);
    }
    for (int c = 0; c <= WRITERS; c++)
        pthread_join(copies[c].thread, NULL);
    for (int c = 0; c < WRITERS; c++)
        for (int n = 0; n < BATCHES * BATCH; n++)
            assert_int_equal(copies[c].items[n / BATCH][n % BATCH]->outcome, ERR_OK);
    for (int c = 0; c <= WRITERS; c++) {
        db_close(copies[c].db);
        arena_free(copies[c].arena);
    }
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application"), before + BATCHES * BATCH);
    static const struct {
        const char *sql, *why;
    } rows[] = {
        {"SELECT (SELECT sum(applications) FROM (SELECT applications FROM stat UNION ALL SELECT applications FROM stat_delta) s) - "
         "(SELECT count(*) FROM application WHERE state <> 'DRAFT')",
         "applications"},
        {"SELECT (SELECT sum(women) FROM (SELECT women FROM stat UNION ALL SELECT women FROM stat_delta) s) - "
         "(SELECT sum(women) FROM application WHERE state <> 'DRAFT')",
         "women"},
        {"SELECT (SELECT sum(distinct_women) FROM (SELECT distinct_women FROM stat UNION ALL SELECT distinct_women FROM stat_delta) s) - "
         "(SELECT count(*) FROM identity)",
         "distinct women"},
        {"SELECT (SELECT sum(women) FROM (SELECT women FROM stat_day UNION ALL SELECT women FROM stat_delta WHERE day IS NOT NULL) s) - "
         "(SELECT sum(women) FROM application WHERE state <> 'DRAFT')",
         "women by day"},
        {"SELECT (SELECT sum(women) FROM (SELECT women FROM stat_profile UNION ALL SELECT unnest(profile::int4[]) FROM stat_delta) s) - "
         "(SELECT sum(women) FROM application WHERE state <> 'DRAFT')",
         "women by group"},
        {"SELECT count(*) FROM application a FULL JOIN outbox o ON o.key = a.id AND o.version = a.version WHERE a.id IS NULL OR o.key IS NULL",
         "one event an application"},
        {"SELECT count(*) FROM application a WHERE state = 'SUBMITTED' AND kind = 'person' AND "
         "NOT EXISTS (SELECT FROM identity i WHERE i.person_application = a.id)",
         "whoever isn't waiting holds her number"},
        {"SELECT count(*) FROM application a WHERE state = 'DUPLICATE_REVIEW' AND kind = 'person' AND "
         "EXISTS (SELECT FROM identity i WHERE i.person_application = a.id)",
         "whoever waits does not"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (intake_count(&fixture, rows[i].sql) != 0)
            fail_msg("%s: off by %lld", rows[i].why, (long long)intake_count(&fixture, rows[i].sql));
}

/* ── Long after ── */

static void idempotency_keys_are_forgotten_after_thirty_days_and_no_sooner(void **state)
{
    (void)state;
    struct upkeep upkeep;
    struct submission *old = person("forgotten", "FK000001"), *young = person("kept", "FK000002");
    intake_submit(&fixture, &old, 1);
    intake_submit(&fixture, &young, 1);
    struct str age = str_format(fixture.arena, "UPDATE application SET id = overlay(id::text PLACING '0190d000' FROM 1 FOR 8)::uuid WHERE id = '%s'",
                                id_text(fixture.arena, old->id).at);
    assert_int_equal(db_script(fixture.db, age), ERR_OK);
    upkeep_init(&upkeep, fixture.intake.calls);
    upkeep_run(&upkeep, fixture.db, fixture.writer, clock_monotonic_us());
    assert_int_equal(
        intake_count(&fixture, "SELECT count(*) FROM application WHERE id < '01910000-0000-0000-0000-000000000000' AND request_key IS NOT NULL"), 0);
    assert_int_equal(
        intake_count(&fixture, "SELECT count(*) FROM application WHERE id < '01910000-0000-0000-0000-000000000000' AND request_key IS NULL"), 1);
    assert_int_equal(
        intake_count(&fixture, "SELECT count(*) FROM application WHERE id > '01910000-0000-0000-0000-000000000000' AND request_key IS NULL"), 0);
}

static int set_up(void **state)
{
    (void)state;
    intake_fixture_open(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    intake_fixture_close(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stored_application_has_its_keys_event_audit_row_and_figure),
        cmocka_unit_test(a_key_sent_again_gives_what_it_gave_and_with_another_body_is_refused),
        cmocka_unit_test(equal_keys_of_one_batch_make_one_application),
        cmocka_unit_test(a_bad_row_does_not_fail_its_neighbours),
        cmocka_unit_test(a_receipt_that_is_taken_is_replaced_for_that_row_alone),
        cmocka_unit_test(the_later_file_of_a_number_waits_for_a_reviewer),
        cmocka_unit_test(a_person_may_also_be_a_member_but_not_of_two_cooperatives),
        cmocka_unit_test(a_draft_is_kept_but_not_counted),
        cmocka_unit_test(after_the_call_has_closed_a_key_still_gives_what_it_gave),
        cmocka_unit_test(a_call_that_was_closed_since_the_form_was_judged_takes_nothing_new),
        cmocka_unit_test(what_can_only_be_a_replay_settles_nothing_for_its_neighbour_of_the_same_key),
        cmocka_unit_test(a_key_sent_again_gives_the_day_that_was_promised_whatever_became_of_the_clock),
        cmocka_unit_test(copies_writing_the_same_keys_and_numbers_count_each_once),
        cmocka_unit_test(idempotency_keys_are_forgotten_after_thirty_days_and_no_sooner),
    };
    return cmocka_run_group_tests_name("intake: submission", tests, set_up, tear_down);
}
