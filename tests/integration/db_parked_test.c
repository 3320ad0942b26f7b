/* What can't be processed, or came before its cause: kept, in order, and given back. */
#include "tests/integration/db_support.h"

#include "db/inbox.h"
#include "db_plumbing_statements.h"

extern const struct embedded_file PLUMBING_FILES[];
static const struct db_catalog *const CATALOGS[] = {&INBOX_CATALOG, &DB_PLUMBING_CATALOG, NULL};
static struct db_fixture fixture;

static int open_all(void **state)
{
    (void)state;
    fixture_open(&fixture, PLUMBING_FILES, CATALOGS);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static int empty_tables(void **state)
{
    (void)state;
    arena_reset(fixture.arena);
    fixture_script(fixture.db, "TRUNCATE parked RESTART IDENTITY");
    return 0;
}

#define TOPIC_A "jisr.application.v1"
#define TOPIC_B "jisr.decision.v1"

static struct event event_new(uint32_t number, uint32_t key, const char *topic)
{
    return (struct event){
        .id = fixture_id(number),
        .key = fixture_id(1000 + key),
        .type = STR("ma.jisr.decision.assessed.v1"),
        .source = STR("/jisr/eligibility"),
        .at = INT64_C(1764000000000000),
        .version = 3,
        .data = STR("{\"a\":1}"),
        .topic = topic,
        .partition = 4,
        .offset = 77,
    };
}

enum deed { PARK, UNPARK };

struct parking {
    enum deed deed;
    const struct event *event;
    enum parked_kind kind;
    const char *reason;
};

static enum err parking_body(struct db *db, void *context)
{
    const struct parking *parking = context;
    if (parking->deed == UNPARK)
        return inbox_unpark(db, fixture.arena, parking->event->parked_id);
    return inbox_park(db, fixture.arena, parking->event, parking->kind, parking->reason);
}

static void park(const struct event *event, enum parked_kind kind, const char *reason)
{
    assert_int_equal(db_transaction(fixture.db, parking_body, &(struct parking){PARK, event, kind, reason}), ERR_OK);
}

static void unpark(const struct event *event)
{
    assert_int_equal(db_transaction(fixture.db, parking_body, &(struct parking){UNPARK, event, PARKED_HELD, ""}), ERR_OK);
}

struct release {
    const struct event *const *events;
    size_t count, max;
    struct event **released;
    size_t released_count;
    struct db *also; /* asks at the same time */
    size_t also_count;
};

static enum err released_body(struct db *db, void *context)
{
    struct release *release = context;
    enum err err = inbox_released(db, fixture.arena, release->events, release->count, release->max, &release->released, &release->released_count);
    if (!err && release->also) {
        struct release other = {.events = release->events, .count = release->count, .max = release->max};
        err = db_transaction(release->also, released_body, &other);
        release->also_count = other.released_count;
    }
    return err;
}

static struct release released_by(const struct event *event, size_t max, struct db *also)
{
    const struct event *const *events = event ? (const struct event *const[]){event} : NULL;
    struct release release = {.events = events, .count = event != NULL, .max = max, .also = also};
    assert_int_equal(db_transaction(fixture.db, released_body, &release), ERR_OK);
    release.events = NULL;
    return release;
}

static void a_held_event_comes_back_whole_with_an_event_of_its_key(void **state)
{
    (void)state;
    struct event held = event_new(1, 1, TOPIC_B), cause = event_new(2, 1, TOPIC_A), stranger = event_new(3, 2, TOPIC_A);
    held.traceparent = STR("00-trace");
    park(&held, PARKED_HELD, "no application yet");
    assert_int_equal(released_by(&stranger, 10, NULL).released_count, 0);
    struct release release = released_by(&cause, 10, NULL);
    assert_int_equal(release.released_count, 1);
    const struct event *back = release.released[0];
    assert_int_equal(id_compare(back->id, held.id), 0);
    assert_int_equal(id_compare(back->key, held.key), 0);
    assert_true(str_equal(back->type, held.type) && str_equal(back->source, held.source) && str_equal(back->data, held.data));
    assert_true(str_equal(back->traceparent, held.traceparent));
    assert_true(back->at == held.at && back->version == 3 && back->partition == 4 && back->offset == 77);
    assert_string_equal(back->topic, TOPIC_B);
    assert_int_equal(back->outcome, ERR_OK);
    unpark(back);
    assert_int_equal(released_by(&cause, 10, NULL).released_count, 0);
}

static void what_could_not_even_be_read_is_kept(void **state)
{
    (void)state;
    const struct event unreadable = {.topic = TOPIC_A, .partition = 1, .offset = 5, .at = INSTANT_NEVER, .data = {"\xff\0\1", 3}};
    const struct event empty = {.topic = TOPIC_A, .partition = 1, .offset = 6, .at = INSTANT_NEVER};
    park(&unreadable, PARKED_POISON, "not JSON");
    park(&empty, PARKED_POISON, "no value");
    park(&unreadable, PARKED_POISON, "not JSON"); /* the offset was set back: the same record again */
    struct event other = unreadable;
    other.data = STR("{");
    park(&other, PARKED_POISON, "not JSON"); /* the topic was made anew: another record at the same place */
    fixture_script(fixture.db, "UPDATE parked SET retry = true");
    struct release release = released_by(NULL, 10, NULL);
    assert_int_equal(release.released_count, 3);
    assert_true(id_is_nil(release.released[0]->id) && release.released[0]->at == INSTANT_NEVER);
    assert_true(str_equal(release.released[0]->data, unreadable.data));
}

static void a_held_event_is_tried_by_itself_later_and_later(void **state)
{
    (void)state;
    struct event held = event_new(1, 1, TOPIC_B);
    park(&held, PARKED_HELD, "no application yet");
    assert_int_equal(released_by(NULL, 10, NULL).released_count, 0);
    fixture_script(fixture.db, "UPDATE parked SET try_at = now()");
    struct release release = released_by(NULL, 10, NULL);
    assert_int_equal(release.released_count, 1);
    park(release.released[0], PARKED_HELD, "still none");
    fixture_script(fixture.db,
                   "DO $$ BEGIN ASSERT (SELECT try_at BETWEEN now() + interval '1 second' AND now() + interval '3 seconds' FROM parked); END $$");
    struct db_rows rows;
    assert_int_equal(db_run(fixture.db, &DB_PLUMBING_PARKED_ROWS, NULL, fixture.arena, &rows), ERR_OK);
    assert_int_equal(rows.count, 1);
    assert_int_equal(db_get_int(&rows, 0, 0), release.released[0]->parked_id);
    assert_int_equal(db_get_int(&rows, 0, 3), 1);
    assert_true(str_equal(db_get_str(&rows, 0, 2), STR("still none")));
}

static void poison_waits_for_the_operator_and_a_retry_that_fails_waits_again(void **state)
{
    (void)state;
    struct event poison = event_new(1, 1, TOPIC_A), later = event_new(2, 1, TOPIC_A);
    park(&poison, PARKED_POISON, "bad");
    assert_int_equal(released_by(&later, 10, NULL).released_count, 0);
    fixture_script(fixture.db, "UPDATE parked SET retry = true");
    struct release release = released_by(NULL, 10, NULL);
    assert_int_equal(release.released_count, 1);
    park(release.released[0], PARKED_POISON, "still bad");
    assert_int_equal(released_by(NULL, 10, NULL).released_count, 0);
}

static void at_most_so_many_come_back_oldest_first_and_to_one_copy(void **state)
{
    (void)state;
    struct event cause = event_new(9, 1, TOPIC_A);
    for (uint32_t i = 1; i <= 5; i++) {
        struct event held = event_new(i, 1, TOPIC_B);
        park(&held, PARKED_HELD, "early");
    }
    struct db *other = fixture_connect(&fixture, CATALOGS, 5000);
    struct release release = released_by(&cause, 3, other);
    db_close(other);
    assert_int_equal(release.released_count, 3);
    assert_int_equal(release.also_count, 2);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(id_compare(release.released[i]->id, fixture_id(i + 1)), 0);
}

/* ── Behind ── */

static const struct behind_case {
    const char *why;
    uint32_t key;
    const char *topic;
    int64_t parked_id;
    int behind;
} BEHIND[] = {
    {"nothing of this key is parked", 9, TOPIC_A, 0, 0},
    {"poison of the same topic and key stands before it", 1, TOPIC_A, 0, 1 + PARKED_POISON},
    {"another topic has an order of its own", 1, TOPIC_B, 0, 0},
    {"a held event stands before it", 2, TOPIC_B, 0, 1 + PARKED_HELD},
    {"poison counts for more than what is held", 3, TOPIC_A, 0, 1 + PARKED_POISON},
    {"the first parked one stands behind nobody", 1, TOPIC_A, 1, 0},
    {"a later parked one stands behind the earlier", 3, TOPIC_A, 4, 1 + PARKED_HELD},
};

static enum err enter_body(struct db *db, void *context)
{
    return inbox_enter(db, fixture.arena, context);
}

static void later_events_of_a_topic_and_key_stand_behind_what_is_parked(void **state)
{
    (void)state;
    struct event events[COUNT_OF(BEHIND)];
    const struct event *pointers[COUNT_OF(BEHIND)];
    int behind[COUNT_OF(BEHIND)];
    for (uint32_t i = 0; i < COUNT_OF(BEHIND); i++) {
        events[i] = event_new(100 + i, BEHIND[i].key, BEHIND[i].topic);
        events[i].parked_id = BEHIND[i].parked_id;
        pointers[i] = &events[i];
    }
    bool is_new[COUNT_OF(BEHIND)];
    struct inbox_entry entry = {.events = pointers, .count = COUNT_OF(BEHIND), .is_new = is_new, .behind = behind};
    memset(behind, -1, sizeof(behind));
    assert_int_equal(db_transaction(fixture.db, enter_body, &entry), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(BEHIND); i++)
        assert_int_equal(behind[i], 0); /* nothing is parked yet */
    const struct event first = event_new(1, 1, TOPIC_A), second = event_new(2, 2, TOPIC_B), third = event_new(3, 3, TOPIC_A),
                       fourth = event_new(4, 3, TOPIC_A);
    park(&first, PARKED_POISON, "bad");
    park(&second, PARKED_HELD, "early");
    park(&third, PARKED_HELD, "early");
    park(&fourth, PARKED_POISON, "bad");
    assert_int_equal(db_transaction(fixture.db, enter_body, &entry), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(BEHIND); i++)
        if (behind[i] != BEHIND[i].behind)
            fail_msg("%s: %d", BEHIND[i].why, behind[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_held_event_comes_back_whole_with_an_event_of_its_key, empty_tables),
        cmocka_unit_test_setup(what_could_not_even_be_read_is_kept, empty_tables),
        cmocka_unit_test_setup(a_held_event_is_tried_by_itself_later_and_later, empty_tables),
        cmocka_unit_test_setup(poison_waits_for_the_operator_and_a_retry_that_fails_waits_again, empty_tables),
        cmocka_unit_test_setup(at_most_so_many_come_back_oldest_first_and_to_one_copy, empty_tables),
        cmocka_unit_test_setup(later_events_of_a_topic_and_key_stand_behind_what_is_parked, empty_tables),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
