#include "flight.h"

#include <inttypes.h>
#include <stdlib.h>

#include "app/app.h"

#define FLIGHT_BYTES_MAX ((size_t)256 * 1024)

struct flight *flight_new(void)
{
    struct flight *flight = calloc(1, sizeof(*flight));
    if (!flight)
        return NULL;
    flight->arena = arena_new(FLIGHT_BYTES_MAX);
    if (!flight->arena) {
        free(flight);
        return NULL;
    }
    return flight;
}

void flight_free(struct flight *flight)
{
    arena_free(flight->arena);
    free(flight);
}

/* From the network's thread: what the answer means is decided here, so that all who follow agree. */
static void on_answer(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer)
{
    struct flight *flight = request->owner;
    uint64_t random;
    (void)answer; /* nothing in it changes what is done */
    random_bytes(&random, sizeof(random));
    flight->answered_at = clock_wall_us();
    flight->duration_us = clock_monotonic_us() - flight->sent_us;
    flight->status = status;
    flight->failure = failure;
    const struct delivery_attempt attempt = {
        .number = flight->attempts + 1,
        .made_at = flight->made_at,
        .answered_at = flight->answered_at,
        .status = status,
        .failure = failure,
        .retry_after_s = retry_after_s,
        .random = random,
    };
    flight->verdict = delivery_judge(&attempt);
    flight->landed(flight);
}

enum err flight_load(struct flight *flight, const struct db_rows *rows, size_t row)
{
    enum { EVENT_ID, ENDPOINT, ATTEMPTS, CREATED_AT, TRACEPARENT, BODY };
    arena_reset(flight->arena);
    flight->event_id = db_get_id(rows, row, EVENT_ID);
    flight->endpoint = db_get_id(rows, row, ENDPOINT);
    flight->attempts = (int32_t)db_get_int(rows, row, ATTEMPTS);
    flight->made_at = db_get_instant(rows, row, CREATED_AT);
    flight->request = (struct net_request){.body = str_copy(flight->arena, db_get_str(rows, row, BODY)), .done = on_answer, .owner = flight};
    struct str traceparent = db_get_str(rows, row, TRACEPARENT);
    if (!str_empty(traceparent))
        flight->request.headers[flight->request.header_count++] = (struct net_header){STR("traceparent"), str_copy(flight->arena, traceparent)};
    return flight->request.body.at ? ERR_OK : ERR_LIMIT;
}

enum err flight_sign(struct flight *flight, const struct target *target, const struct webhook_key *key, instant_us now)
{
    struct net_request *request = &flight->request;
    int64_t timestamp_s = now / INSTANT_SECOND;
    struct str id = id_text(flight->arena, flight->event_id), timestamp = str_format(flight->arena, "%" PRId64, timestamp_s);
    struct str signature =
        webhook_signature(flight->arena, &(struct webhook_content){id, timestamp_s, request->body}, target->secrets, target->secret_count, key);
    const struct net_header headers[] = {
        {STR("content-type"), STR("application/cloudevents+json")},
        {STR("user-agent"), STR("Jisr/0.1")},
        {STR("webhook-id"), id},
        {STR("webhook-timestamp"), timestamp},
        {STR("webhook-signature"), signature},
    };
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        request->headers[request->header_count++] = headers[i];
    request->url = str_copy(flight->arena, target->url);
    flight->sent_us = clock_monotonic_us();
    return id.at && timestamp.at && signature.at && request->url.at ? ERR_OK : ERR_LIMIT;
}
