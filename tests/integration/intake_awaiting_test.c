/* The queue of files that await their answer, as the service keeps it: swept, followed and counted on a real PostgreSQL. */
#include "tests/integration/intake_support.h"

#include <stdio.h>

#include "services/intake/application/awaiting.h"

#define FILES 12
#define LATER (11 * INSTANT_MINUTE) /* as much older, and they are swept */

static struct intake_fixture fixture;
static struct application_row rows[FILES];

static int64_t count(const char *sql)
{
    return intake_count(&fixture, sql);
}

static void change_rows(const char *sql)
{
    assert_int_equal(db_script(fixture.db, str_from(sql)), ERR_OK);
}

static int make_files(void **state)
{
    (void)state;
    static char keys[FILES][24], numbers[FILES][24];
    struct submission *items[FILES];
    intake_fixture_open(&fixture);
    for (int i = 0; i < FILES; i++) {
        snprintf(keys[i], sizeof(keys[i]), "file-%d", i);
        snprintf(numbers[i], sizeof(numbers[i]), "AW%06d", i);
        items[i] = intake_submission(&fixture, &(struct intake_form){.key = keys[i], .number = numbers[i], .title = "Huile"});
    }
    intake_submit(&fixture, items, FILES);
    for (int i = 0; i < FILES; i++)
        rows[i] = (struct application_row){.id = items[i]->id, .state = STATE_SUBMITTED, .answer_due_at = items[i]->answer_due_at};
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    intake_fixture_close(&fixture);
    return 0;
}

static void sweep(instant_us now)
{
    assert_int_equal(awaiting_sweep(fixture.db, fixture.writer, now), ERR_OK);
}

struct follow {
    struct application_row *row;
    instant_us now;
};

static enum err follow_body(struct db *db, void *context)
{
    struct follow *follow = context;
    return awaiting_follow(db, fixture.writer, &follow->row, 1, follow->now);
}

static void follow(struct application_row row, instant_us now)
{
    assert_int_equal(db_transaction(fixture.db, follow_body, &(struct follow){&row, now}), ERR_OK);
}

static void what_came_just_now_is_written_nowhere(void **state)
{
    (void)state;
    sweep(clock_wall_us());
    follow(rows[0], clock_wall_us());
    assert_int_equal(count("SELECT count(*) FROM awaiting"), 0);
}

static void what_was_decided_within_minutes_is_not_taken_in(void **state)
{
    (void)state;
    change_rows("UPDATE application SET state = 'SHORTLISTED' WHERE id IN (SELECT id FROM application ORDER BY id LIMIT 4)");
    sweep(clock_wall_us() + LATER);
    sweep(clock_wall_us() + LATER);
    assert_int_equal(count("SELECT count(*) FROM awaiting"), FILES - 4);
    assert_int_equal(count("SELECT count(*) FROM awaiting w JOIN application a ON a.id = w.application_id WHERE w.due_at = a.answer_due_at"),
                     FILES - 4);
}

static void a_change_of_an_older_file_is_followed(void **state)
{
    (void)state;
    static const struct {
        enum application_state state;
        instant_us due_in;
        int there;
        const char *why;
    } cases[] = {
        {STATE_SHORTLISTED, INSTANT_DAY, 0, "she has her answer"},
        {STATE_IN_REVIEW, INSTANT_DAY, 1, "her appeal was upheld: she waits again"},
        {STATE_IN_REVIEW, 2 * INSTANT_DAY, 1, "the clock stood still, and her day has moved"},
        {STATE_WITHDRAWN, 2 * INSTANT_DAY, 0, "she waits for nothing"},
    };
    instant_us now = clock_wall_us();
    struct application_row row = rows[FILES - 1];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char sql[200], id[ID_TEXT_SIZE + 1];
        id_format(row.id, id);
        snprintf(sql, sizeof(sql), "SELECT count(*) FROM awaiting WHERE application_id = '%s' AND due_at > now() + interval '%lld hours'", id,
                 (long long)(cases[i].due_in / INSTANT_DAY * 24 - 1));
        row.state = cases[i].state;
        row.answer_due_at = now + cases[i].due_in;
        follow(row, now + LATER);
        if (count(sql) != cases[i].there)
            fail_msg("%s", cases[i].why);
    }
}

static void what_is_due_is_counted(void **state)
{
    (void)state;
    struct metric *nearly_due, *overdue;
    change_rows(
        "DELETE FROM awaiting; UPDATE application SET state = 'SCREENING'; INSERT INTO awaiting SELECT id, now() + interval '3 days' FROM "
        "application;"
        "UPDATE awaiting SET due_at = now() - interval '1 day' WHERE application_id IN (SELECT application_id FROM awaiting LIMIT 5);"
        "UPDATE awaiting SET due_at = now() + interval '8 days' WHERE application_id IN (SELECT application_id FROM awaiting WHERE due_at > now() "
        "LIMIT 2);"
        "UPDATE application SET state = 'INFO_REQUESTED' WHERE id IN (SELECT application_id FROM awaiting WHERE due_at BETWEEN now() AND now() + "
        "interval '7 days' LIMIT 3)");
    awaiting_metrics(&nearly_due, &overdue);
    assert_int_equal(awaiting_count(fixture.db, fixture.writer, clock_wall_us(), nearly_due, overdue), ERR_OK);
    assert_int_equal(metric_value(nearly_due), FILES - 5 - 2 - 3); /* paused ones are not due */
    assert_int_equal(metric_value(overdue), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_just_now_is_written_nowhere),
        cmocka_unit_test(what_was_decided_within_minutes_is_not_taken_in),
        cmocka_unit_test(a_change_of_an_older_file_is_followed),
        cmocka_unit_test(what_is_due_is_counted),
    };
    return cmocka_run_group_tests(tests, make_files, close_fixture);
}
