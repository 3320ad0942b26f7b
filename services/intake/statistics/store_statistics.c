#include "services/intake/store/store.h"
#include "store_statements.h"

void stat_init(struct stat_deltas *deltas, struct arena *arena, size_t capacity)
{
    *deltas = (struct stat_deltas){.cells = arena_take_array(arena, capacity, sizeof(struct stat_cell)), .capacity = capacity};
    deltas->failed = !deltas->cells && capacity > 0;
}

static bool same_cell(const struct stat_cell *a, const struct stat_cell *b)
{
    return a->call_id == b->call_id && a->kind == b->kind && a->state == b->state && str_equal(a->province, b->province) &&
           date_compare(a->day, b->day) == 0;
}

void stat_add(struct stat_deltas *deltas, const struct stat_cell *cell)
{
    if (deltas->failed)
        return;
    for (size_t i = 0; i < deltas->count; i++)
        if (same_cell(&deltas->cells[i], cell)) {
            deltas->cells[i].applications += cell->applications;
            deltas->cells[i].women += cell->women;
            deltas->cells[i].distinct_women += cell->distinct_women;
            profile_add(&deltas->cells[i].profile, &cell->profile, 1);
            return;
        }
    if (deltas->count == deltas->capacity)
        deltas->failed = true;
    else
        deltas->cells[deltas->count++] = *cell;
}

void stat_move(struct stat_deltas *deltas, const struct application_row *row, enum application_state from, enum application_state to)
{
    if (from == to || from == STATE_DRAFT || to == STATE_DRAFT)
        return;
    struct stat_cell cell = {.call_id = row->call_id, .kind = row->kind, .province = row->province};
    cell.state = from;
    cell.applications = -1;
    cell.women = -row->women;
    stat_add(deltas, &cell);
    cell.state = to;
    cell.applications = 1;
    cell.women = row->women;
    stat_add(deltas, &cell);
}

enum stat_column {
    STAT_CALL,
    STAT_KIND,
    STAT_PROVINCE,
    STAT_STATE,
    STAT_DAY,
    STAT_APPLICATIONS,
    STAT_WOMEN,
    STAT_DISTINCT,
    STAT_PROFILE,
    STAT_COLUMN_COUNT
};
static const enum db_type STAT_TYPES[STAT_COLUMN_COUNT] = {DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_DATE, DB_INT8, DB_INT8, DB_INT8, DB_TEXT};

static enum err add_profile(struct db_column *column, const struct profile *profile, struct arena *arena)
{
    struct buf out;
    struct str text;
    buf_init(&out, arena, 1024);
    bool any = profile_text(profile, &out);
    enum err err = buf_done(&out, &text);
    if (err == ERR_OK && any)
        db_column_str(column, text);
    else
        db_column_null(column);
    return err;
}

enum err stat_write(const struct stat_deltas *deltas, struct db *db, struct arena *arena)
{
    struct db_column columns[STAT_COLUMN_COUNT];
    struct db_args args;
    if (deltas->failed)
        return ERR_LIMIT;
    if (deltas->count == 0)
        return ERR_OK;
    for (int c = 0; c < STAT_COLUMN_COUNT; c++)
        db_column_init(&columns[c], arena, STAT_TYPES[c]);
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < deltas->count; i++) {
        const struct stat_cell *cell = &deltas->cells[i];
        db_column_int(&columns[STAT_CALL], cell->call_id);
        db_column_str(&columns[STAT_KIND], str_from(kind_name(cell->kind)));
        db_column_str(&columns[STAT_PROVINCE], cell->province);
        db_column_str(&columns[STAT_STATE], str_from(application_state_name(cell->state)));
        db_column_date(&columns[STAT_DAY], cell->day);
        db_column_int(&columns[STAT_APPLICATIONS], cell->applications);
        db_column_int(&columns[STAT_WOMEN], cell->women);
        db_column_int(&columns[STAT_DISTINCT], cell->distinct_women);
        err = add_profile(&columns[STAT_PROFILE], &cell->profile, arena);
    }
    if (err != ERR_OK)
        return err;
    db_args_init(&args, arena);
    for (int c = 0; c < STAT_COLUMN_COUNT; c++)
        db_arg_column(&args, &columns[c]);
    return db_queue(db, &STORE_ADD_STATISTICS, &args);
}
