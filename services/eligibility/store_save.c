/* The writing half of store.h. */
#include "store.h"

#include "store_statements.h"

static bool is_moved(const struct file *file)
{
    return !str_equal(file->former.call, file->decision.call) || !str_equal(file->former.province, file->decision.province);
}
static bool has_changed(const struct file *file)
{
    return !file->set_aside && file->decision.version > file->former.version;
}
static bool is_assessed(const struct file *file)
{
    return has_changed(file) && file->effect == EFFECT_ASSESS;
}
static bool is_moved_on(const struct file *file)
{
    return has_changed(file) && file->effect != EFFECT_ASSESS;
}
static bool is_replaced(const struct file *file)
{
    return is_assessed(file) && file->former.version > 0;
}
static bool is_freed(const struct file *file)
{
    return has_changed(file) && file->former.place > 0 && (file->former.place != file->decision.place || is_moved(file));
}
static bool is_placed(const struct file *file)
{
    return has_changed(file) && file->decision.place > 0 && (file->former.place != file->decision.place || is_moved(file));
}

/* What a column of a batch takes from a file. */
static void put_application(struct db_column *column, const struct file *file)
{
    db_column_id(column, file->decision.application);
}
static void put_version(struct db_column *column, const struct file *file)
{
    db_column_int(column, file->decision.version);
}
static void put_state(struct db_column *column, const struct file *file)
{
    db_column_str(column, str_from(decision_state_name(file->decision.state)));
}
static void put_application_version(struct db_column *column, const struct file *file)
{
    db_column_int(column, file->decision.application_version);
}
static void put_revision(struct db_column *column, const struct file *file)
{
    db_column_int(column, file->decision.revision);
}
static void put_call(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->decision.call);
}
static void put_kind(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->decision.kind);
}
static void put_region(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->decision.region);
}
static void put_province(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->decision.province);
}
static void put_submitted_at(struct db_column *column, const struct file *file)
{
    db_column_instant(column, file->decision.submitted_at);
}
static void put_place(struct db_column *column, const struct file *file)
{
    if (file->decision.place > 0)
        db_column_int(column, file->decision.place);
    else
        db_column_null(column);
}
static void put_outcome(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->appraisal.eligible ? STR("ELIGIBLE") : STR("INELIGIBLE"));
}
static void put_score(struct db_column *column, const struct file *file)
{
    db_column_number(column, file->decision.score);
}
static void put_ruleset(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->appraisal.ruleset->id);
}
static void put_ruleset_version(struct db_column *column, const struct file *file)
{
    db_column_int(column, file->appraisal.ruleset->version);
}
static void put_criteria(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->appraisal.criteria);
}
static void put_snapshot(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->appraisal.snapshot);
}
static void put_former_call(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->former.call);
}
static void put_former_province(struct db_column *column, const struct file *file)
{
    db_column_str(column, file->former.province);
}
static void put_former_place(struct db_column *column, const struct file *file)
{
    db_column_int(column, file->former.place);
}

struct column_plan {
    enum db_type type;
    void (*put)(struct db_column *column, const struct file *file);
};

#define WHOSE_COLUMNS                                                                                                                      \
    {DB_UUID, put_application}, {DB_INT8, put_version}, {DB_TEXT, put_state}, {DB_INT8, put_application_version}, {DB_INT8, put_revision}, \
        {DB_TEXT, put_call}, {DB_TEXT, put_kind}, {DB_TEXT, put_region}, {DB_TEXT, put_province}, {DB_INSTANT, put_submitted_at},          \
    {                                                                                                                                      \
        DB_INT8, put_place                                                                                                                 \
    }

static const struct column_plan keep_columns[] = {{DB_UUID, put_application}};
static const struct column_plan assessed_columns[] = {
    WHOSE_COLUMNS,           {DB_TEXT, put_outcome},   {DB_FLOAT8, put_score}, {DB_TEXT, put_ruleset}, {DB_INT4, put_ruleset_version},
    {DB_TEXT, put_criteria}, {DB_BYTES, put_snapshot},
};
static const struct column_plan moved_columns[] = {WHOSE_COLUMNS};
static const struct column_plan freed_columns[] = {{DB_TEXT, put_former_call}, {DB_TEXT, put_former_province}, {DB_INT8, put_former_place}};
static const struct column_plan placed_columns[] = {{DB_TEXT, put_call}, {DB_TEXT, put_province}, {DB_INT8, put_place}, {DB_UUID, put_application}};

/* All writes, in order: which files, which columns; after them `now`, where the statement takes it. */
static const struct write_plan {
    const struct db_statement *statement;
    bool (*concerns)(const struct file *file);
    const struct column_plan *columns;
    size_t column_count;
    bool takes_now;
} WRITES[] = {
#define COLUMNS(array) array, sizeof(array) / sizeof((array)[0])
    {&STORE_KEEP_FORMER, is_replaced, COLUMNS(keep_columns), false},   {&STORE_SAVE_ASSESSED, is_assessed, COLUMNS(assessed_columns), true},
    {&STORE_SAVE_MOVED, is_moved_on, COLUMNS(moved_columns), true},    {&STORE_FREE_PLACEMENTS, is_freed, COLUMNS(freed_columns), true},
    {&STORE_ADD_PLACEMENTS, is_placed, COLUMNS(placed_columns), true},
};

#define COLUMNS_MAX 20

static enum err write_files(struct db *db, struct arena *arena, const struct docket *docket, const struct write_plan *plan, instant_us now)
{
    struct db_column columns[COLUMNS_MAX];
    struct db_args args;
    for (size_t c = 0; c < plan->column_count; c++)
        db_column_init(&columns[c], arena, plan->columns[c].type);
    size_t rows = 0;
    for (size_t i = 0; i < docket->count; i++) {
        if (!plan->concerns(&docket->files[i]))
            continue;
        for (size_t c = 0; c < plan->column_count; c++)
            plan->columns[c].put(&columns[c], &docket->files[i]);
        rows++;
    }
    if (rows == 0)
        return ERR_OK;
    db_args_init(&args, arena);
    for (size_t c = 0; c < plan->column_count; c++)
        db_arg_column(&args, &columns[c]);
    if (plan->takes_now)
        db_arg_instant(&args, now);
    return db_queue(db, plan->statement, &args);
}

static enum err save_quotas(struct db *db, struct arena *arena, const struct docket *docket)
{
    enum { TAKEN, WAITING, SEQUENCE, PLACES, SURPLUS, NUMBERS };
    struct db_column calls, provinces, numbers[NUMBERS];
    struct db_args args;
    db_column_init(&calls, arena, DB_TEXT);
    db_column_init(&provinces, arena, DB_TEXT);
    for (size_t c = 0; c < NUMBERS; c++)
        db_column_init(&numbers[c], arena, DB_INT8);
    for (size_t i = 0; i < docket->quota_count; i++) {
        const struct quota *now = &docket->quotas[i], *before = &docket->quotas_before[i];
        if (now->taken == before->taken && now->waiting == before->waiting && now->sequence == before->sequence)
            continue;
        db_column_str(&calls, now->call);
        db_column_str(&provinces, now->province);
        db_column_int(&numbers[TAKEN], now->taken);
        db_column_int(&numbers[WAITING], now->waiting);
        db_column_int(&numbers[SEQUENCE], now->sequence);
        db_column_int(&numbers[PLACES], now->places);
        db_column_int(&numbers[SURPLUS], now->surplus);
    }
    if (calls.count == 0)
        return ERR_OK;
    db_args_init(&args, arena);
    db_arg_column(&args, &calls);
    db_arg_column(&args, &provinces);
    for (size_t c = 0; c < NUMBERS; c++)
        db_arg_column(&args, &numbers[c]);
    return db_queue(db, &STORE_SAVE_QUOTAS, &args);
}

enum err store_forget_assessments(struct db *db, struct arena *arena, const struct db_column *ids)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_column(&args, ids);
    return db_queue(db, &STORE_FORGET_ASSESSMENTS, &args);
}

enum err store_save(struct db *db, struct arena *arena, const struct docket *docket, instant_us now)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < sizeof(WRITES) / sizeof(WRITES[0]); i++)
        err = write_files(db, arena, docket, &WRITES[i], now);
    return err == ERR_OK ? save_quotas(db, arena, docket) : err;
}
