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

static bool is_automatic(const struct call_message *message)
{
    return str_equal(message->shortlisting, STR("automatic"));
}

static bool has_a_province_twice(const struct call_message *message)
{
    const struct quota_message *quotas = message->quotas.items;
    for (size_t i = 0; i < message->quotas.count; i++)
        for (size_t before = 0; before < i; before++)
            if (str_equal(quotas[before].province, quotas[i].province))
                return true;
    return false;
}

static bool is_well_formed(struct event *event, struct arena *arena, struct call_message *ret_message)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    enum err err = ERR_LIMIT;
    if (violations) {
        violations_init(violations, arena);
        err = wire_decode(&CALL, event->data, WIRE_IGNORE_UNKNOWN, arena, ret_message, violations);
    }
    if (err == ERR_OK && !is_automatic(ret_message) && !str_equal(ret_message->shortlisting, STR("committee")))
        err = ERR_INVALID;
    if (err == ERR_OK && has_a_province_twice(ret_message))
        err = ERR_INVALID;
    if (err == ERR_OK)
        return true;
    event->outcome = err;
    event->reason = "its data is not what proto/events says";
    return false;
}

/* Not ret_is_news: a later version has been heard. */
static enum err save(struct feed_call *call, struct event *event, bool *ret_is_news)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, call->arena);
    db_arg_str(&args, event->data);
    enum err err = db_run(call->db, &CALLS_SAVE_CALL, &args, call->arena, &rows);
    if (err != ERR_OK)
        return err;
    *ret_is_news = rows.count > 0;
    return *ret_is_news ? db_queue(call->db, &CALLS_SAVE_QUOTAS_OF_CALL, &args) : ERR_OK;
}

enum err calls_hear(struct feed_call *call, struct call_list *ret_automatic)
{
    enum err err = ERR_OK;
    *ret_automatic = (struct call_list){arena_take_array(call->arena, call->count + 1, sizeof(*ret_automatic->ids)), 0};
    if (!ret_automatic->ids)
        return ERR_LIMIT;
    for (size_t i = 0; err == ERR_OK && i < call->count; i++) {
        struct call_message message;
        bool is_news = false;
        if (!str_equal(call->events[i]->type, STR(EVENT_CALL_PUBLISHED)) || !is_well_formed(call->events[i], call->arena, &message))
            continue;
        err = save(call, call->events[i], &is_news);
        if (is_news && is_automatic(&message))
            ret_automatic->ids[ret_automatic->count++] = message.call;
    }
    return err;
}
