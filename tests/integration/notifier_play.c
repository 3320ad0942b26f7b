#include "tests/integration/notifier_play.h"

#include <stdio.h>

#include "app/app.h"
#include "json/wire.h"
#include "notifier_checks_statements.h"
#include "services/notifier/events.h"

struct event events[64];
size_t event_count;

void add_event(uint32_t application, const char *type, int64_t version, const char *more)
{
    struct event *event = &events[event_count++];
    char id[ID_TEXT_SIZE + 1];
    id_format(fixture_id(application), id);
    *event = (struct event){.id = fixture_id(0x90000 + (uint32_t)event_count),
                            .key = fixture_id(application),
                            .type = str_from(type),
                            .version = version,
                            .traceparent = STR(TRACE)};
    event->data = str_format(test_arena,
                             "{\"application\":\"%s\",\"version\":%d,\"call\":\"fes-meknes-2026\",\"kind\":\"person\",\"region\":\"MA-03\","
                             "\"province\":\"MA-TAO\",\"state\":\"X\",\"transitions\":[],\"new\":1%s}",
                             id, (int)version, more);
}

void add_submitted(uint32_t application, int64_t version, bool consent)
{
    add_event(application, version == 1 ? EVENT_APPLICATION_SUBMITTED : EVENT_APPLICATION_AMENDED, version,
              consent ? ",\"referral_consent\":true,\"contact\":\"c2VhbGVk\"" : ",\"referral_consent\":false,\"contact\":\"c2VhbGVk\"");
}

enum err handle(struct db *db, void *context)
{
    struct event *list[64];
    struct outbox outbox;
    (void)context;
    for (size_t i = 0; i < event_count; i++)
        list[i] = &events[i];
    outbox_init(&outbox, test_arena);
    struct feed_call call = {
        .db = db, .arena = test_arena, .events = list, .count = event_count, .outbox = &outbox, .now = clock_wall_us(), .service = &test_service};
    enum err err = notifier_handle(&call);
    return err == ERR_OK ? outbox_write(&outbox, db) : err;
}

void run(void)
{
    assert_int_equal(db_transaction(test_db, handle, NULL), ERR_OK);
    event_count = 0;
}

struct str referrals_text(void)
{
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_REFERRALS, NULL);
    struct buf text;
    struct str got;
    buf_init(&text, test_arena, 4096);
    for (size_t i = 0; i < rows.count; i++) {
        struct str state = db_get_str(&rows, i, 2);
        buf_format(&text, "%s%.*s/%d", i ? " " : "", (int)state.size, state.at, (int)db_get_int(&rows, i, 3));
    }
    assert_int_equal(buf_done(&text, &got), ERR_OK);
    return got;
}

void assert_referrals(const char *expected)
{
    struct str got = referrals_text();
    if (!str_equal(got, str_from(expected)))
        fail_msg("referrals are %.*s, not %s", (int)got.size, got.size ? got.at : "", expected);
}

void assert_outbox(const char *const *types, size_t count)
{
    struct db_rows rows = test_ask(&NOTIFIER_CHECKS_OUTBOX, NULL), audit = test_ask(&NOTIFIER_CHECKS_AUDIT, NULL);
    assert_int_equal(rows.count, count);
    assert_int_equal(audit.count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(str_equal(db_get_str(&rows, i, 0), str_from(types[i])));
}

int clear(void **state)
{
    event_count = 0;
    return notifier_clear(state);
}
