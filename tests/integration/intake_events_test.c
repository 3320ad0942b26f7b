/* What intake does with what it hears, on a real PostgreSQL: each visible change raises the version once and tells it once. */
#include "tests/integration/intake_support.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "proto/topics.h"
#include "relay/feed_waves.h"

static struct intake_fixture fixture;
static int made;

static struct submission *stored_person(void)
{
    char key[24], number[16];
    snprintf(key, sizeof(key), "event%d", ++made);
    snprintf(number, sizeof(number), "EV%06d", made);
    struct submission *item = intake_submission(&fixture, &(struct intake_form){.key = key, .number = number, .title = "Huile"});
    intake_submit(&fixture, &item, 1);
    assert_int_equal(item->outcome, ERR_OK);
    return item;
}

struct heard {
    const char *type, *data; /* data: what follows "application" */
};

static struct event *event_of(const struct submission *item, const struct heard *heard)
{
    struct event *event = arena_take(fixture.arena, sizeof(*event));
    char id[ID_TEXT_SIZE + 1];
    uint8_t entropy[10];
    random_bytes(entropy, sizeof(entropy));
    id_format(item->id, id);
    *event = (struct event){.id = id_make(clock_wall_us() / 1000, entropy),
                            .key = item->id,
                            .topic = TOPIC_DECISION,
                            .type = str_from(heard->type),
                            .at = clock_wall_us(),
                            .data = str_format(fixture.arena, "{\"application\":\"%s\",%s}", id, heard->data)};
    return event;
}

static enum err handle_body(struct db *db, void *context)
{
    struct feed_call *call = context;
    struct outbox outbox;
    outbox_init(&outbox, call->arena);
    call->db = db;
    call->outbox = &outbox;
    enum err err = intake_handle(call);
    return err == ERR_OK && outbox.count > 0 ? outbox_write(&outbox, db) : err;
}

static void hear(struct event **events, size_t count)
{
    struct waves waves;
    bool ready[16];
    assert_true(count <= sizeof(ready));
    memset(ready, true, sizeof(ready));
    assert_int_equal(waves_plan(events, count, fixture.arena, &waves), ERR_OK);
    struct feed_call call = {.arena = fixture.arena,
                             .events = events,
                             .count = count,
                             .now = clock_wall_us(),
                             .service = &fixture.service,
                             .ready = ready,
                             .waves = &waves};
    assert_int_equal(db_transaction(fixture.db, handle_body, &call), ERR_OK);
}

/* The outcome of hearing one event. */
static enum err hear_one(const struct submission *item, const char *type, const char *data)
{
    struct event *event = event_of(item, &(struct heard){type, data});
    hear(&event, 1);
    return event->outcome;
}

static void expect(const struct submission *item, const char *state, int version, const char *why)
{
    char id[ID_TEXT_SIZE + 1];
    id_format(item->id, id);
    struct str sql =
        str_format(fixture.arena, "SELECT count(*) FROM application WHERE id = '%s' AND state = '%s' AND version = %d", id, state, version);
    if (intake_count(&fixture, sql.at) != 1)
        fail_msg("%s: not %s at version %d", why, state, version);
    sql = str_format(fixture.arena, "SELECT count(*) FROM outbox WHERE key = '%s'", id);
    if (intake_count(&fixture, sql.at) != version)
        fail_msg("%s: events and versions differ", why);
}

#define ASSESSED "\"version\":1,\"outcome\":\"ELIGIBLE\",\"revision\":1,\"reasons\":[]"
#define SHORTLISTED "\"version\":2,\"outcome\":\"SHORTLISTED\",\"reasons\":[],\"place\":1"

static void decisions_move_an_application_to_its_place(void **state)
{
    (void)state;
    struct submission *item = stored_person();
    assert_int_equal(hear_one(item, EVENT_DECISION_ASSESSED, ASSESSED), ERR_OK);
    expect(item, "ELIGIBLE", 2, "assessed");
    assert_int_equal(hear_one(item, EVENT_DECISION_SHORTLISTED, SHORTLISTED), ERR_OK);
    expect(item, "SHORTLISTED", 3, "shortlisted");
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application WHERE decision::json ->> 'outcome' = 'SHORTLISTED' AND "
                                            "json_array_length(history::json) = 5"),
                     1);
}

static void what_one_transaction_decided_is_one_change(void **state)
{
    (void)state;
    static const char *const waiting =
        "\"enrolment\":\"01937a5c-3b1e-7c50-9b1e-000000000003\",\"version\":1,\"state\":\"WAITLISTED\",\"session\":null,"
        "\"course\":\"agr\",\"place\":\"Taounate\",\"starts_at\":\"2027-01-11T08:30:00Z\"";
    static const struct {
        struct heard second;
        int later_ms, version;
        const char *why;
    } rows[] = {
        {{EVENT_DECISION_SHORTLISTED, SHORTLISTED}, 0, 2, "assessed and listed at one moment"},
        {{EVENT_DECISION_SHORTLISTED, SHORTLISTED}, 1, 3, "listed later: a change of its own, with its own time"},
        {{EVENT_ENROLMENT_WAITLISTED, waiting}, 0, 3, "another service's word: each change has one actor"},
        {{EVENT_DECISION_ASSESSED, ASSESSED}, 0, 2, "the same again"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct submission *item = stored_person();
        struct event *events[] = {event_of(item, &(struct heard){EVENT_DECISION_ASSESSED, ASSESSED}), event_of(item, &rows[i].second)};
        bool listed = strcmp(rows[i].second.type, EVENT_DECISION_SHORTLISTED) == 0;
        events[1]->at = events[0]->at + (instant_us)rows[i].later_ms * 1000;
        hear(events, 2);
        assert_int_equal(events[1]->outcome, ERR_OK);
        expect(item, listed ? "SHORTLISTED" : "ELIGIBLE", rows[i].version, rows[i].why);
    }
    assert_int_equal(intake_count(&fixture,
                                  "SELECT count(*) FROM outbox WHERE data::json #>> '{transitions,3,to}' = 'SHORTLISTED' AND "
                                  "data::json #>> '{transitions,0,from}' = 'SUBMITTED' AND json_array_length(data::json -> 'transitions') = 4"),
                     1);
}

static void what_follows_an_event_that_is_set_aside_waits_behind_it(void **state)
{
    (void)state;
    struct submission *item = stored_person();
    struct event *events[] = {event_of(item, &(struct heard){EVENT_DECISION_ASSESSED, "\"version\":\"x\""}),
                              event_of(item, &(struct heard){EVENT_DECISION_ASSESSED, ASSESSED})};
    hear(events, 2);
    assert_int_equal(events[0]->outcome, ERR_INVALID);
    assert_int_equal(events[1]->outcome, ERR_NO_CAUSE);
    expect(item, "SUBMITTED", 1, "neither was handled");
}

static void an_older_decision_changes_nothing(void **state)
{
    (void)state;
    struct submission *item = stored_person();
    hear_one(item, EVENT_DECISION_ASSESSED, ASSESSED);
    hear_one(item, EVENT_DECISION_SHORTLISTED, SHORTLISTED);
    assert_int_equal(hear_one(item, EVENT_DECISION_ASSESSED, ASSESSED), ERR_OK);
    assert_int_equal(hear_one(item, EVENT_DECISION_SHORTLISTED, SHORTLISTED), ERR_OK);
    expect(item, "SHORTLISTED", 3, "heard twice");
}

static void the_reason_of_a_refusal_is_in_her_history(void **state)
{
    (void)state;
    struct submission *item = stored_person();
    hear_one(item, EVENT_DECISION_ASSESSED,
             "\"version\":1,\"outcome\":\"INELIGIBLE\",\"revision\":1,\"reasons\":[{\"ar\":\"السن\",\"fr\":\"Âge\",\"en\":\"Age\"}]");
    expect(item, "INELIGIBLE", 2, "not eligible");
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application WHERE history::jsonb #>> '{2,why,en}' = 'Age' AND "
                                            "decision::jsonb #>> '{reasons,0,fr}' = 'Âge'"),
                     1);
}

static void training_is_shown_and_only_its_latest_enrolment_counts(void **state)
{
    (void)state;
    struct submission *item = stored_person();
    const char *offered =
        "\"enrolment\":\"01937a5c-3b1e-7c50-9b1e-000000000002\",\"version\":1,\"state\":\"OFFERED\",\"session\":null,\"course\":\"agr\","
        "\"place\":\"Taounate\",\"starts_at\":\"2027-01-11T08:30:00Z\"";
    const char *earlier = "\"enrolment\":\"01937a5c-3b1e-7c50-9b1e-000000000001\",\"version\":3,\"state\":\"CANCELLED\"";
    assert_int_equal(hear_one(item, EVENT_ENROLMENT_OFFERED, offered), ERR_OK);
    assert_int_equal(hear_one(item, EVENT_ENROLMENT_CANCELLED, earlier), ERR_OK);
    assert_int_equal(hear_one(item, EVENT_ENROLMENT_OFFERED, offered), ERR_OK);
    expect(item, "SUBMITTED", 2, "one visible change");
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM application WHERE training::json ->> 'state' = 'OFFERED'"), 1);
}

static void what_cannot_be_is_parked_with_its_reason_and_harms_no_other(void **state)
{
    (void)state;
    static const struct {
        struct heard heard;
        enum err outcome;
        const char *why;
    } rows[] = {
        {{EVENT_DECISION_ASSESSED, "\"version\":\"x\""}, ERR_INVALID, "data of another shape"},
        {{EVENT_DECISION_ASSESSED, "\"version\":1,\"outcome\":\"MAYBE\""}, ERR_INVALID, "no such outcome"},
        {{EVENT_DECISION_APPROVED, "\"version\":1,\"outcome\":\"APPROVED\""}, ERR_CONFLICT, "approved without a place"},
        {{"ma.jisr.decision.sung.v1", "\"version\":1"}, ERR_OK, "a type of a newer writer is passed over"},
        {{EVENT_DECISION_CLOSED, "\"version\":9"}, ERR_OK, "nothing to do"},
        {{EVENT_DECISION_HELD, "\"version\":9"}, ERR_OK, "the same"},
        {{EVENT_DECISION_SHORTLISTED, "\"version\":2"}, ERR_OK, "about a form that was replaced"},
    };
    size_t count = sizeof(rows) / sizeof(rows[0]);
    struct submission *items[9];
    struct event *events[9];
    for (size_t i = 0; i < count; i++) {
        items[i] = stored_person();
        events[i] = event_of(items[i], &rows[i].heard);
    }
    items[count] = stored_person();
    events[count] = event_of(items[count], &(struct heard){EVENT_DECISION_ASSESSED, ASSESSED});
    struct submission nobody = *items[0];
    nobody.id.bytes[15] ^= 1;
    events[count + 1] = event_of(&nobody, &(struct heard){EVENT_DECISION_ASSESSED, ASSESSED});
    hear(events, count + 2);
    for (size_t i = 0; i < count; i++) {
        if (events[i]->outcome != rows[i].outcome)
            fail_msg("%s: %s", rows[i].why, err_info(events[i]->outcome)->name);
        expect(items[i], "SUBMITTED", 1, rows[i].why);
    }
    expect(items[count], "ELIGIBLE", 2, "the neighbour");
    assert_int_equal(events[count + 1]->outcome, ERR_NOT_FOUND);
}

static void figures_follow_every_state(void **state)
{
    (void)state;
    assert_int_equal(intake_count(&fixture, "SELECT count(*) FROM (SELECT state, sum(applications) AS n FROM stat_delta GROUP BY state) s "
                                            "FULL JOIN (SELECT state, count(*) AS n FROM application GROUP BY state) a USING (state) "
                                            "WHERE coalesce(s.n, 0) <> coalesce(a.n, 0)"),
                     0);
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
        cmocka_unit_test(decisions_move_an_application_to_its_place),
        cmocka_unit_test(what_one_transaction_decided_is_one_change),
        cmocka_unit_test(what_follows_an_event_that_is_set_aside_waits_behind_it),
        cmocka_unit_test(an_older_decision_changes_nothing),
        cmocka_unit_test(the_reason_of_a_refusal_is_in_her_history),
        cmocka_unit_test(training_is_shown_and_only_its_latest_enrolment_counts),
        cmocka_unit_test(what_cannot_be_is_parked_with_its_reason_and_harms_no_other),
        cmocka_unit_test(figures_follow_every_state),
    };
    return cmocka_run_group_tests_name("intake: events", tests, set_up, tear_down);
}
