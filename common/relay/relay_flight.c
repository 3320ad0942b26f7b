#include "relay/relay_flight.h"

#include <stdlib.h>

bool flight_init(struct flight *flight, size_t max_rows)
{
    /* Two ends are never neighbours, so there is at most one more of them than there are rows. */
    size_t capacity = max_rows * 2 + 1;
    *flight = (struct flight){.capacity = capacity, .max_rows = max_rows};
    flight->entries = calloc(capacity, sizeof(*flight->entries));
    return flight->entries != NULL;
}

void flight_done(struct flight *flight)
{
    free(flight->entries);
    *flight = (struct flight){0};
}

void flight_clear(struct flight *flight)
{
    flight->first = flight->count = flight->rows = 0;
}

size_t flight_room(const struct flight *flight)
{
    return flight->max_rows - flight->rows;
}

static struct flight_entry *append(struct flight *flight)
{
    return &flight->entries[(flight->first + flight->count++) % flight->capacity];
}

struct flight_entry *flight_add(struct flight *flight, int64_t id, int64_t high, instant_us at, unsigned reports)
{
    if (flight_room(flight) == 0)
        return NULL;
    struct flight_entry *entry = append(flight);
    *entry = (struct flight_entry){.high = high, .id = id, .at = at, .reports_left = reports};
    flight->rows++;
    return entry;
}

void flight_end_window(struct flight *flight, int64_t high)
{
    if (flight->count > 0) {
        struct flight_entry *last = &flight->entries[(flight->first + flight->count - 1) % flight->capacity];
        if (last->is_end) { /* windows without rows between: one end is enough */
            last->high = high;
            return;
        }
    }
    *append(flight) = (struct flight_entry){.is_end = true, .high = high};
}

size_t flight_settle(struct flight *flight, struct relay_cursor *cursor)
{
    size_t settled = 0;
    while (flight->count > 0) {
        const struct flight_entry *entry = &flight->entries[flight->first];
        if (entry->reports_left > 0)
            break;
        if (entry->is_end) {
            *cursor = (struct relay_cursor){entry->high, entry->high, 0};
        } else {
            cursor->high = entry->high;
            cursor->last_id = entry->id;
            flight->rows--;
            settled++;
        }
        flight->first = (flight->first + 1) % flight->capacity;
        flight->count--;
    }
    return settled;
}

instant_us flight_oldest(const struct flight *flight)
{
    for (size_t i = 0; i < flight->count && i < 2; i++) { /* the first entry may be an end */
        const struct flight_entry *entry = &flight->entries[(flight->first + i) % flight->capacity];
        if (!entry->is_end)
            return entry->at;
    }
    return INSTANT_NEVER;
}
