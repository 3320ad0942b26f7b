/* What applications and decisions do to seats and queues: the handler in a transaction of its own, as the feed calls it, on real tables. */
#include "tests/integration/db_support.h"

#include "app/app.h"
#include "crypto/seal.h"
#include "db/outbox.h"
#include "json/wire.h"
#include "proto/topics.h"
#include "services/training/events.h"
#include "store_statements.h"
#include "tests/support/check.h"
#include "training_checks_statements.h"

extern const struct embedded_file TRAINING_TEST_FILES[];

static struct db_fixture fixture;
static struct event events[16];
static size_t event_count;
static int64_t newest_version; /* of an event */

static int group_setup(void **state)
{
    static const struct db_catalog *const catalogs[] = {&STORE_CATALOG, &OUTBOX_CATALOG, &TRAINING_CHECKS_CATALOG, NULL};
    (void)state;
    json_setup();
    assert_int_equal(crypto_setup(), ERR_OK);
    fixture_open(&fixture, TRAINING_TEST_FILES, catalogs);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    event_count = 0;
    arena_reset(fixture.arena);
    fixture_script(fixture.db, "TRUNCATE enrolment, session, desk, departure, outbox, audit;"
                               "INSERT INTO desk (call, province) VALUES ('fes-meknes-2026', 'MA-TAO'), ('fes-meknes-2026', 'MA-FES')");
    return 0;
}

static struct db_rows ask(const struct db_statement *statement, const struct db_args *args)
{
    struct db_rows rows;
    if (db_run(fixture.db, statement, args, fixture.arena, &rows) != ERR_OK)
        fail_msg("%s: %s", statement->name, db_last_error(fixture.db).at);
    return rows;
}

/* Begins in so many days. */
static void add_session(const char *province, const char *place, int days, int capacity)
{
    struct db_args args;
    db_args_init(&args, fixture.arena);
    db_arg_str(&args, str_from(province));
    db_arg_str(&args, str_from(place));
    db_arg_int4(&args, days);
    db_arg_int4(&args, capacity);
    assert_int_equal(ask(&TRAINING_CHECKS_ADD_SESSION, &args).affected, 1);
}

static void add_event(uint32_t application, const char *type, const char *province, const char *outcome)
{
    char id[ID_TEXT_SIZE + 1];
    id_format(fixture_id(application), id);
    struct str data = str_format(fixture.arena,
                                 "{\"application\":\"%s\",\"version\":1,\"call\":\"fes-meknes-2026\",\"kind\":\"person\",\"region\":\"MA-03\","
                                 "\"province\":\"%s\",\"state\":\"X\",\"transitions\":[],\"outcome\":\"%s\"}",
                                 id, province, outcome);
    events[event_count++] = (struct event){.key = fixture_id(application), .type = str_from(type), .version = ++newest_version, .data = data};
}

static enum err handle(struct db *db, void *context)
{
    struct event *list[16];
    struct outbox outbox;
    (void)context;
    for (size_t i = 0; i < event_count; i++)
        list[i] = &events[i];
    outbox_init(&outbox, fixture.arena);
    struct feed_call call = {.db = db, .arena = fixture.arena, .events = list, .count = event_count, .outbox = &outbox, .now = clock_wall_us()};
    enum err err = training_handle(&call);
    return err == ERR_OK ? outbox_write(&outbox, db) : err;
}

/* Everything added since the last time, as one call; whatever happens, the counts are those of the rows. */
static void run(void)
{
    assert_int_equal(db_transaction(fixture.db, handle, NULL), ERR_OK);
    for (size_t i = 0; i < event_count; i++)
        check_int(events[i].outcome, ERR_OK, "the event is understood");
    event_count = 0;
    struct db_rows rows = ask(&TRAINING_CHECKS_MISCOUNTED, NULL);
    check_int(db_get_int(&rows, 0, 0), 0, "desks and sessions that are miscounted");
}

static void happens(uint32_t application, const char *type, const char *province, const char *outcome)
{
    add_event(application, type, province, outcome);
    run();
}

static void shortlist(uint32_t application, const char *province)
{
    happens(application, EVENT_DECISION_SHORTLISTED, province, "SHORTLISTED");
}

static struct str text_of(const struct db_statement *statement, uint32_t application)
{
    struct db_args args;
    db_args_init(&args, fixture.arena);
    db_arg_id(&args, fixture_id(application));
    struct db_rows rows = ask(statement, &args);
    return rows.count > 0 ? db_get_str(&rows, 0, 0) : STR("none");
}

#define enrolment_of(application) text_of(&TRAINING_CHECKS_ENROLMENT, application)
#define told(application) text_of(&TRAINING_CHECKS_TOLD, application)

static void a_seat_of_a_session_that_is_closed_is_given_back_and_not_given_out(void **state)
{
    static const struct {
        const char *change, *why;
    } CLOSINGS[] = {
        {"UPDATE session SET state = 'COMPLETED', starts_at = now() - interval '9 days'", "it is over"},
        {"UPDATE session SET state = 'IN_PROGRESS', starts_at = now() - interval '1 day'", "it is running"},
        {"UPDATE session SET starts_at = now() - interval '1 minute'", "it has begun, and nobody has said so yet"},
        {"UPDATE session SET state = 'CANCELLED'", "it does not take place"},
    };
    for (size_t i = 0; i < ROWS(CLOSINGS); i++) {
        clear(state);
        add_session("MA-TAO", "Ghafsai", 7, 1);
        shortlist(1, "MA-TAO");
        shortlist(2, "MA-TAO");
        check_text(enrolment_of(1), "MA-TAO OFFERED at Ghafsai", CLOSINGS[i].why);
        fixture_script(fixture.db, CLOSINGS[i].change);
        add_event(1, EVENT_DECISION_CLOSED, "MA-TAO", "CLOSED");
        add_event(3, EVENT_DECISION_SHORTLISTED, "MA-TAO", "SHORTLISTED");
        run();
        check_text(enrolment_of(1), "MA-TAO CANCELLED", CLOSINGS[i].why);
        check_text(enrolment_of(2), "MA-TAO WAITLISTED", CLOSINGS[i].why);
        check_text(enrolment_of(3), "MA-TAO WAITLISTED", CLOSINGS[i].why);
    }
}

static void a_seat_that_is_given_back_in_time_is_the_next_womans(void **state)
{
    (void)state;
    add_session("MA-TAO", "Ghafsai", 7, 1);
    shortlist(1, "MA-TAO");
    shortlist(2, "MA-TAO");
    happens(1, EVENT_APPLICATION_WITHDRAWN, "MA-TAO", "");
    check_text(enrolment_of(2), "MA-TAO OFFERED at Ghafsai", "she was first in the queue");
    shortlist(1, "MA-TAO");
    check_text(enrolment_of(1), "MA-TAO CANCELLED", "she has left for good");
}

static void who_waits_and_is_shortlisted_again_as_a_seat_is_freed_is_not_passed_over(void **state)
{
    static const struct {
        const char *type, *province, *outcome, *hers, *next, *why;
    } AGAIN[] = {
        {EVENT_DECISION_SHORTLISTED, "MA-TAO", "SHORTLISTED", "MA-TAO OFFERED at Ghafsai", "MA-TAO WAITLISTED", "it is her turn"},
        {EVENT_DECISION_SHORTLISTED, "MA-FES", "SHORTLISTED", "MA-FES WAITLISTED", "MA-TAO OFFERED at Ghafsai", "she has left that queue"},
        {EVENT_DECISION_WAITLISTED, "MA-TAO", "WAITLISTED", "MA-TAO CANCELLED", "MA-TAO OFFERED at Ghafsai", "her place is not hers any more"},
    };
    for (size_t i = 0; i < ROWS(AGAIN); i++) {
        clear(state);
        add_session("MA-TAO", "Ghafsai", 7, 1);
        for (uint32_t n = 1; n <= 3; n++)
            shortlist(n, "MA-TAO");
        add_event(2, AGAIN[i].type, AGAIN[i].province, AGAIN[i].outcome);
        add_event(1, EVENT_APPLICATION_WITHDRAWN, "MA-TAO", "");
        run();
        check_text(enrolment_of(2), AGAIN[i].hers, AGAIN[i].why);
        check_text(enrolment_of(3), AGAIN[i].next, AGAIN[i].why);
        if (i == 0)
            check_text(told(2), "waitlisted 1 MA-TAO >WAITLISTED, offered 2 MA-TAO WAITLISTED>OFFERED", "one change, one event");
    }
}

static void who_loses_her_place_gives_her_seat_back(void **state)
{
    static const struct {
        const char *type, *outcome, *hers, *next, *why;
    } DECISIONS[] = {
        {EVENT_DECISION_ASSESSED, "INELIGIBLE", "MA-TAO CANCELLED", "MA-TAO OFFERED at Ghafsai", "amended, not eligible any more"},
        {EVENT_DECISION_WAITLISTED, "WAITLISTED", "MA-TAO CANCELLED", "MA-TAO OFFERED at Ghafsai", "amended, and waits for a place again"},
        {EVENT_DECISION_HELD, "HELD", "MA-TAO CANCELLED", "MA-TAO OFFERED at Ghafsai", "her file may be a double"},
        {EVENT_DECISION_REJECTED, "REJECTED", "MA-TAO CANCELLED", "MA-TAO OFFERED at Ghafsai", "the committee said no"},
        {EVENT_DECISION_ASSESSED, "ELIGIBLE", "MA-TAO OFFERED at Ghafsai", "MA-TAO WAITLISTED", "amended; whether she keeps her place is said next"},
        {EVENT_DECISION_SHORTLISTED, "SHORTLISTED", "MA-TAO OFFERED at Ghafsai", "MA-TAO WAITLISTED", "amended, and her place is hers"},
    };
    for (size_t i = 0; i < ROWS(DECISIONS); i++) {
        clear(state);
        add_session("MA-TAO", "Ghafsai", 7, 1);
        shortlist(1, "MA-TAO");
        shortlist(2, "MA-TAO");
        happens(1, DECISIONS[i].type, "MA-TAO", DECISIONS[i].outcome);
        check_text(enrolment_of(1), DECISIONS[i].hers, DECISIONS[i].why);
        check_text(enrolment_of(2), DECISIONS[i].next, DECISIONS[i].why);
    }
}

static void who_is_for_a_committee_to_list_now_gives_her_seat_back(void **state)
{
    (void)state;
    add_session("MA-TAO", "Ghafsai", 7, 1);
    shortlist(1, "MA-TAO");
    shortlist(2, "MA-TAO");
    add_event(1, EVENT_DECISION_ASSESSED, "MA-TAO", "ELIGIBLE");
    events[0].data = str_format(fixture.arena, "{\"unlisted\":true,%s", events[0].data.at + 1);
    run();
    check_text(enrolment_of(1), "MA-TAO CANCELLED", "amended, and no listing follows");
    check_text(enrolment_of(2), "MA-TAO OFFERED at Ghafsai", "she was first in the queue");
}

static void who_loses_her_place_as_she_moves_is_found_at_the_desk_of_her_old_province(void **state)
{
    (void)state;
    add_session("MA-TAO", "Ghafsai", 7, 1);
    for (uint32_t n = 1; n <= 3; n++)
        shortlist(n, "MA-TAO");
    happens(2, EVENT_DECISION_ASSESSED, "MA-FES", "INELIGIBLE");
    check_text(enrolment_of(2), "MA-TAO CANCELLED", "she waited there");
    happens(1, EVENT_DECISION_WAITLISTED, "MA-FES", "WAITLISTED");
    check_text(enrolment_of(1), "MA-TAO CANCELLED", "she had a seat there");
    check_text(enrolment_of(3), "MA-TAO OFFERED at Ghafsai", "she waits where the seat was");
}

static void who_moves_is_seated_in_her_new_province_and_her_seat_is_the_next_womans(void **state)
{
    (void)state;
    add_session("MA-TAO", "Ghafsai", 7, 1);
    add_session("MA-FES", "Fès", 7, 1);
    for (uint32_t n = 1; n <= 3; n++)
        shortlist(n, "MA-TAO");
    shortlist(1, "MA-FES");
    check_text(enrolment_of(1), "MA-FES OFFERED at Fès", "there is room where she lives now");
    check_text(told(1), "offered 1 MA-TAO >OFFERED, offered 2 MA-FES OFFERED>CANCELLED CANCELLED>OFFERED", "one change, one event");
    check_text(enrolment_of(2), "MA-TAO OFFERED at Ghafsai", "she was first in the queue");
    shortlist(4, "MA-FES");
    shortlist(3, "MA-FES");
    check_text(enrolment_of(3), "MA-FES WAITLISTED", "there is no room");
    check_text(told(3), "waitlisted 1 MA-TAO >WAITLISTED, waitlisted 2 MA-FES WAITLISTED>CANCELLED CANCELLED>WAITLISTED", "one queue for another");
    happens(1, EVENT_APPLICATION_WITHDRAWN, "MA-FES", "");
    check_text(enrolment_of(4), "MA-FES OFFERED at Fès", "she waited there before");
    check_text(enrolment_of(3), "MA-FES WAITLISTED", "who moves comes last, though she has waited elsewhere");
}

static void who_comes_back_is_seated_where_she_lives_now(void **state)
{
    (void)state;
    add_session("MA-TAO", "Ghafsai", 7, 1);
    add_session("MA-FES", "Fès", 7, 1);
    shortlist(1, "MA-TAO");
    happens(1, EVENT_DECISION_ASSESSED, "MA-TAO", "INELIGIBLE");
    shortlist(1, "MA-FES");
    check_text(enrolment_of(1), "MA-FES OFFERED at Fès", "not where she was seated once");
    check_text(told(1), "offered 1 MA-TAO >OFFERED, cancelled 2 MA-TAO OFFERED>CANCELLED, offered 3 MA-FES CANCELLED>OFFERED", "three changes");
}

static void what_she_attends_stays_where_it_is(void **state)
{
    (void)state;
    add_session("MA-TAO", "Ghafsai", 7, 1);
    add_session("MA-FES", "Fès", 7, 1);
    shortlist(1, "MA-TAO");
    fixture_script(fixture.db, "UPDATE enrolment SET state = 'ATTENDING'");
    shortlist(1, "MA-FES");
    check_text(enrolment_of(1), "MA-TAO ATTENDING at Ghafsai", "the session has begun");
}

static void an_older_decision_that_comes_again_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *type, *outcome, *why;
    } OLD[] = {{EVENT_DECISION_ASSESSED, "INELIGIBLE", "she was not eligible at first"},
               {EVENT_DECISION_WAITLISTED, "WAITLISTED", "then she waited"},
               {EVENT_DECISION_HELD, "HELD", "then her file rested"}};
    add_session("MA-TAO", "Ghafsai", 7, 2);
    int64_t before = newest_version;
    happens(1, EVENT_DECISION_ASSESSED, "MA-TAO", "INELIGIBLE");
    int64_t latest = newest_version += 10;
    shortlist(1, "MA-TAO");
    for (size_t i = 0; i < ROWS(OLD); i++) {
        newest_version = before + (int64_t)i;
        happens(1, OLD[i].type, "MA-TAO", OLD[i].outcome);
        check_text(enrolment_of(1), "MA-TAO OFFERED at Ghafsai", OLD[i].why);
    }
    newest_version = latest + 10;
    happens(1, EVENT_DECISION_CLOSED, "MA-TAO", "CLOSED");
    check_text(enrolment_of(1), "MA-TAO CANCELLED", "what is newer counts");
    newest_version = latest;
    shortlist(1, "MA-TAO");
    check_text(enrolment_of(1), "MA-TAO CANCELLED", "the listing that she had once gives her no seat again");
    newest_version = latest + 20;
}

static void an_event_of_another_application_than_its_key_is_parked(void **state)
{
    (void)state;
    add_event(901, EVENT_DECISION_SHORTLISTED, "T-KEY", "SHORTLISTED");
    events[0].key = fixture_id(902);
    assert_int_equal(db_transaction(fixture.db, handle, NULL), ERR_OK);
    check_int(events[0].outcome, ERR_INVALID, "what it says is not of the application in whose order it came");
    event_count = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, clear)
        TEST(a_seat_of_a_session_that_is_closed_is_given_back_and_not_given_out),
        TEST(a_seat_that_is_given_back_in_time_is_the_next_womans),
        TEST(who_waits_and_is_shortlisted_again_as_a_seat_is_freed_is_not_passed_over),
        TEST(who_loses_her_place_gives_her_seat_back),
        TEST(who_is_for_a_committee_to_list_now_gives_her_seat_back),
        TEST(who_loses_her_place_as_she_moves_is_found_at_the_desk_of_her_old_province),
        TEST(who_moves_is_seated_in_her_new_province_and_her_seat_is_the_next_womans),
        TEST(who_comes_back_is_seated_where_she_lives_now),
        TEST(what_she_attends_stays_where_it_is),
        TEST(an_older_decision_that_comes_again_changes_nothing),
        TEST(an_event_of_another_application_than_its_key_is_parked),
#undef TEST
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
