#include "retention.h"

#include "app/log.h"
#include "personal.h"
#include "retention_statements.h"

#define CHUNK 100   /* destroyed by one request: some hundred milliseconds */
#define WINDOW 5000 /* looked at by one */
#define LINES 20000 /* of a file's report: some hundred milliseconds as well */

/* Classes that are rows alone: how they are counted, and removed a chunk at a time. */
static const struct removal {
    const char *name;
    const struct db_statement *count, *remove;
    const char *action; /* for the audit row of each */
    int32_t rows;       /* removed by one request */
    size_t most;        /* of them are told of in its answer: so many mean that there may be more */
} REMOVALS[] = {
    {"uploads", &RETENTION_COUNT_UPLOADS, &RETENTION_REMOVE_UPLOADS, "remove-upload", CHUNK, CHUNK},
    {"imports", &RETENTION_COUNT_IMPORTS, &RETENTION_REMOVE_IMPORTS, "remove-import", LINES, 1},
};

/* ── The classes ── */

struct class_view {
    struct str name, how, since, reason; /* reason: JSON */
    struct wire_list states;
    int64_t days;
    bool has_days;
};
static const struct wire_field CLASS_FIELDS[] = {
    WIRE_FIELD(class_view, "class", name, WIRE_TEXT_FIELD, struct str, 0, 0, 0, NULL, NULL),
    WIRE_TEXT(class_view, how, 0, 0, 0),
    WIRE_TEXTS(class_view, states, 0, 0, 0),
    WIRE_TEXT(class_view, since, 0, 0, 0),
    WIRE_GIVEN(class_view, days, has_days, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_RAW(class_view, reason, 0),
};
static WIRE_TABLE(CLASS, class_view, CLASS_FIELDS);
struct classes_view {
    struct wire_list items;
};
static const struct wire_field CLASSES_FIELDS[] = {WIRE_LIST(classes_view, items, 0, 0, 0, &CLASS)};
static WIRE_TABLE(CLASSES, classes_view, CLASSES_FIELDS);

static struct wire_list words_of(struct str list, struct arena *arena)
{
    struct str *words = arena_take_array(arena, list.size / 2 + 1, sizeof(*words));
    size_t count = 0;
    while (words && !str_empty(list))
        words[count++] = str_cut(&list, ',');
    return (struct wire_list){words, count};
}

enum err retention_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct db_args none;
    struct db_rows rows;
    struct str body;
    db_args_init(&none, request->arena);
    enum err err = db_run(worker->db, &RETENTION_CLASSES, &none, request->arena, &rows);
    struct class_view *items = err == ERR_OK ? arena_take_array(request->arena, rows.count + 1, sizeof(*items)) : NULL;
    if (!items)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t row = 0; row < rows.count; row++)
        items[row] = (struct class_view){.name = db_get_str(&rows, row, 0),
                                         .how = db_get_str(&rows, row, 1),
                                         .states = words_of(db_get_str(&rows, row, 2), request->arena),
                                         .since = db_get_str(&rows, row, 3),
                                         .days = db_get_int(&rows, row, 4),
                                         .has_days = !db_is_null(&rows, row, 4),
                                         .reason = db_get_str(&rows, row, 5)};
    err = wire_text(&CLASSES, &(struct classes_view){{items, rows.count}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

/* Lengths and runs are the whole programme's, not a territory's. */
static enum err programme_wide(const struct http_request *request)
{
    return request->who.territory_count > 0 ? ERR_FORBIDDEN : ERR_OK;
}

/* ── Their lengths ── */

struct length_message {
    int64_t days;
    struct str reason;
};
static const struct wire_field LENGTH_FIELDS[] = {
    WIRE_INT(length_message, days, WIRE_REQUIRED, 0, 36500),
    WIRE_TEXT(length_message, reason, WIRE_REQUIRED, 1, 300),
};
static WIRE_TABLE(LENGTH, length_message, LENGTH_FIELDS);

struct lengthening {
    struct http_request *request;
    struct length_message message;
};

static struct str detail_of(const struct lengthening *lengthening)
{
    struct buf out;
    struct str text = {0};
    struct arena *arena = lengthening->request->arena;
    buf_init(&out, arena, 4096);
    buf_add(&out, STR("{\"class\":"));
    json_add_string(&out, lengthening->request->params[0]);
    buf_format(&out, ",\"days\":%lld,\"reason\":", (long long)lengthening->message.days);
    json_add_string(&out, lengthening->message.reason);
    buf_byte(&out, '}');
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

static enum err set_length(struct db *db, void *context)
{
    struct lengthening *lengthening = context;
    struct http_request *request = lengthening->request;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, request->arena);
    db_arg_str(&args, request->params[0]);
    db_arg_int4(&args, (int32_t)lengthening->message.days);
    enum err err = db_run(db, &RETENTION_SET_DAYS, &args, request->arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        return err;
    struct application_row nobody = {0};
    struct audit_row audit = {.at = request->received_at,
                              .actor = access_actor(&request->who, &nobody, request->arena),
                              .action = STR("set-retention"),
                              .detail = detail_of(lengthening)};
    return audit_write(&audit, db, request->arena);
}

enum err retention_length_post(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct lengthening lengthening = {.request = request};
    enum err err = programme_wide(request);
    if (err == ERR_OK)
        err = wire_decode(&LENGTH, request->body, WIRE_REFUSE_UNKNOWN, request->arena, &lengthening.message, &request->violations);
    if (err == ERR_OK)
        err = db_transaction(worker->db, set_length, &lengthening);
    return err == ERR_OK ? retention_get(request, worker) : err;
}

/* ── What is due ── */

struct run_message {
    bool dry_run;
    struct str call;
    struct id after;
};
static const struct wire_field RUN_FIELDS[] = {
    WIRE_BOOL(run_message, dry_run, 0),
    WIRE_TEXT(run_message, call, WIRE_NULLABLE, 1, 100),
    WIRE_ID(run_message, after, WIRE_NULLABLE),
};
static WIRE_TABLE(RUN, run_message, RUN_FIELDS);

struct run_view {
    struct str name;
    bool dry_run;
    int64_t due, destroyed, held, failed;
    struct id after; /* nil: that was all */
};
static const struct wire_field RUN_VIEW_FIELDS[] = {
    WIRE_FIELD(run_view, "class", name, WIRE_TEXT_FIELD, struct str, 0, 0, 0, NULL, NULL),
    WIRE_BOOL(run_view, dry_run, 0),
    WIRE_INT(run_view, due, 0, 0, 0),
    WIRE_INT(run_view, destroyed, 0, 0, 0),
    WIRE_INT(run_view, held, 0, 0, 0),
    WIRE_INT(run_view, failed, 0, 0, 0),
    WIRE_ID(run_view, after, WIRE_NULLABLE),
};
static WIRE_TABLE(RUN_VIEW, run_view, RUN_VIEW_FIELDS);

struct retention_run {
    struct http_request *request;
    struct service_worker *worker;
    struct run_message message;
    const struct removal *removal; /* NULL: files, that are erased */
    struct run_view view;
};

static void ask_of(struct retention_run *run, struct db_args *args)
{
    db_arg_instant(args, run->request->received_at);
    db_arg_str(args, run->message.call);
}

static void ask(struct retention_run *run, struct db_args *args)
{
    db_args_init(args, run->request->arena);
    db_arg_str(args, run->request->params[0]);
    ask_of(run, args);
}

static enum err count_rows(struct retention_run *run, struct db *db)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, run->request->arena);
    ask_of(run, &args);
    enum err err = db_run(db, run->removal->count, &args, run->request->arena, &rows);
    if (err != ERR_OK)
        return err;
    run->view.due = db_get_int(&rows, 0, 0);
    run->view.held = db_get_int(&rows, 0, 1);
    return ERR_OK;
}

/* The files that a request looks at. */
struct window {
    struct db_column ids;
    struct id last; /* nil: there are no more */
};

static enum err next_files(struct retention_run *run, struct db *db, struct window *ret_window)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, run->request->arena);
    db_arg_id(&args, run->message.after);
    db_arg_int4(&args, WINDOW);
    enum err err = db_run(db, &RETENTION_NEXT_FILES, &args, run->request->arena, &rows);
    if (err != ERR_OK)
        return err;
    ret_window->last = rows.count == 0 ? (struct id){{0}} : db_get_id(&rows, rows.count - 1, 0);
    db_column_init(&ret_window->ids, run->request->arena, DB_UUID);
    for (size_t row = 0; row < rows.count; row++)
        db_column_id(&ret_window->ids, db_get_id(&rows, row, 0));
    return ERR_OK;
}

static enum err count_files(struct retention_run *run, struct db *db, const struct window *window)
{
    struct db_args args;
    struct db_rows rows;
    ask(run, &args);
    db_arg_column(&args, &window->ids);
    enum err err = db_run(db, &RETENTION_COUNT_DUE, &args, run->request->arena, &rows);
    if (err != ERR_OK)
        return err;
    run->view.due = db_get_int(&rows, 0, 0);
    run->view.held = db_get_int(&rows, 0, 1);
    run->view.after = window->last;
    return ERR_OK;
}

static enum err audit_removal(struct retention_run *run, struct db *db, struct id subject)
{
    struct application_row nobody = {0};
    struct audit_row audit = {.at = run->request->received_at,
                              .subject = subject,
                              .actor = access_actor(&run->request->who, &nobody, run->request->arena),
                              .action = str_from(run->removal->action)};
    return audit_write(&audit, db, run->request->arena);
}

static enum err remove_rows(struct db *db, void *context)
{
    struct retention_run *run = context;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, run->request->arena);
    ask_of(run, &args);
    db_arg_int4(&args, run->removal->rows);
    enum err err = db_run(db, run->removal->remove, &args, run->request->arena, &rows);
    run->view.destroyed = 0;
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++) {
        if (!db_get_bool(&rows, row, 1))
            continue; /* a part of it */
        run->view.destroyed++;
        err = audit_removal(run, db, db_get_id(&rows, row, 0));
    }
    if (err != ERR_OK)
        return err;
    run->view.due = run->view.destroyed;
    if (rows.count == run->removal->most)
        run->view.after = db_get_id(&rows, rows.count - 1, 0); /* there may be more; they are found from the start */
    return ERR_OK;
}

/* One after the other, each in a transaction of its own: what is done stays done, whatever becomes of the rest. */
static enum err erase_files(struct retention_run *run, struct db *db, const struct window *window)
{
    struct http_request *request = run->request;
    struct db_args args;
    struct db_rows rows;
    ask(run, &args);
    db_arg_column(&args, &window->ids);
    db_arg_int4(&args, CHUNK);
    enum err err = db_run(db, &RETENTION_DUE, &args, request->arena, &rows);
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++) {
        enum err outcome = db_get_bool(&rows, row, 1) ? ERR_INVALID : erase_kept(request, run->worker, db_get_id(&rows, row, 0));
        if (outcome == ERR_NOT_FOUND)
            continue; /* two runs may go on beside one another: a front door sends on what a client that was killed had asked for */
        run->view.due++;
        run->view.destroyed += outcome == ERR_OK || outcome == ERR_ERASED;
        run->view.held += outcome == ERR_INVALID;
        if (outcome == ERR_OK || outcome == ERR_ERASED || outcome == ERR_INVALID)
            continue;
        if (err_info(outcome)->verdict == VERDICT_RETRY)
            return outcome; /* the database is away: nothing is known of those that follow */
        run->view.failed++;
        log_line(LOG_WARNING, "retention-failed", LOG_ERR(outcome));
    }
    run->view.after = err == ERR_OK && rows.count == CHUNK ? db_get_id(&rows, rows.count - 1, 0) : window->last;
    return err;
}

static enum err run_files(struct retention_run *run, struct db *db)
{
    struct window window;
    enum err err = next_files(run, db, &window);
    if (err != ERR_OK || id_is_nil(window.last))
        return err;
    return run->message.dry_run ? count_files(run, db, &window) : erase_files(run, db, &window);
}

static enum err run_rows(struct retention_run *run, struct db *db)
{
    return run->message.dry_run ? count_rows(run, db) : db_transaction(db, remove_rows, run);
}

static const struct removal *find_removal(struct str name)
{
    for (size_t i = 0; i < sizeof(REMOVALS) / sizeof(REMOVALS[0]); i++)
        if (str_equal(name, str_from(REMOVALS[i].name)))
            return &REMOVALS[i];
    return NULL;
}

static enum err find_class(struct retention_run *run, struct db *db)
{
    struct db_args none;
    struct db_rows rows;
    db_args_init(&none, run->request->arena);
    enum err err = db_run(db, &RETENTION_CLASSES, &none, run->request->arena, &rows);
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++) {
        struct str how = db_get_str(&rows, row, 1);
        if (!str_equal(db_get_str(&rows, row, 0), run->request->params[0]))
            continue;
        run->removal = find_removal(run->request->params[0]);
        return run->removal || str_equal(how, STR("erase")) ? ERR_OK : ERR_CONFLICT; /* kept, or it goes by itself */
    }
    return err == ERR_OK ? ERR_NOT_FOUND : err;
}

/* A name that is none would find nothing due, as if all were done. */
static enum err check_call(const struct retention_run *run)
{
    struct http_request *request = run->request;
    if (str_empty(run->message.call))
        return ERR_OK;
    const struct calls_snapshot *calls = calls_hold(intake_of(run->worker->service)->calls, request->arena);
    if (!calls)
        return ERR_UNAVAILABLE;
    if (calls_find(calls, run->message.call))
        return ERR_OK;
    violations_add(&request->violations, STR("/call"), VIOLATION_UNKNOWN, "a call of the programme");
    return ERR_INVALID;
}

enum err retention_run_post(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct retention_run run = {.request = request, .worker = worker, .view = {.name = request->params[0]}};
    struct str body;
    enum err err = programme_wide(request);
    if (err == ERR_OK)
        err = wire_decode(&RUN, request->body, WIRE_REFUSE_UNKNOWN, request->arena, &run.message, &request->violations);
    if (err == ERR_OK)
        err = find_class(&run, worker->db);
    if (err == ERR_OK)
        err = check_call(&run);
    if (err != ERR_OK)
        return err;
    run.view.dry_run = run.message.dry_run;
    err = run.removal ? run_rows(&run, worker->db) : run_files(&run, worker->db);
    if (err == ERR_OK)
        err = wire_text(&RUN_VIEW, &run.view, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
