/* The pure parts of relay and feed: the plan of a large window, what is in flight, waves, records. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/topics.h"
#include "relay/feed_waves.h"
#include "relay/relay_flight.h"
#include "relay/relay_plan.h"
#include "relay/relay_record.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ── The plan: reading slice after slice gives every row, in the order of ids ── */

#define ROWS 3000

struct row {
    struct relay_place place;
    bool seen;
};

static int compare_places(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    if (left->place.xid != right->place.xid)
        return left->place.xid < right->place.xid ? -1 : 1;
    return left->place.id < right->place.id ? -1 : left->place.id > right->place.id;
}

/* Ids 1..ROWS; each belongs to one of `open` transactions that run at the same time, each of them as long as it is not ended by chance. */
static void make_rows(struct row *rows, unsigned seed, int open, int length)
{
    int64_t xids[64], next_xid = 100;
    for (int i = 0; i < open; i++)
        xids[i] = next_xid++;
    for (int64_t id = 1; id <= ROWS; id++) {
        int at = rand_r(&seed) % open;
        rows[id - 1] = (struct row){{xids[at], id}, false};
        if (rand_r(&seed) % length == 0)
            xids[at] = next_xid++;
    }
    qsort(rows, ROWS, sizeof(*rows), compare_places);
}

static size_t make_chunks(const struct row *rows, size_t chunk_rows, struct relay_chunk *ret_chunks)
{
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        if (i % chunk_rows == 0)
            ret_chunks[count++] = (struct relay_chunk){rows[i].place, rows[i].place.id, rows[i].place.id};
        struct relay_chunk *chunk = &ret_chunks[count - 1];
        if (rows[i].place.id < chunk->id_min)
            chunk->id_min = rows[i].place.id;
        if (rows[i].place.id > chunk->id_max)
            chunk->id_max = rows[i].place.id;
    }
    return count;
}

static bool is_before(struct relay_place a, struct relay_place b)
{
    return a.xid < b.xid || (a.xid == b.xid && a.id < b.id);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* What the statement `slice` does. Returns how many rows of the index it looked at. */
static size_t read_slice(struct row *rows, const struct relay_slice *slice, int64_t *last_id)
{
    int64_t found[ROWS];
    size_t count = 0, looked = 0;
    for (size_t i = 0; i < ROWS; i++) {
        struct relay_place place = rows[i].place;
        if (is_before(place, slice->low) || !is_before(place, slice->high))
            continue;
        looked++;
        if (place.id > *last_id && place.id < slice->id_bound)
            found[count++] = place.id;
    }
    qsort(found, count, sizeof(*found), compare_ids);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(found[i], *last_id + 1); /* none is missing, none is out of order */
        *last_id = found[i];
    }
    return looked;
}

static void slices_give_every_row_in_the_order_of_ids(void **state)
{
    static const struct {
        int open, length;
        size_t chunk_rows;
        const char *why;
    } cases[] = {
        {1, 1, 100, "one transaction a row, one after the other: ids and xids run alike"},
        {4, 3, 100, "four at a time"},
        {32, 50, 100, "many long ones at the same time: chunks overlap widely"},
        {1, 100000, 100, "all rows in one transaction: it reaches over all chunks"},
        {4, 3, 7, "many small chunks"},
        {4, 3, ROWS, "one chunk"},
        {4, 3, ROWS * 2, "a chunk larger than the window"},
    };
    (void)state;
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        for (unsigned seed = 1; seed <= 5; seed++) {
            struct row rows[ROWS];
            struct relay_chunk chunks[ROWS];
            struct relay_slice slices[ROWS];
            make_rows(rows, seed, cases[c].open, cases[c].length);
            const struct relay_place end = {rows[ROWS - 1].place.xid + 1, 0};
            size_t count = relay_slices(chunks, make_chunks(rows, cases[c].chunk_rows, chunks), end, slices);
            int64_t last_id = 0;
            size_t looked = 0;
            for (size_t i = 0; i < count; i++)
                looked += read_slice(rows, &slices[i], &last_id);
            if (last_id != ROWS)
                fail_msg("%s: only %lld of %d rows", cases[c].why, (long long)last_id, ROWS);
            if (cases[c].open <= 4 && looked > ROWS * 5 + cases[c].chunk_rows)
                fail_msg("%s: looked at %zu entries of the index", cases[c].why, looked);
        }
    }
}

static void an_empty_window_has_no_slices(void **state)
{
    struct relay_slice slice;
    (void)state;
    assert_int_equal(relay_slices(NULL, 0, (struct relay_place){1, 0}, &slice), 0);
}

/* ── In flight ── */

static void the_cursor_moves_only_over_what_has_all_its_reports(void **state)
{
    struct flight flight;
    struct relay_cursor cursor = {10, 20, 0};
    (void)state;
    assert_true(flight_init(&flight, 4));
    struct flight_entry *first = flight_add(&flight, 1, 20, 111, 1);
    struct flight_entry *second = flight_add(&flight, 2, 20, 222, 2);
    struct flight_entry *third = flight_add(&flight, 3, 20, 333, 1);
    flight_end_window(&flight, 20);

    third->reports_left--;
    second->reports_left--;
    assert_int_equal(flight_settle(&flight, &cursor), 0);
    assert_int_equal(cursor.last_id, 0); /* the first is out: nothing behind it counts */
    assert_int_equal(flight_oldest(&flight), 111);

    first->reports_left--;
    assert_int_equal(flight_settle(&flight, &cursor), 1);
    assert_int_equal(cursor.last_id, 1); /* the second goes to two topics and has one report */
    assert_int_equal(cursor.low, 10);

    second->reports_left--;
    assert_int_equal(flight_settle(&flight, &cursor), 2);
    assert_int_equal(cursor.low, 20); /* the window is behind us */
    assert_int_equal(cursor.high, 20);
    assert_int_equal(cursor.last_id, 0);
    assert_int_equal(flight_oldest(&flight), INSTANT_NEVER);
    flight_done(&flight);
}

static void rows_are_bounded_and_ends_of_empty_windows_take_no_room(void **state)
{
    struct flight flight;
    struct relay_cursor cursor = {0, 0, 0};
    (void)state;
    assert_true(flight_init(&flight, 2));
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 2; i++) {
            int64_t high = 10 * round + i + 1;
            assert_non_null(flight_add(&flight, high, high, 0, 0));
            for (int again = 0; again < 3; again++)
                flight_end_window(&flight, high);
        }
        assert_null(flight_add(&flight, 99, 99, 0, 0));
        assert_int_equal(flight_settle(&flight, &cursor), 2);
        assert_int_equal(cursor.low, 10 * round + 2);
        assert_int_equal(flight_room(&flight), 2);
    }
    flight_done(&flight);
}

/* ── Waves ── */

static struct id key_of(char name)
{
    struct id id = {{0}};
    id.bytes[15] = (uint8_t)name;
    return id;
}

/* Events as text: key and topic, "a1 b1 a2"; a capital: one that the inbox knows already. `failing`: places whose event is held when its wave is
 * handled. Gives the order of handling. */
static void handle_as_text(const char *text, const char *failing, char *ret_waves)
{
    static const char *const topics[] = {"t0", "t1", "t2"};
    struct arena *arena = arena_new(1 << 20);
    struct event events[32], *list[32], *picked[32];
    bool ready[32];
    size_t count = 0;
    for (const char *at = text; *at; at += at[2] ? 3 : 2) {
        events[count] = (struct event){.key = key_of((char)tolower(at[0])), .topic = topics[at[1] - '0'], .offset = (int64_t)count};
        list[count] = &events[count];
        ready[count++] = islower(at[0]);
    }
    struct waves waves;
    assert_int_equal(waves_plan(list, count, arena, &waves), ERR_OK);
    char *out = ret_waves;
    for (size_t wave = 0; wave < waves.count; wave++) {
        size_t picked_count = waves_pick(&waves, wave, list, ready, count, picked);
        *out++ = '[';
        for (size_t i = 0; i < picked_count; i++) {
            out += sprintf(out, "%lld", (long long)picked[i]->offset);
            if (strchr(failing, (char)('0' + picked[i]->offset)))
                picked[i]->outcome = ERR_NO_CAUSE;
        }
        *out++ = ']';
    }
    *out = '\0';
    arena_free(arena);
}

static void waves_keep_order_and_never_have_a_key_twice(void **state)
{
    static const struct {
        const char *events, *failing, *waves, *why;
    } cases[] = {
        {"", "", "", "nothing"},
        {"a0 b0 c0", "", "[012]", "different keys go together"},
        {"a0 a0 a0", "", "[0][1][2]", "one key, one by one"},
        {"a0 b0 a0 b0 c0 a0", "", "[014][23][5]", "as few waves as the longest key needs"},
        {"a0 a1 a0", "", "[0][1][2]", "one key over two topics is still one by one"},
        {"a0 a0 a0 b0", "0", "[03][][]", "what is behind a held event of its topic waits with it"},
        {"a0 a1 a0 a1", "0", "[0][1][][3]", "… but not what is of another topic"},
        {"a0 a0 a0", "1", "[0][1][]", "held in the middle"},
        {"a0 A0 a0", "0", "[0][][]", "a repeat of what is held hides nothing from what comes behind both"},
        {"a0 A0 a0", "", "[0][][2]", "… nor does a repeat of what is done"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char waves[128];
        handle_as_text(cases[i].events, cases[i].failing, waves);
        if (strcmp(waves, cases[i].waves) != 0)
            fail_msg("%s: %s gives %s, not %s", cases[i].why, cases[i].events, waves, cases[i].waves);
    }
}

/* ── Records ── */

static const char *header_of(const struct relay_record *made, const char *name, char *text)
{
    for (size_t i = 0; i < made->record.header_count; i++) {
        const struct bus_header *header = &made->headers[i];
        if (strcmp(header->name, name) != 0)
            continue;
        memcpy(text, header->value.at, header->value.size);
        text[header->value.size] = '\0';
        return text;
    }
    return "(absent)";
}

static void a_record_is_a_cloudevent_in_binary_mode(void **state)
{
    static const struct {
        const char *name, *value;
    } wanted[] = {
        {"ce_specversion", "1.0"},
        {"ce_id", "00000000-0000-0000-0000-000000000069"},
        {"ce_source", "/jisr/intake"},
        {"ce_type", EVENT_APPLICATION_SUBMITTED},
        {"ce_time", "2026-11-24T06:16:17.123Z"},
        {"ce_subject", "00000000-0000-0000-0000-00000000006b"},
        {"ce_partitionkey", "00000000-0000-0000-0000-00000000006b"},
        {"ce_aggregateid", "00000000-0000-0000-0000-000000000067"},
        {"ce_aggregateversion", "42"},
        {"content-type", "application/json"},
        {"ce_datacontenttype", "(absent)"},
        {"ce_traceparent", "(absent)"},
    };
    (void)state;
    struct relay_row row = {.event_id = key_of('i'), .key = key_of('k'), .aggregate_id = key_of('g'), .version = 42, .data = STR("{}")};
    row.type = STR(EVENT_APPLICATION_SUBMITTED);
    assert_true(instant_parse(STR("2026-11-24T06:16:17.123Z"), &row.at));
    struct relay_record made;
    char text[128];
    relay_record_make(&made, &row, STR("/jisr/intake"));
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_string_equal(header_of(&made, wanted[i].name, text), wanted[i].value);
    assert_string_equal(made.key, wanted[5].value);
    row.traceparent = STR("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    relay_record_make(&made, &row, STR("/jisr/intake"));
    assert_string_equal(header_of(&made, "ce_traceparent", text), row.traceparent.at);
}

static void a_type_has_the_topics_of_the_one_list(void **state)
{
    (void)state;
    const struct relay_route *route = relay_route_find(STR(EVENT_DECISION_ASSESSED));
    assert_int_equal(route->topic_count, 1);
    assert_string_equal(route->topics[0], TOPIC_DECISION);
    route = relay_route_find(STR(EVENT_REFERRAL_OFFERED));
    assert_int_equal(route->topic_count, 2); /* partners read a topic of their own */
    assert_string_equal(route->topics[0], TOPIC_REFERRAL);
    assert_string_equal(route->topics[1], TOPIC_PARTNER);
    assert_null(relay_route_find(STR("ma.jisr.unheard.of.v1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_give_every_row_in_the_order_of_ids),
        cmocka_unit_test(an_empty_window_has_no_slices),
        cmocka_unit_test(the_cursor_moves_only_over_what_has_all_its_reports),
        cmocka_unit_test(rows_are_bounded_and_ends_of_empty_windows_take_no_room),
        cmocka_unit_test(waves_keep_order_and_never_have_a_key_twice),
        cmocka_unit_test(a_record_is_a_cloudevent_in_binary_mode),
        cmocka_unit_test(a_type_has_the_topics_of_the_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
