/* What ends by itself on a real PostgreSQL: drafts and unanswered requests, once, however many copies look. */
#include "tests/integration/intake_support.h"

#include <pthread.h>
#include <stdio.h>

#include "services/intake/application/expiry.h"

#define EACH 700 /* more than a chunk */

static struct intake_fixture fixture;

static int64_t count(const char *sql)
{
    return intake_count(&fixture, sql);
}

static void refresh_calls(void)
{
    assert_int_equal(calls_refresh(fixture.intake.calls, fixture.db, fixture.writer), ERR_OK);
}

static void change_rows(const char *sql)
{
    assert_int_equal(db_script(fixture.db, str_from(sql)), ERR_OK);
}

static void make(bool draft, int from)
{
    static char keys[EACH][24], numbers[EACH][24];
    struct submission *items[EACH];
    for (int i = 0; i < EACH; i++) {
        snprintf(keys[i], sizeof(keys[i]), "%s-%d", draft ? "draft" : "file", from + i);
        snprintf(numbers[i], sizeof(numbers[i]), "EX%06d", from + i);
        items[i] = intake_submission(&fixture, &(struct intake_form){.key = keys[i], .number = numbers[i], .title = "Huile", .draft = draft});
    }
    intake_submit(&fixture, items, EACH);
}

static void run_once(struct db *db)
{
    struct arena *arena = arena_new((size_t)64 << 20);
    assert_int_equal(expiry_run(db, fixture.intake.calls, arena, clock_wall_us()), ERR_OK);
    arena_free(arena);
}

static void *run_on_a_copy(void *context)
{
    run_once(context);
    return NULL;
}

static void what_is_in_time_stays(void **state)
{
    (void)state;
    make(true, 0);
    make(false, 0);
    change_rows("UPDATE application SET state = 'INFO_REQUESTED', info_requested_at = now(), complement_due_at = now() + interval '1 hour' "
                "WHERE state = 'SUBMITTED'");
    run_once(fixture.db);
    assert_int_equal(count("SELECT count(*) FROM application WHERE state = 'EXPIRED'"), 0);
}

static void what_is_late_ends_once_though_two_copies_look(void **state)
{
    (void)state;
    pthread_t copies[2];
    struct db *connections[2];
    change_rows("UPDATE call SET draft_days = 30; UPDATE application SET created_at = created_at - interval '31 days' WHERE state = 'DRAFT'; "
                "UPDATE application SET complement_due_at = now() - interval '1 second' WHERE state = 'INFO_REQUESTED'; "
                "UPDATE vault.subject SET referral_consent = true");
    refresh_calls();
    for (int i = 0; i < 2; i++) {
        connections[i] = intake_fixture_connect(&fixture);
        pthread_create(&copies[i], NULL, run_on_a_copy, connections[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(copies[i], NULL);
        db_close(connections[i]);
    }
    run_once(fixture.db); /* a copy stops when what is left is in the other's hands */
    static const struct {
        const char *sql;
        int64_t expected;
        const char *why;
    } rows[] = {
        {"SELECT count(*) FROM application WHERE state = 'EXPIRED' AND version = 2", 2 * EACH, "each has ended, by one version"},
        {"SELECT count(*) FROM application WHERE complement_due_at IS NOT NULL", 0, "nothing is waited for"},
        {"SELECT count(*) FROM outbox WHERE version = 2 AND type = 'ma.jisr.application.expired.v1' AND data::jsonb #>> '{transitions,0,from}' = "
         "'INFO_REQUESTED'",
         EACH, "one event each"},
        {"SELECT count(*) FROM outbox WHERE version = 2 AND type = 'ma.jisr.application.progressed.v1' AND data::jsonb #>> '{transitions,0,from}' = "
         "'DRAFT'",
         EACH, "of a draft only intake knew"},
        {"SELECT count(*) FROM audit WHERE action = 'expire' AND actor = 'service:intake'", 2 * EACH, "one audit row each"},
        {"SELECT count(*) FROM application WHERE history::jsonb -> -1 ->> 'state' = 'EXPIRED'", 2 * EACH, "one line that she can read"},
        {"SELECT sum(applications) FROM stat_delta WHERE state = 'EXPIRED'", EACH, "the figures follow; drafts are in none"},
        {"SELECT count(*) FROM vault.subject s JOIN application a USING (id) WHERE a.submitted_at IS NOT NULL AND NOT s.referral_consent", EACH,
         "the vault gives no partner their contact any more"},
        {"SELECT count(*) FROM vault.subject s JOIN application a USING (id) WHERE a.submitted_at IS NULL AND s.referral_consent", EACH,
         "of drafts no partner knew: nothing is written there"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (count(rows[i].sql) != rows[i].expected)
            fail_msg("%s: %lld, not %lld", rows[i].why, (long long)count(rows[i].sql), (long long)rows[i].expected);
}

static void drafts_of_a_call_that_closed_end(void **state)
{
    (void)state;
    make(true, EACH);
    change_rows("UPDATE call SET draft_days = NULL, state = 'CLOSED'");
    refresh_calls();
    run_once(fixture.db);
    assert_int_equal(count("SELECT count(*) FROM application WHERE state = 'DRAFT'"), 0);
}

static int open_fixture(void **state)
{
    (void)state;
    intake_fixture_open(&fixture);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    intake_fixture_close(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_time_stays),
        cmocka_unit_test(what_is_late_ends_once_though_two_copies_look),
        cmocka_unit_test(drafts_of_a_call_that_closed_end),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
