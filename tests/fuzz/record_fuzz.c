/* A Kafka record with CloudEvents headers, as anybody who may write to a topic can make it: lines `name: value`, of which `key` is the record's key,
 * an empty line, the data. */
#include "fuzz.h"
#include "relay/feed_event.h"

/* librdkafka's part of the consumer: a header by its name. */
struct str consumer_header(const struct bus_message *message, const char *name)
{
    const struct str *head = message->raw;
    struct str rest = *head;
    while (rest.size > 0) {
        struct str value = str_cut(&rest, '\n'), line_name = str_cut(&value, ':');
        if (str_equal(line_name, str_from(name)))
            return value.size > 0 && value.at[0] == ' ' ? (struct str){value.at + 1, value.size - 1} : value;
    }
    return (struct str){0};
}

static void hold_text(struct str text)
{
    HOLD(str_is_utf8(text) && (text.size == 0 || !memchr(text.at, '\0', text.size)), "PostgreSQL can keep it");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str head = fuzz_text(bytes, size), data = {0};
    const char *end = memmem(head.at, head.size, "\n\n", 2);
    if (end) {
        data = (struct str){end + 2, (size_t)(head.at + head.size - end) - 2};
        head.size = (size_t)(end - head.at);
    }
    struct bus_message message = {.topic = "jisr.application.v1", .value = data, .raw = &head};
    struct event event;
    const char *unreadable = NULL;
    message.key = consumer_header(&message, "key");
    HOLD(feed_event_read(&message, arena, &event, &unreadable) == ERR_OK, "whatever it is, it can be parked");
    hold_text(event.type);
    hold_text(event.source);
    hold_text(event.traceparent);
    HOLD(str_equal(event.data, data) && event.data.at, "with its data");
    HOLD(!unreadable || id_is_nil(event.id), "what is no event has no id");
    HOLD(unreadable || !str_empty(event.type), "and an event has a type");
    return 0;
}
