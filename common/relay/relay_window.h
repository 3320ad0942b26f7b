/* The relay's SQL: leadership, windows read page by page, the cursor. One session, one thread. Knows nothing of Kafka. */
#ifndef JISR_RELAY_WINDOW_H
#define JISR_RELAY_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "relay/relay_flight.h"
#include "relay/relay_plan.h"

struct relay_row { /* texts borrowed until the next page */
    int64_t id;
    struct id event_id, key, aggregate_id;
    int64_t version;
    struct str type;
    instant_us at;
    struct str traceparent, data;
};

struct relay_window {
    struct db *db;
    struct arena *page_arena, *plan_arena, *scratch;
    int64_t session;           /* the backend that holds the lock */
    struct relay_cursor saved; /* in the database */
    struct relay_cursor read;  /* how far rows have been read */
    bool open;                 /* [read.low, read.high) has rows that were not read yet, maybe */
    struct relay_slice *slices;
    size_t slice_count, slice_next;
    struct relay_row *rows; /* the page */
    size_t row_count, row_next;
};

struct window_tick {
    bool audit_waits;     /* rows of the audit table are in [saved.low, acked.low) */
    instant_us unread_at; /* when the oldest row that was not read happened; INSTANT_NEVER: none */
};

#define WINDOW_PAGE_ROWS 1000

enum err window_init(struct relay_window *window, const struct db_options *options) MUST_CHECK;
void window_done(struct relay_window *window);
enum err window_lead(struct relay_window *window, const char *service, bool *ret_leader) MUST_CHECK;
/* Another copy may lead from now on. */
enum err window_resign(struct relay_window *window) MUST_CHECK;
/* The cursor as it is in the database; whatever was read after it is forgotten. */
enum err window_load(struct relay_window *window) MUST_CHECK;
/* A new window from the end of the last up to the horizon of now, with its first page unless it is larger than one. False: the horizon has not moved.
 * ERR_FENCED: the session is another one. */
enum err window_open(struct relay_window *window, bool *ret_moved) MUST_CHECK;
/* The next page of the open window; window->open says whether there may be more. */
enum err window_read(struct relay_window *window) MUST_CHECK;
/* Moves the cursor and seals the audit rows below it. ERR_FENCED: not the leader any more, or the cursor was set by somebody else. */
enum err window_save(struct relay_window *window, const struct relay_cursor *acked) MUST_CHECK;
enum err window_look(struct relay_window *window, const struct relay_cursor *acked, struct window_tick *ret_tick) MUST_CHECK;
enum err window_maintain(struct relay_window *window, int64_t outbox_days, int64_t inbox_days) MUST_CHECK;

#endif
