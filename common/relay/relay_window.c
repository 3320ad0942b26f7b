#include "relay/relay_window.h"

#include "app/crash.h"
#include "relay_statements.h"

#define SCRATCH_BYTES ((size_t)256 * 1024)
#define PLAN_BYTES ((size_t)16 * 1024 * 1024)
#define PAGE_BYTES ((size_t)4 * 1024 * 1024) /* of our own rows; the answer itself is libpq's */
#define STATEMENT_TIMEOUT_MS 120000          /* the plan of a window of millions of rows takes seconds; all of it only reads */

static const struct db_catalog *const catalogs[] = {&RELAY_CATALOG, NULL};

enum err window_init(struct relay_window *window, const struct db_options *options)
{
    struct db_options own = *options;
    own.catalogs = catalogs;
    if (own.statement_timeout_ms < STATEMENT_TIMEOUT_MS)
        own.statement_timeout_ms = STATEMENT_TIMEOUT_MS;
    *window = (struct relay_window){.page_arena = arena_new(PAGE_BYTES), .plan_arena = arena_new(PLAN_BYTES), .scratch = arena_new(SCRATCH_BYTES)};
    if (!window->page_arena || !window->plan_arena || !window->scratch)
        return ERR_MEMORY;
    return db_open(&own, &window->db);
}

void window_done(struct relay_window *window)
{
    if (window->db)
        db_close(window->db);
    arena_free(window->page_arena);
    arena_free(window->plan_arena);
    arena_free(window->scratch);
    *window = (struct relay_window){0};
}

static void forget_page(struct relay_window *window)
{
    arena_reset(window->page_arena);
    window->rows = NULL;
    window->row_count = window->row_next = 0;
}

static void forget_plan(struct relay_window *window)
{
    arena_reset(window->plan_arena);
    window->slices = NULL;
    window->slice_count = window->slice_next = 0;
}

static struct db_args *new_args(struct relay_window *window, struct db_args *args)
{
    arena_reset(window->scratch);
    db_args_init(args, window->scratch);
    return args;
}

/* ── Leadership and cursor ── */

enum err window_lead(struct relay_window *window, const char *service, bool *ret_leader)
{
    struct db_args args;
    struct db_rows rows;
    new_args(window, &args);
    db_arg_str(&args, str_format(window->scratch, "relay:%s", service));
    enum err err = db_run(window->db, &RELAY_LEAD, &args, window->scratch, &rows);
    if (err != ERR_OK)
        return err;
    *ret_leader = db_get_bool(&rows, 0, 0);
    window->session = db_get_int(&rows, 0, 1);
    return ERR_OK;
}

enum err window_resign(struct relay_window *window)
{
    struct db_rows rows;
    arena_reset(window->scratch);
    return db_run(window->db, &RELAY_RESIGN, NULL, window->scratch, &rows);
}

enum err window_load(struct relay_window *window)
{
    struct db_args args;
    struct db_rows rows;
    new_args(window, &args);
    enum err err = db_run(window->db, &RELAY_LOAD, &args, window->scratch, &rows);
    if (err != ERR_OK)
        return err;
    if (rows.count != 1)
        return ERR_INTERNAL;
    forget_page(window);
    forget_plan(window);
    window->saved = (struct relay_cursor){db_get_int(&rows, 0, 0), db_get_int(&rows, 0, 1), db_get_int(&rows, 0, 2)};
    window->read = window->saved;
    window->open = window->saved.high > window->saved.low;
    return ERR_OK;
}

/* ── Pages ── */

/* `first`: the column of the id; the others follow it. */
static void take_row(const struct db_rows *rows, size_t i, int first, struct relay_row *ret_row)
{
    *ret_row = (struct relay_row){
        .id = db_get_int(rows, i, first),
        .event_id = db_get_id(rows, i, first + 1),
        .key = db_get_id(rows, i, first + 2),
        .aggregate_id = db_get_id(rows, i, first + 3),
        .version = db_get_int(rows, i, first + 4),
        .type = db_get_str(rows, i, first + 5),
        .at = db_get_instant(rows, i, first + 6),
        .traceparent = db_get_str(rows, i, first + 7),
        .data = db_get_str(rows, i, first + 8),
    };
}

static enum err take_page(struct relay_window *window, const struct db_rows *rows, int first)
{
    if (rows->count == 0)
        return ERR_OK;
    struct relay_row *page = arena_take_array(window->page_arena, rows->count, sizeof(*page));
    if (!page)
        return ERR_MEMORY;
    for (size_t i = 0; i < rows->count; i++)
        take_row(rows, i, first, &page[i]);
    window->rows = page;
    window->row_count = rows->count;
    window->read.last_id = page[rows->count - 1].id;
    return ERR_OK;
}

/* What a window larger than a page looks like. */
static enum err make_plan(struct relay_window *window)
{
    struct db_args args;
    struct db_rows rows;
    forget_plan(window);
    new_args(window, &args);
    db_arg_int8(&args, window->read.low);
    db_arg_int8(&args, window->read.high);
    db_arg_int8(&args, window->read.last_id);
    db_arg_int8(&args, WINDOW_PAGE_ROWS);
    enum err err = db_run(window->db, &RELAY_CHUNKS, &args, window->scratch, &rows);
    if (err != ERR_OK)
        return err;
    struct relay_chunk *chunks = arena_take_array(window->plan_arena, rows.count + 1, sizeof(*chunks));
    window->slices = arena_take_array(window->plan_arena, rows.count + 1, sizeof(*window->slices));
    if (!chunks || !window->slices)
        return ERR_MEMORY;
    for (size_t i = 0; i < rows.count; i++)
        chunks[i] = (struct relay_chunk){{db_get_int(&rows, i, 0), db_get_int(&rows, i, 1)}, db_get_int(&rows, i, 2), db_get_int(&rows, i, 3)};
    const struct relay_place end = {window->read.high, 0};
    window->slice_count = relay_slices(chunks, rows.count, end, window->slices);
    window->open = window->slice_count > 0;
    return ERR_OK;
}

static enum err read_slice(struct relay_window *window)
{
    const struct relay_slice *slice = &window->slices[window->slice_next];
    struct db_args args;
    struct db_rows rows;
    forget_page(window);
    new_args(window, &args);
    db_arg_int8(&args, slice->low.xid);
    db_arg_int8(&args, slice->low.id);
    db_arg_int8(&args, slice->high.xid);
    db_arg_int8(&args, slice->high.id);
    db_arg_int8(&args, window->read.last_id);
    db_arg_int8(&args, slice->id_bound);
    db_arg_int8(&args, WINDOW_PAGE_ROWS);
    enum err err = db_run(window->db, &RELAY_SLICE, &args, window->page_arena, &rows);
    if (err == ERR_OK)
        err = take_page(window, &rows, 0);
    if (err == ERR_OK && window->row_count < WINDOW_PAGE_ROWS) {
        window->slice_next++;
        window->open = window->slice_next < window->slice_count;
    }
    return err;
}

enum { COLUMN_HIGH, COLUMN_SESSION, COLUMN_ID }; /* of RELAY_WINDOW; a row of the outbox begins at the last */

static enum err run_window(struct relay_window *window, const struct relay_cursor *from, bool to_horizon, struct db_rows *ret_rows)
{
    struct db_args args;
    forget_page(window);
    new_args(window, &args);
    db_arg_int8(&args, from->low);
    if (to_horizon)
        db_arg_null(&args);
    else
        db_arg_int8(&args, from->high);
    db_arg_int8(&args, from->last_id);
    db_arg_int8(&args, WINDOW_PAGE_ROWS + 1);
    enum err err = db_run(window->db, &RELAY_WINDOW, &args, window->page_arena, ret_rows);
    if (err != ERR_OK)
        return err;
    return db_get_int(ret_rows, 0, COLUMN_SESSION) == window->session ? ERR_OK : ERR_FENCED;
}

/* Nearly all windows are smaller than a page and take one statement. */
static enum err take_whole(struct relay_window *window, struct db_rows *rows)
{
    if (rows->count > WINDOW_PAGE_ROWS)
        return make_plan(window);
    window->open = false;
    if (db_is_null(rows, 0, COLUMN_ID))
        rows->count = 0;
    return take_page(window, rows, COLUMN_ID);
}

enum err window_open(struct relay_window *window, bool *ret_moved)
{
    const struct relay_cursor from = {window->read.high, 0, 0};
    struct db_rows rows;
    enum err err = run_window(window, &from, true, &rows);
    if (err != ERR_OK)
        return err;
    int64_t high = db_get_int(&rows, 0, COLUMN_HIGH);
    *ret_moved = high > from.low;
    if (!*ret_moved)
        return ERR_OK;
    window->read = (struct relay_cursor){from.low, high, 0};
    window->open = true;
    forget_plan(window);
    return take_whole(window, &rows);
}

static enum err read_whole(struct relay_window *window)
{
    struct db_rows rows;
    enum err err = run_window(window, &window->read, false, &rows);
    return err == ERR_OK ? take_whole(window, &rows) : err;
}

enum err window_read(struct relay_window *window)
{
    return window->slice_count > 0 ? read_slice(window) : read_whole(window);
}

/* ── Saving ── */

struct save {
    struct relay_window *window;
    const struct relay_cursor *acked;
};

static enum err save_body(struct db *db, void *context)
{
    const struct save *save = context;
    struct relay_window *window = save->window;
    struct db_args args;
    struct db_rows rows;
    new_args(window, &args);
    db_arg_int8(&args, save->acked->low);
    db_arg_int8(&args, save->acked->high);
    db_arg_int8(&args, save->acked->last_id);
    db_arg_int4(&args, (int32_t)window->session);
    db_arg_int8(&args, window->saved.low);
    db_arg_int8(&args, window->saved.last_id);
    enum err err = db_run(db, &RELAY_SAVE, &args, window->scratch, &rows);
    if (err != ERR_OK)
        return err;
    if (rows.affected != 1)
        return ERR_FENCED;
    if (save->acked->low == window->saved.low)
        return ERR_OK;
    new_args(window, &args);
    db_arg_int8(&args, window->saved.low);
    db_arg_int8(&args, save->acked->low);
    err = db_queue(db, &RELAY_SEAL, &args);
    CRASH_POINT("relay-cursor-before-commit");
    return err;
}

enum err window_save(struct relay_window *window, const struct relay_cursor *acked)
{
    struct save save = {window, acked};
    enum err err = db_transaction(window->db, save_body, &save);
    CRASH_POINT("relay-cursor-after-commit");
    if (err == ERR_OK)
        window->saved = *acked;
    return err;
}

/* ── Once a second, once an hour ── */

enum err window_look(struct relay_window *window, const struct relay_cursor *acked, struct window_tick *ret_tick)
{
    struct db_args args;
    struct db_rows rows;
    new_args(window, &args);
    db_arg_int8(&args, window->saved.low);
    db_arg_int8(&args, acked->low);
    db_arg_int8(&args, window->read.high);
    enum err err = db_run(window->db, &RELAY_TICK, &args, window->scratch, &rows);
    if (err != ERR_OK)
        return err;
    if (rows.count != 1 || db_get_int(&rows, 0, 2) != window->session)
        return ERR_FENCED;
    if (db_get_int(&rows, 0, 3) != window->saved.low || db_get_int(&rows, 0, 4) != window->saved.last_id)
        return ERR_FENCED;
    *ret_tick = (struct window_tick){db_get_bool(&rows, 0, 0), db_is_null(&rows, 0, 1) ? INSTANT_NEVER : db_get_instant(&rows, 0, 1)};
    return ERR_OK;
}

enum err window_maintain(struct relay_window *window, int64_t outbox_days, int64_t inbox_days)
{
    struct db_args args;
    new_args(window, &args);
    db_arg_int4(&args, (int32_t)outbox_days);
    db_arg_int4(&args, (int32_t)inbox_days);
    return db_run(window->db, &RELAY_MAINTAIN, &args, window->scratch, NULL);
}
