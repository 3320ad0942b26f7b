#include "import_work.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/errand.h"
#include "app/log.h"
#include "app/metrics.h"
#include "import_report.h"
#include "import_storer.h"

#define LOOK_EVERY_US INT64_C(1000000)
#define LIFE_ARENA_BYTES ((size_t)8 << 20)
#define STATEMENT_ARENA_BYTES ((size_t)16 << 20)
#define PIECE_ARENA_BYTES ((size_t)256 * 1024)
#define FORGET_EVERY_US INT64_C(600000000)
#define UNFINISHED_KEPT (7 * INSTANT_DAY)
/* Women who apply themselves go first: while so many wait at once, an import waits as well. */
#define PEOPLE_WAITING 32
#define YIELD_US 50000
#define TRIES_MAX 20  /* with a fault of ours: then it is refused, and not tried for ever */
#define YIELDS_MAX 40 /* a chunk: it goes on, slowly, however busy the day is */

struct import_work {
    struct intake *intake;
    struct db *db;
    struct arena *life, *statement, *piece;
    struct import_storer *storer;
    struct import_reader reader;
    struct errand *errand;
    int64_t forgot_us;
    atomic_bool busy;
    struct metric *lines[LINE_OUTCOME_COUNT];
};

/* ── The end of one ── */

struct ending {
    struct import_job *job;
    struct audit_row audit;
};

static enum err end(struct db *db, void *context)
{
    struct ending *ending = context;
    struct import_job *job = ending->job;
    enum err err = store_lock_working(db, job->arena, &job->row);
    if (err == ERR_OK)
        err = store_end_import(db, job->arena, &job->row, ending->audit.at);
    return err == ERR_OK ? audit_write(&ending->audit, db, job->arena) : err;
}

/* What was sealed goes with the end: no line of a woman stays readable in a file that nobody needs any more. */
static enum err finish(struct import_job *job, enum import_state state)
{
    job->row.state = state;
    struct ending ending = {
        .job = job,
        .audit = {.at = clock_wall_us(),
                  .subject = job->row.id,
                  .actor = STR("service:intake"),
                  .action = state == IMPORT_DONE ? STR("finish-import") : STR("refuse-import")},
    };
    return db_transaction(job->db, end, &ending);
}

static enum err refuse(struct import_job *job, const struct violations *violations)
{
    enum err err = import_errors_text(violations, NULL, &job->call->terms, job->life, &job->row.problems);
    return err == ERR_OK ? finish(job, IMPORT_REFUSED) : err;
}

/* ── The way of one ── */

static enum err survey(struct import_job *job, struct violations *violations)
{
    if (!str_empty(job->row.encoding))
        return ERR_OK;
    instant_us now = clock_wall_us();
    enum err err = import_survey(job, violations);
    return err == ERR_OK && violations->count == 0 ? store_keep_survey(job->db, job->arena, &job->row, now, clock_wall_us() + IMPORT_LEASE) : err;
}

static void let_people_go_first(const struct import_work *work)
{
    const struct batch *batch = work->intake->batch;
    for (int i = 0; batch && i < YIELDS_MAX && batch_in_hand(batch) > PEOPLE_WAITING && !errand_is_stopping(work->errand); i++)
        clock_sleep_us(YIELD_US);
}

static enum err take_lines(struct import_work *work, struct import_job *job)
{
    enum err err = ERR_OK;
    bool more = true;
    while (err == ERR_OK && more && !errand_is_stopping(work->errand)) {
        struct import_chunk *chunk = NULL;
        let_people_go_first(work);
        err = import_storer_take(work->storer, job, &chunk);
        if (err == ERR_OK)
            err = import_read_chunk(chunk, &more);
        if (err == ERR_OK)
            err = import_storer_give(work->storer);
    }
    enum err stored = import_storer_finish(work->storer);
    err = err == ERR_OK ? stored : err;
    if (err == ERR_OK && more) { /* stopping: another copy goes on at once */
        err = store_release_import(job->db, job->arena, &job->row, clock_wall_us());
        return err == ERR_OK ? ERR_DRAINING : err;
    }
    return err == ERR_OK ? finish(job, IMPORT_DONE) : err;
}

static enum err run(struct import_work *work, struct import_job *job)
{
    struct violations *violations = arena_take(job->life, sizeof(*violations));
    job->calls = calls_hold(work->intake->calls, job->life);
    job->call = job->calls ? calls_by_id(job->calls, job->row.call_id) : NULL;
    if (!violations || !job->call)
        return ERR_UNAVAILABLE;
    violations_init(violations, job->life);
    enum err err = import_key_open(&work->intake->keys, &job->row, job->life, &job->key);
    if (err == ERR_OK)
        err = survey(job, violations);
    if (err == ERR_OK && violations->count == 0)
        err = import_open(job, violations);
    if (err != ERR_OK)
        return err;
    return violations->count > 0 ? refuse(job, violations) : take_lines(work, job);
}

/* ── The thread ── */

static void forget_unfinished(struct import_work *work)
{
    int64_t now_us = clock_monotonic_us();
    if (work->forgot_us != 0 && now_us - work->forgot_us < FORGET_EVERY_US)
        return;
    work->forgot_us = now_us;
    enum err err = store_forget_unfinished_imports(work->db, work->statement, clock_wall_us() - UNFINISHED_KEPT);
    if (err != ERR_OK)
        log_line(LOG_WARNING, "imports-not-forgotten", LOG_ERR(err));
}

static void after_failure(struct import_job *job, enum err err)
{
    err = arena_excuse(job->life, arena_excuse(job->arena, err));
    log_line(LOG_WARNING, "import-broke-off", LOG_ERR(err), LOG_INT("tries", job->row.tries), LOG_INT("line", job->row.next_line));
    if (job->row.tries < TRIES_MAX || err_info(err)->verdict == VERDICT_RETRY || !job->call)
        return; /* its lease runs out, and it is gone on with */
    struct violations *violations = arena_take(job->life, sizeof(*violations));
    if (!violations)
        return;
    violations_init(violations, job->life);
    violations_add(violations, STR("/file"), VIOLATION_FORMAT, "CSV");
    err = refuse(job, violations);
    if (err != ERR_OK)
        log_line(LOG_WARNING, "import-not-settled", LOG_ERR(err));
}

static bool work_one(void *context)
{
    struct import_work *work = context;
    struct import_job job = {
        .intake = work->intake, .db = work->db, .life = work->life, .arena = work->statement, .reader = &work->reader, .counted = work->lines};
    instant_us now = clock_wall_us();
    arena_reset(work->life);
    arena_reset(work->statement);
    forget_unfinished(work);
    enum err err = store_claim_import(work->db, work->life, now, now + IMPORT_LEASE, &job.row);
    if (err != ERR_OK) {
        if (err != ERR_NOT_FOUND)
            log_line(LOG_WARNING, "imports-not-claimed", LOG_ERR(err));
        return false;
    }
    work->reader.db = work->db;
    work->reader.key = &job.key;
    work->reader.import = job.row.id;
    work->reader.size = job.row.size;
    work->reader.arena = work->piece;
    atomic_store(&work->busy, true);
    err = run(work, &job);
    atomic_store(&work->busy, false);
    import_close(&job);
    secret_wipe(&job.key, sizeof(job.key));
    secret_wipe(work->reader.window, sizeof(work->reader.window));
    if (err != ERR_OK && err != ERR_DRAINING && err != ERR_FENCED)
        after_failure(&job, err);
    return err == ERR_OK || err == ERR_FENCED;
}

static void make_metrics(struct import_work *work)
{
    static const char *const LABELS[LINE_OUTCOME_COUNT] = {
        [LINE_TAKEN] = "outcome=\"taken\"",     [LINE_AMENDED] = "outcome=\"amended\"", [LINE_KNOWN] = "outcome=\"known\"",
        [LINE_CHANGED] = "outcome=\"changed\"", [LINE_REFUSED] = "outcome=\"refused\"",
    };
    for (int outcome = 0; outcome < LINE_OUTCOME_COUNT; outcome++)
        work->lines[outcome] = metric_counter("jisr_intake_import_lines_total", LABELS[outcome], "lines of files of women, by what became of them");
}

enum err import_work_start(struct intake *intake, struct import_work **ret_work)
{
    struct import_work *work = calloc(1, sizeof(*work));
    if (!work)
        return ERR_MEMORY;
    *ret_work = work;
    work->intake = intake;
    make_metrics(work);
    work->life = arena_new(LIFE_ARENA_BYTES);
    work->statement = arena_new(STATEMENT_ARENA_BYTES);
    work->piece = arena_new(PIECE_ARENA_BYTES);
    bool whole = work->life && work->statement && work->piece;
    enum err err = whole ? service_open_db(intake->service, "imports", &work->db) : ERR_MEMORY;
    if (err == ERR_OK)
        err = import_storer_start(intake, &work->storer);
    return err == ERR_OK ? errand_start(LOOK_EVERY_US, work_one, work, &work->errand) : err;
}

void import_work_wake(struct import_work *work)
{
    errand_wake(work->errand);
}

bool import_work_is_busy(const struct import_work *work)
{
    return work && atomic_load(&work->busy);
}

void import_work_stop(struct import_work *work)
{
    if (!work)
        return;
    errand_stop(work->errand);
    db_close(work->db);
    arena_free(work->life);
    arena_free(work->statement);
    import_storer_stop(work->storer);
    arena_free(work->piece);
    free(work);
}
