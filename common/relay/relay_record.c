#include "relay/relay_record.h"

#include <stdio.h>

#include "proto/topics.h"

static const struct relay_route routes[] = {
#define X(name, event, topic, second) {{event, sizeof(event) - 1}, {topic, second}, (second) == NULL ? 1 : 2},
    EVENT_LIST(X)
#undef X
};

const struct relay_route *relay_route_find(struct str type)
{
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (str_equal(routes[i].type, type))
            return &routes[i];
    }
    return NULL;
}

void relay_record_make(struct relay_record *made, const struct relay_row *row, struct str source)
{
    id_format(row->key, made->key);
    id_format(row->event_id, made->event_id);
    id_format(row->aggregate_id, made->aggregate_id);
    instant_format(row->at, made->at);
    (void)snprintf(made->version, sizeof(made->version), "%lld", (long long)row->version);
    struct str key = {made->key, ID_TEXT_SIZE};
    const struct bus_header headers[] = {
        {"ce_specversion", STR("1.0")},
        {"ce_id", {made->event_id, ID_TEXT_SIZE}},
        {"ce_source", source},
        {"ce_type", row->type},
        {"ce_time", str_from(made->at)},
        {"ce_subject", key},
        {"ce_partitionkey", key},
        {"ce_aggregateid", {made->aggregate_id, ID_TEXT_SIZE}},
        {"ce_aggregateversion", str_from(made->version)},
        {"content-type", STR("application/json")},
        {"ce_traceparent", row->traceparent}, /* last: left out when unknown */
    };
    _Static_assert(sizeof(headers) / sizeof(headers[0]) == RELAY_HEADERS_MAX, "one place a header");
    for (size_t i = 0; i < RELAY_HEADERS_MAX; i++)
        made->headers[i] = headers[i];
    made->record = (struct bus_record){
        .key = key,
        .value = row->data,
        .headers = made->headers,
        .header_count = str_empty(row->traceparent) ? RELAY_HEADERS_MAX - 1 : RELAY_HEADERS_MAX,
    };
}
