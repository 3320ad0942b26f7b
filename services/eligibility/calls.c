#include "calls.h"

#include "calls_statements.h"
#include "json/wire.h"
#include "proto/topics.h"

struct quota_message {
    struct str province;
    int64_t places;
};

struct call_message {
    struct str call, region, shortlisting, ruleset;
    int64_t version;
    bool sample;
    struct wire_list quotas; /* struct quota_message */
};

static const struct wire_field QUOTA_FIELDS[] = {
    WIRE_TEXT(quota_message, province, WIRE_REQUIRED, 1, 64),
    WIRE_INT(quota_message, places, WIRE_REQUIRED, 0, 1000000),
};
static WIRE_TABLE(QUOTA, quota_message, QUOTA_FIELDS);

static const struct wire_field CALL_FIELDS[] = {
    WIRE_TEXT(call_message, call, WIRE_REQUIRED, 1, 80),
    WIRE_INT(call_message, version, WIRE_REQUIRED, 1, 1e15),
    WIRE_TEXT(call_message, region, WIRE_REQUIRED, 1, 64),
    WIRE_TEXT(call_message, shortlisting, WIRE_REQUIRED, 1, 64),
    WIRE_TEXT(call_message, ruleset, WIRE_REQUIRED, 1, 80),
    WIRE_BOOL(call_message, sample, WIRE_REQUIRED),
    WIRE_LIST(call_message, quotas, WIRE_REQUIRED, 1, 1000, &QUOTA),
};
static WIRE_TABLE(CALL, call_message, CALL_FIELDS);

static bool is_well_formed(struct event *event, struct arena *arena)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct call_message message;
    enum err err = ERR_LIMIT;
    if (violations) {
        violations_init(violations, arena);
        err = wire_decode(&CALL, event->data, WIRE_IGNORE_UNKNOWN, arena, &message, violations);
    }
    if (err == ERR_OK && !str_equal(message.shortlisting, STR("automatic")) && !str_equal(message.shortlisting, STR("committee")))
        err = ERR_INVALID;
    if (err == ERR_OK)
        return true;
    event->outcome = err;
    event->reason = "its data is not what proto/events says";
    return false;
}

static enum err save(struct feed_call *call, struct event *event)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, call->arena);
    db_arg_str(&args, event->data);
    enum err err = db_run(call->db, &CALLS_SAVE_CALL, &args, call->arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err; /* a later version has been heard */
    return db_queue(call->db, &CALLS_SAVE_QUOTAS_OF_CALL, &args);
}

enum err calls_hear(struct feed_call *call)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < call->count; i++)
        if (str_equal(call->events[i]->type, STR(EVENT_CALL_PUBLISHED)) && is_well_formed(call->events[i], call->arena))
            err = save(call, call->events[i]);
    return err;
}
