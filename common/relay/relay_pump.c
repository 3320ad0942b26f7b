#include "relay/relay_pump.h"

#include "app/app.h"
#include "app/crash.h"
#include "app/log.h"
#include "relay/relay_record.h"

#define MS INT64_C(1000)
#define LOOK_FIRST_US (1 * MS)          /* between two looks for new rows, at least: each costs PostgreSQL something */
#define LIVELY_US (2000 * MS)           /* with another process's row this recent, looks are at most poll_ms apart … */
#define IDLE_FACTOR 10                  /* … otherwise this many times that */
#define ANNOUNCED_WITHIN_US (1000 * MS) /* a row that has not shown up by then was counted twice, or came before we led */
#define SAVE_EVERY_US (100 * MS)        /* what is repeated after a crash; each save is a commit and a block of the audit chain */
#define SAVE_EMPTY_EVERY_US (5000 * MS) /* the cursor's own transaction moves the horizon: an idle service must not chase it */
#define TICK_EVERY_US (1000 * MS)
#define MAINTAIN_EVERY_US (MS * 1000 * 3600)

enum err pump_init(struct pump *pump, const struct relay_options *options, struct str source)
{
    *pump = (struct pump){
        .options = options,
        .source = source,
        .metrics = {metric_counter("relay_published_total", "", "outbox rows that Kafka has acknowledged"),
                    metric_gauge("relay_horizon_age_ms", "", "age of the oldest outbox row that is not published, ms"),
                    metric_gauge("outbox_unpublished", "", "outbox rows read and not yet acknowledged (an estimate)")},
    };
    if (!flight_init(&pump->flight, options->max_in_flight))
        return ERR_MEMORY;
    return window_init(&pump->window, &options->db);
}

void pump_done(struct pump *pump)
{
    pump_stop(pump);
    window_done(&pump->window);
    flight_done(&pump->flight);
}

static void on_report(void *owner, void *tag, enum err err)
{
    struct pump *pump = owner;
    struct flight_entry *entry = tag;
    CRASH_POINT("relay-report");
    if (err != ERR_OK)
        return; /* the producer is broken: all of this is done again */
    entry->reports_left--;
    pump->heard_at_us = clock_monotonic_us();
}

enum err pump_start(struct pump *pump, int64_t now_us)
{
    enum err err = window_load(&pump->window);
    if (err != ERR_OK)
        return err;
    pump->acked = pump->window.saved;
    pump->sending = NULL;
    pump->rows_settled = false;
    pump->announced = 0;
    pump->strange_row_us = now_us;
    pump->look_gap_us = LOOK_FIRST_US;
    pump->look_at_us = pump->tick_at_us = now_us;
    return producer_open(&pump->options->bus, on_report, pump, &pump->producer);
}

void pump_stop(struct pump *pump)
{
    if (pump->producer)
        producer_close(pump->producer); /* its reports still point into the flight */
    pump->producer = NULL;
    flight_clear(&pump->flight);
    pump->sending = NULL;
}

/* ── Sending ── */

/* ERR_OVERLOADED: go on with the same row later. */
static enum err send_row(struct pump *pump, const struct relay_row *row)
{
    const struct relay_route *route = relay_route_find(row->type);
    if (!route) {
        log_line(LOG_ERROR, "outbox-type-unknown", LOG_STR("type", row->type), LOG_INT("outbox_id", row->id));
        app_fail("the outbox holds an event of a type that this program does not know");
        return ERR_INTERNAL;
    }
    if (!pump->sending) {
        if (pump->flight.rows == 0)
            pump->heard_at_us = clock_monotonic_us();
        pump->sending = flight_add(&pump->flight, row->id, pump->window.read.high, row->at, (unsigned)route->topic_count);
        if (!pump->sending)
            return ERR_OVERLOADED;
        pump->sending_topic = 0;
    }
    struct relay_record made;
    relay_record_make(&made, row, pump->source);
    made.record.tag = pump->sending;
    for (; pump->sending_topic < route->topic_count; pump->sending_topic++) {
        made.record.topic = route->topics[pump->sending_topic];
        CRASH_POINT("relay-before-produce");
        enum err err = producer_send(pump->producer, &made.record);
        if (err != ERR_OK)
            return err;
        CRASH_POINT("relay-after-produce");
    }
    pump->sending = NULL;
    return ERR_OK;
}

static bool has_unsent(const struct pump *pump)
{
    return pump->window.row_next < pump->window.row_count;
}

/* The page in hand; its window ends with it when nothing more is to be read. */
static enum err send_page(struct pump *pump)
{
    struct relay_window *window = &pump->window;
    if (!has_unsent(pump))
        return ERR_OK;
    while (has_unsent(pump)) {
        enum err err = send_row(pump, &window->rows[window->row_next]);
        if (err != ERR_OK)
            return err;
        window->row_next++;
    }
    if (!window->open)
        flight_end_window(&pump->flight, window->read.high);
    return ERR_OK;
}

/* ── Looking ── */

/* Rows of this process are announced, so a look is due when they are, and again soon, more and more seldom, while an older transaction still hides
 * them. Rows that nobody announces are another copy's: only while there are such is it worth looking unasked. */
static void plan_next_look(struct pump *pump, bool found, int64_t now_us)
{
    int64_t unasked_us = pump->options->poll_ms * MS;
    if (now_us - pump->strange_row_us > LIVELY_US)
        unasked_us *= IDLE_FACTOR;
    if (pump->announced > 0 && now_us - pump->woken_at_us > ANNOUNCED_WITHIN_US)
        pump->announced = 0;
    pump->look_gap_us = found ? LOOK_FIRST_US : pump->look_gap_us * 2;
    if (pump->announced <= 0 || pump->look_gap_us > unasked_us)
        pump->look_gap_us = unasked_us;
    pump->looked_at_us = now_us;
    pump->look_at_us = now_us + pump->look_gap_us;
}

void pump_wake(struct pump *pump, size_t rows, int64_t now_us)
{
    int64_t soon_us = pump->looked_at_us + LOOK_FIRST_US;
    pump->announced += (int64_t)rows;
    pump->woken_at_us = now_us;
    if (pump->look_at_us > soon_us)
        pump->look_at_us = soon_us;
    pump->look_gap_us = LOOK_FIRST_US;
}

/* Whatever was seen before the last look and is not announced by now. */
static void note_strangers(struct pump *pump, int64_t now_us)
{
    if (pump->announced >= 0)
        return;
    pump->strange_row_us = now_us;
    pump->announced = 0;
}

static void note_page(struct pump *pump)
{
    const struct relay_window *window = &pump->window;
    pump->announced -= (int64_t)window->row_count;
    if (window->row_count == 0 && !window->open)
        flight_end_window(&pump->flight, window->read.high);
}

static enum err read_page(struct pump *pump)
{
    enum err err = window_read(&pump->window);
    if (err == ERR_OK)
        note_page(pump);
    return err;
}

static enum err look(struct pump *pump, int64_t now_us)
{
    bool moved;
    enum err err = window_open(&pump->window, &moved);
    if (err != ERR_OK)
        return err;
    note_strangers(pump, now_us);
    if (moved)
        note_page(pump);
    plan_next_look(pump, pump->window.row_count > 0 || pump->window.open, now_us);
    return ERR_OK;
}

/* Until there is no row, no reason to look, or a page is on its way: those that are committed meanwhile go together, as in a group commit. */
static enum err fill(struct pump *pump)
{
    for (;;) {
        enum err err = send_page(pump);
        if (err == ERR_OVERLOADED)
            return ERR_OK;
        if (err != ERR_OK)
            return err;
        int64_t now_us = clock_monotonic_us();
        if (pump->flight.rows > 0)
            return ERR_OK;
        if (pump->window.open)
            err = read_page(pump);
        else if (now_us >= pump->look_at_us)
            err = look(pump, now_us);
        else
            return ERR_OK;
        if (err != ERR_OK)
            return err;
    }
}

/* ── Settling ── */

enum err pump_serve(struct pump *pump, int wait_ms)
{
    producer_poll(pump->producer, wait_ms);
    if (producer_broken(pump->producer))
        return ERR_UNAVAILABLE;
    size_t rows = flight_settle(&pump->flight, &pump->acked);
    if (rows == 0)
        return ERR_OK;
    metric_add(pump->metrics.published, (int64_t)rows);
    pump->rows_settled = true;
    return ERR_OK;
}

enum err pump_save(struct pump *pump)
{
    const struct relay_cursor *saved = &pump->window.saved, *acked = &pump->acked;
    bool moved = acked->low != saved->low || acked->high != saved->high || acked->last_id != saved->last_id;
    enum err err = moved ? window_save(&pump->window, acked) : ERR_OK;
    pump->rows_settled = false;
    pump->saved_at_us = clock_monotonic_us();
    return err;
}

static void show(struct pump *pump, instant_us unread_at)
{
    instant_us oldest = flight_oldest(&pump->flight);
    if (oldest == INSTANT_NEVER)
        oldest = unread_at;
    int64_t age_ms = oldest == INSTANT_NEVER ? 0 : (clock_wall_us() - oldest) / MS;
    metric_set(pump->metrics.horizon_age_ms, age_ms > 0 ? age_ms : 0);
    size_t planned = (pump->window.slice_count - pump->window.slice_next) * WINDOW_PAGE_ROWS;
    metric_set(pump->metrics.unpublished, (int64_t)(pump->flight.rows + pump->window.row_count - pump->window.row_next + planned));
}

static enum err tick(struct pump *pump, int64_t now_us)
{
    struct window_tick seen;
    pump->tick_at_us = now_us + TICK_EVERY_US;
    enum err err = window_look(&pump->window, &pump->acked, &seen);
    if (err != ERR_OK)
        return err;
    show(pump, seen.unread_at);
    if (seen.audit_waits || now_us - pump->saved_at_us >= SAVE_EMPTY_EVERY_US)
        return pump_save(pump);
    return ERR_OK;
}

/* A lock that it did not get in time is no reason to begin anew; a session that was lost shows at the next look. */
static void maintain(struct pump *pump, int64_t now_us)
{
    pump->maintain_at_us = now_us + MAINTAIN_EVERY_US;
    enum err err = window_maintain(&pump->window, pump->options->outbox_days, pump->options->inbox_days);
    if (err != ERR_OK)
        log_line(LOG_WARNING, "partitions-not-maintained", LOG_ERR(err));
}

enum err pump_work(struct pump *pump)
{
    enum err err = fill(pump);
    int64_t now_us = clock_monotonic_us();
    if (err == ERR_OK && pump->rows_settled && now_us - pump->saved_at_us >= SAVE_EVERY_US)
        err = pump_save(pump);
    if (err == ERR_OK && now_us >= pump->tick_at_us)
        err = tick(pump, now_us);
    if (err == ERR_OK && now_us >= pump->maintain_at_us)
        maintain(pump, now_us);
    return err;
}

/* ── When ── */

int64_t pump_due_us(const struct pump *pump)
{
    int64_t due_us = pump->tick_at_us;
    bool can_look = !has_unsent(pump) && !pump->window.open && pump->flight.rows == 0;
    if (can_look && pump->look_at_us < due_us)
        due_us = pump->look_at_us;
    if (pump->rows_settled && pump->saved_at_us + SAVE_EVERY_US < due_us)
        due_us = pump->saved_at_us + SAVE_EVERY_US;
    return due_us;
}

bool pump_unheard(const struct pump *pump, int64_t now_us)
{
    return pump->flight.rows > 0 && now_us - pump->heard_at_us > pump->options->silence_ms * MS;
}

bool pump_idle(const struct pump *pump)
{
    return !has_unsent(pump) && !pump->window.open && pump->flight.count == 0;
}
