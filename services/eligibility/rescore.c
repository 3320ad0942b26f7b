#include "rescore.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"
#include "appraise.h"
#include "changes.h"
#include "rescore_statements.h"

#define BATCH 2000
#define ARENA_BYTES ((size_t)64 << 20)
#define SCRATCH_BYTES ((size_t)4 << 20)
#define TRIES 5

/* What all threads share: where the next batch begins, and what was counted. */
struct run {
    const struct rescore_options *options;
    struct str ruleset_id;
    pthread_mutex_t lock;
    struct id after; /* the last decision that was handed out */
    bool ended;
    enum err err;
    struct rescore_result result;
};

struct worker {
    struct run *run;
    struct db *db;
    struct arena *arena;
    struct eligibility *eligibility;
    struct id from, to;           /* the batch: after `from`, up to `to` */
    struct rescore_result result; /* of the batch */
};

/* One decision as it was read, and as it will be. */
struct rescored {
    struct file file;
    struct str outcome, criteria;
    int64_t ruleset_version;
    bool changed;
};

/* ── Reading a batch ── */

static enum err read_one(const struct run *run, const struct db_rows *rows, size_t row, struct rescored *ret_one)
{
    struct decision *former = &ret_one->file.former;
    *former = (struct decision){
        .application = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 2),
        .application_version = db_get_int(rows, row, 3),
        .revision = db_get_int(rows, row, 4),
        .call = str_from(run->options->call),
        .kind = db_get_str(rows, row, 5),
        .region = db_get_str(rows, row, 6),
        .province = db_get_str(rows, row, 7),
        .submitted_at = db_get_instant(rows, row, 8),
        .score = db_get_number(rows, row, 9),
        .has_score = true,
    };
    ret_one->outcome = db_get_str(rows, row, 10);
    ret_one->ruleset_version = db_get_int(rows, row, 11);
    ret_one->criteria = db_get_str(rows, row, 12);
    ret_one->file.appraisal.snapshot = db_get_str(rows, row, 13);
    ret_one->file.decision = *former;
    ret_one->file.message = (struct application_message){.application = former->application, .submitted_at = former->submitted_at};
    return decision_state_parse(db_get_str(rows, row, 1), &former->state) ? ERR_OK : ERR_INTERNAL;
}

static enum err read_keys(struct worker *worker, struct rescored *items, size_t count)
{
    struct db_column ids;
    struct db_args args;
    struct db_rows rows;
    db_column_init(&ids, worker->arena, DB_UUID);
    for (size_t i = 0; i < count; i++)
        db_column_id(&ids, items[i].file.former.application);
    db_args_init(&args, worker->arena);
    db_arg_column(&args, &ids);
    enum err err = db_run(worker->db, &RESCORE_FACTS_KEYS, &args, worker->arena, &rows);
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++) {
        struct id id = db_get_id(&rows, row, 0);
        size_t low = 0, high = count; /* items are in the order of their ids */
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (id_compare(items[middle].file.former.application, id) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < count && id_compare(items[low].file.former.application, id) == 0)
            items[low].file.wrapped_key = db_get_str(&rows, row, 1);
    }
    return err;
}

static enum err read_batch(struct worker *worker, struct rescored **ret_items, size_t *ret_count)
{
    struct rescore_result *result = &worker->result;
    struct db_args args;
    struct db_rows rows, others;
    db_args_init(&args, worker->arena);
    db_arg_id(&args, worker->from);
    db_arg_id(&args, worker->to);
    db_arg_str(&args, str_from(worker->run->options->call));
    enum err err = db_run(worker->db, &RESCORE_BATCH, &args, worker->arena, &rows);
    if (err == ERR_OK)
        err = db_run(worker->db, &RESCORE_LEFT_OUT, &args, worker->arena, &others);
    if (err != ERR_OK)
        return err;
    result->with_place = db_get_int(&others, 0, 0);
    result->held = db_get_int(&others, 0, 1);
    result->closed = db_get_int(&others, 0, 2);
    struct rescored *items = arena_take_array(worker->arena, rows.count + 1, sizeof(*items));
    if (!items)
        return ERR_LIMIT;
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++)
        err = read_one(worker->run, &rows, row, &items[row]);
    *ret_items = items;
    *ret_count = rows.count;
    return err == ERR_OK && rows.count > 0 ? read_keys(worker, items, rows.count) : err;
}

/* ── One decision ── */

static bool is_current(const struct worker *worker, const struct rescored *item)
{
    const struct rescore_options *options = worker->run->options;
    const struct ruleset *applies =
        ruleset_find(options->rulesets, options->ruleset_count, worker->run->ruleset_id, instant_casablanca_date(item->file.former.submitted_at));
    return !options->all && applies && applies->version == item->ruleset_version;
}

static bool has_changed(const struct rescored *item)
{
    const struct file *file = &item->file;
    return item->ruleset_version != file->appraisal.ruleset->version || file->former.score != file->decision.score ||
           str_equal(item->outcome, STR("ELIGIBLE")) != file->appraisal.eligible || !str_equal(item->criteria, file->appraisal.criteria);
}

/* What may follow from another outcome without anybody looking at it. */
static bool may_change(const struct file *file)
{
    return file->former.state == DECISION_ELIGIBLE || file->appraisal.eligible == (file->former.state == DECISION_WAITLISTED);
}

static enum err change(const struct worker *worker, struct rescored *item, instant_us now, struct outbox *outbox)
{
    struct file *file = &item->file;
    item->changed = true;
    if (worker->run->options->dry_run)
        return ERR_OK;
    if (file->former.state == DECISION_WAITLISTED)
        return change_rank(file, now, outbox);
    return change_to(file, file->appraisal.eligible ? DECISION_ELIGIBLE : DECISION_INELIGIBLE, now, outbox);
}

static enum err rescore_one(struct worker *worker, const struct terms *terms, struct rescored *item, instant_us now, struct outbox *outbox)
{
    struct rescore_result *result = &worker->result;
    result->looked_at++;
    if (is_current(worker, item)) {
        result->current++;
        return ERR_OK;
    }
    item->file.terms = terms;
    item->file.decision.state = item->file.former.state;
    enum err err = appraise(worker->eligibility, &item->file, worker->arena), outcome = item->file.appraisal.outcome;
    if (err != ERR_OK)
        return err;
    if (outcome != ERR_OK) {
        *(outcome == ERR_ERASED ? &result->erased : &result->faults) += 1;
        return ERR_OK;
    }
    appraise_decision(&item->file);
    if (!has_changed(item)) {
        result->same++;
        return ERR_OK;
    }
    if (!may_change(&item->file)) {
        result->for_committee++;
        return ERR_OK;
    }
    result->changed++;
    result->refused += item->file.former.state == DECISION_ELIGIBLE && !item->file.appraisal.eligible;
    return change(worker, item, now, outbox);
}

/* ── Writing ── */

enum save_column { SAVE_ID, SAVE_VERSION, SAVE_STATE, SAVE_OUTCOME, SAVE_SCORE, SAVE_RULESET_VERSION, SAVE_CRITERIA, SAVE_COUNT };
static const enum db_type SAVE_TYPES[SAVE_COUNT] = {DB_UUID, DB_INT8, DB_TEXT, DB_TEXT, DB_FLOAT8, DB_INT4, DB_TEXT};

static void add_changed(struct db_column *columns, const struct rescored *item)
{
    const struct file *file = &item->file;
    db_column_id(&columns[SAVE_ID], file->decision.application);
    db_column_int(&columns[SAVE_VERSION], file->decision.version);
    db_column_str(&columns[SAVE_STATE], str_from(decision_state_name(file->decision.state)));
    db_column_str(&columns[SAVE_OUTCOME], file->appraisal.eligible ? STR("ELIGIBLE") : STR("INELIGIBLE"));
    db_column_number(&columns[SAVE_SCORE], file->decision.score);
    db_column_int(&columns[SAVE_RULESET_VERSION], file->appraisal.ruleset->version);
    db_column_str(&columns[SAVE_CRITERIA], file->appraisal.criteria);
}

static enum err save(struct worker *worker, const struct rescored *items, size_t count, const struct outbox *outbox, instant_us now)
{
    struct db_column columns[SAVE_COUNT];
    struct db_args keep, args;
    struct db_rows rows;
    for (int c = 0; c < SAVE_COUNT; c++)
        db_column_init(&columns[c], worker->arena, SAVE_TYPES[c]);
    for (size_t i = 0; i < count; i++)
        if (items[i].changed)
            add_changed(columns, &items[i]);
    if (columns[SAVE_ID].count == 0)
        return ERR_OK;
    db_args_init(&keep, worker->arena);
    db_arg_column(&keep, &columns[SAVE_ID]);
    db_args_init(&args, worker->arena);
    for (int c = 0; c < SAVE_COUNT; c++)
        db_arg_column(&args, &columns[c]);
    db_arg_str(&args, worker->run->ruleset_id);
    db_arg_instant(&args, now);
    enum err err = db_queue(worker->db, &RESCORE_KEEP_REPLACED, &keep);
    if (err == ERR_OK)
        err = db_run(worker->db, &RESCORE_SAVE, &args, worker->arena, &rows);
    if (err == ERR_OK && rows.affected != (size_t)columns[SAVE_ID].count)
        err = ERR_SERIALIZATION; /* one of them has changed since it was read: all of it again */
    return err == ERR_OK ? outbox_write(outbox, worker->db) : err;
}

static enum err batch_body(struct db *db, void *context)
{
    struct worker *worker = context;
    struct db_args args;
    struct outbox outbox;
    struct rescored *items = NULL;
    size_t count = 0;
    const struct terms terms = {.id = str_from(worker->run->options->call), .ruleset = worker->run->ruleset_id};
    const instant_us now = clock_wall_us();
    arena_reset(worker->arena);
    worker->result = (struct rescore_result){0};
    outbox_init(&outbox, worker->arena);
    db_args_init(&args, worker->arena);
    db_arg_str(&args, terms.id);
    enum err err = worker->run->options->dry_run ? ERR_OK : db_queue(db, &RESCORE_SHARE_QUOTAS, &args);
    if (err == ERR_OK)
        err = read_batch(worker, &items, &count);
    for (size_t i = 0; err == ERR_OK && i < count; i++)
        err = rescore_one(worker, &terms, &items[i], now, &outbox);
    return err == ERR_OK && !worker->run->options->dry_run ? save(worker, items, count, &outbox, now) : err;
}

/* ── The threads ── */

/* False: no batch is left, or another thread has failed. */
static bool next_batch(struct worker *worker)
{
    static const struct id last = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    struct run *run = worker->run;
    struct db_args args;
    struct db_rows rows;
    arena_reset(worker->arena);
    pthread_mutex_lock(&run->lock);
    bool more = !run->ended && run->err == ERR_OK;
    if (more) {
        db_args_init(&args, worker->arena);
        db_arg_id(&args, run->after);
        db_arg_int8(&args, BATCH - 1);
        run->err = db_run(worker->db, &RESCORE_BATCH_END, &args, worker->arena, &rows);
        more = run->err == ERR_OK;
        worker->from = run->after;
        worker->to = more && rows.count > 0 ? db_get_id(&rows, 0, 0) : last;
        run->ended = more && rows.count == 0;
        run->after = worker->to;
    }
    pthread_mutex_unlock(&run->lock);
    return more;
}

static void add_result(struct run *run, const struct rescore_result *batch, enum err err)
{
    struct rescore_result *sum = &run->result;
    pthread_mutex_lock(&run->lock);
    if (err == ERR_OK) {
        sum->looked_at += batch->looked_at;
        sum->current += batch->current;
        sum->same += batch->same;
        sum->changed += batch->changed;
        sum->refused += batch->refused;
        sum->for_committee += batch->for_committee;
        sum->erased += batch->erased;
        sum->faults += batch->faults;
        sum->with_place += batch->with_place;
        sum->held += batch->held;
        sum->closed += batch->closed;
        run->options->progress(sum->looked_at);
    } else if (run->err == ERR_OK) {
        run->err = err;
    }
    pthread_mutex_unlock(&run->lock);
}

/* An unknown COMMIT is answered by doing the batch again: what it has changed is current then. */
static void work(struct worker *worker)
{
    while (next_batch(worker)) {
        enum err err = ERR_UNAVAILABLE;
        for (int tries = 0; tries < TRIES && err != ERR_OK && err_info(err)->verdict == VERDICT_RETRY; tries++)
            err = db_transaction(worker->db, batch_body, worker);
        add_result(worker->run, &worker->result, err);
    }
}

static enum err worker_open(struct run *run, struct worker *worker)
{
    const struct rescore_options *options = run->options;
    worker->run = run;
    worker->arena = arena_new(ARENA_BYTES);
    worker->eligibility = worker->arena ? calloc(1, sizeof(*worker->eligibility)) : NULL;
    if (!worker->eligibility)
        return ERR_MEMORY;
    worker->eligibility->facts_master = options->facts_master;
    worker->eligibility->ruleset_count = options->ruleset_count;
    memcpy(worker->eligibility->rulesets, options->rulesets, options->ruleset_count * sizeof(*options->rulesets));
    worker->eligibility->scratch = arena_new(SCRATCH_BYTES);
    worker->eligibility->hints = calloc(1, sizeof(*worker->eligibility->hints));
    return worker->eligibility->scratch && worker->eligibility->hints ? rescore_open_db(options, &worker->db) : ERR_MEMORY;
}

static void worker_close(struct worker *worker)
{
    db_close(worker->db);
    if (worker->eligibility) {
        secret_wipe(&worker->eligibility->facts_master, sizeof(worker->eligibility->facts_master));
        arena_free(worker->eligibility->scratch);
        free(worker->eligibility->hints);
    }
    free(worker->eligibility);
    arena_free(worker->arena);
}

static void *worker_main(void *context)
{
    struct worker worker = {0};
    struct run *run = context;
    enum err err = worker_open(run, &worker);
    if (err == ERR_OK)
        work(&worker);
    else
        add_result(run, &worker.result, err);
    worker_close(&worker);
    return NULL;
}

enum err rescore_find_call(const struct rescore_options *options, struct arena *arena, struct str *ret_ruleset)
{
    struct db *db = NULL;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, str_from(options->call));
    enum err err = rescore_open_db(options, &db);
    if (err == ERR_OK)
        err = db_run(db, &RESCORE_CALL_RULESET, &args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        err = ERR_NOT_FOUND;
    if (err == ERR_OK)
        *ret_ruleset = db_get_str(&rows, 0, 0);
    db_close(db);
    return err;
}

enum err rescore(const struct rescore_options *options, struct rescore_result *ret_result)
{
    struct run run = {.options = options, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct arena *arena = arena_new(1u << 20);
    pthread_t threads[16];
    unsigned started = 0;
    run.err = arena ? rescore_find_call(options, arena, &run.ruleset_id) : ERR_MEMORY;
    while (run.err == ERR_OK && started < options->jobs && started < 16 && pthread_create(&threads[started], NULL, worker_main, &run) == 0)
        started++;
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (run.err == ERR_OK && started == 0)
        run.err = ERR_MEMORY;
    arena_free(arena);
    *ret_result = run.result;
    return run.err;
}
