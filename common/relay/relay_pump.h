/* The leader's work: outbox rows → Kafka, reports → cursor, without waiting for anything. One thread (relay.c), which decides when. */
#ifndef JISR_RELAY_PUMP_H
#define JISR_RELAY_PUMP_H

#include "app/metrics.h"
#include "relay/relay.h"
#include "relay/relay_flight.h"
#include "relay/relay_window.h"

struct pump_metrics {
    struct metric *published, *horizon_age_ms, *unpublished;
};

struct pump {
    const struct relay_options *options;
    struct pump_metrics metrics;
    struct str source; /* "/jisr/intake" */
    struct relay_window window;
    struct producer *producer; /* NULL between failures */
    struct flight flight;
    struct relay_cursor acked;
    struct flight_entry *sending; /* the row whose records are being handed to the producer */
    size_t sending_topic;
    bool rows_settled; /* since the last save */
    int64_t announced; /* rows that this process has committed and we have not seen; negative: seen and not announced (yet) */
    int64_t looked_at_us, look_at_us, look_gap_us, woken_at_us, strange_row_us;
    int64_t heard_at_us; /* the last report; or when the first row was sent since nothing was in flight */
    int64_t saved_at_us, tick_at_us, maintain_at_us;
};

enum err pump_init(struct pump *pump, const struct relay_options *options, struct str source) MUST_CHECK;
void pump_done(struct pump *pump);
/* As leader: reads the cursor, opens a producer. */
enum err pump_start(struct pump *pump, int64_t now_us) MUST_CHECK;
/* Throws the producer away and forgets what was read. */
void pump_stop(struct pump *pump);
/* This process has committed so many rows. */
void pump_wake(struct pump *pump, size_t rows, int64_t now_us);
/* Serves reports for up to wait_ms. */
enum err pump_serve(struct pump *pump, int wait_ms) MUST_CHECK;
/* Reads and sends what there is room for, saves, maintains. Any error: pump_stop, and start again. */
enum err pump_work(struct pump *pump) MUST_CHECK;
/* Rows are in flight, and Kafka has said nothing of them for options->silence_ms. */
bool pump_unheard(const struct pump *pump, int64_t now_us);
/* Writes what is settled, whenever it was written last. */
enum err pump_save(struct pump *pump) MUST_CHECK;
/* When pump_work has something to do, should no report come before. */
int64_t pump_due_us(const struct pump *pump);
bool pump_idle(const struct pump *pump); /* nothing read that is not settled */

#endif
