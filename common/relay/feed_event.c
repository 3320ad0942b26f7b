#include "relay/feed_event.h"

/* What goes on into text columns must be text for PostgreSQL as well. */
static bool is_text(struct str s)
{
    return str_is_utf8(s) && (s.size == 0 || !memchr(s.at, '\0', s.size));
}

/* Copies a header; false when it is there and not text. Absent: {NULL,0}. */
static bool copy_header(const struct bus_message *message, const char *name, struct arena *arena, struct str *ret_value, enum err *err)
{
    struct str value = consumer_header(message, name);
    *ret_value = (struct str){0};
    if (!value.at)
        return true;
    if (!is_text(value))
        return false;
    *ret_value = str_copy(arena, value);
    if (!ret_value->at)
        *err = ERR_LIMIT;
    return true;
}

static const char *read_ids(const struct bus_message *message, struct event *event)
{
    if (!id_parse(message->key, &event->key))
        return "the record's key is not a UUID";
    struct str id = consumer_header(message, "ce_id");
    if (!id.at)
        return "no ce_id";
    if (!id_parse(id, &event->id))
        return "ce_id is not a UUID";
    return NULL;
}

static const char *read_numbers(const struct bus_message *message, struct event *event)
{
    struct str version = consumer_header(message, "ce_aggregateversion");
    if (version.at && !str_parse_int64(version, &event->version))
        return "ce_aggregateversion is not a number";
    struct str at = consumer_header(message, "ce_time");
    if (at.at && !instant_parse(at, &event->at))
        return "ce_time is not a time";
    return NULL;
}

static const char *read_texts(const struct bus_message *message, struct arena *arena, struct event *event, enum err *err)
{
    if (!copy_header(message, "ce_type", arena, &event->type, err))
        return "ce_type is not text";
    if (!copy_header(message, "ce_source", arena, &event->source, err))
        return "ce_source is not text";
    if (!copy_header(message, "ce_traceparent", arena, &event->traceparent, err))
        event->traceparent = (struct str){0}; /* only a hint for tracing */
    return str_empty(event->type) ? "no ce_type" : NULL;
}

enum err feed_event_read(const struct bus_message *message, struct arena *arena, struct event *ret_event, const char **ret_unreadable)
{
    enum err err = ERR_OK;
    struct event event = {.topic = message->topic, .partition = message->partition, .offset = message->offset, .at = INSTANT_NEVER};
    const char *texts = read_texts(message, arena, &event, &err);
    const char *ids = read_ids(message, &event);
    const char *numbers = read_numbers(message, &event);
    event.data = str_copy(arena, message->value.at ? message->value : STR(""));
    if (!event.data.at)
        err = ERR_LIMIT;
    if (err != ERR_OK)
        return err;
    *ret_unreadable = ids ? ids : texts ? texts : numbers;
    if (*ret_unreadable)
        event.id = (struct id){0}; /* parked by its place in the log, once; and no event when it is tried again */
    *ret_event = event;
    return ERR_OK;
}
