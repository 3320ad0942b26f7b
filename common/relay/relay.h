/* The relay: a service's outbox rows → Kafka, in order, by one leader a service (advisory lock), at the pace of delivery reports.
 *
 * Ids are given before commit, so `id > last` would lose rows. The relay works in windows of finished transactions: high =
 * pg_snapshot_xmin(pg_current_snapshot()); every row with xid in [low, high) is final. They are sent in id order; the cursor (relay_cursor) moves
 * only over the contiguous prefix that Kafka has acknowledged; when the window is done, low = high and the window's audit rows get their block of the
 * chain in the same transaction. `xid` is the number of the row's transaction or, if that is higher, of the last one that had ended when the row was
 * written: so a row of version 2 can't be in an earlier window than its version 1, though its transaction may have taken its number long before it
 * got the aggregate's lock (common/db/migrations/0003, 0004). A failed report, a fatal error or a lost database session: producer thrown away, start
 * again from the cursor. A leader that fails, or hears nothing from Kafka for too long, gives the leadership up: another copy may reach it. Repeats
 * in Kafka are possible, gaps are not. */
#ifndef JISR_RELAY_RELAY_H
#define JISR_RELAY_RELAY_H

#include <stdint.h>

#include "base/err.h"
#include "bus/producer.h"
#include "db/db.h"

struct relay;

struct relay_options {
    struct db_options db;
    struct bus_options bus;
    const char *service;             /* "intake": ce_source is "/jisr/intake", the advisory lock's name */
    size_t max_in_flight;            /* rows without a report */
    int64_t poll_ms;                 /* when nobody wakes it (other copies' commits) */
    int64_t silence_ms;              /* rows in flight and no report for so long: the leadership is given up */
    int64_t outbox_days, inbox_days; /* retention of partitions; inbox ≥ outbox */
};

/* One thread. Waits for leadership, PostgreSQL and Kafka by itself. */
enum err relay_start(const struct relay_options *options, struct relay **ret_relay) MUST_CHECK;
/* After a commit in this process that wrote so many outbox rows: look now. Any thread; never blocks. */
void relay_wake(struct relay *relay, size_t rows);
/* Sends what is in the window for up to 2 s, gives up leadership, ends. */
void relay_stop(struct relay *relay);

#endif
