#include "store.h"

#include "store_statements.h"

/* ── Reading ── */

static enum err ask_for_quotas(struct db *db, struct arena *arena, const struct docket *docket, struct db_rows *ret_rows)
{
    struct db_column calls, provinces, ids, published;
    struct db_args args;
    db_column_init(&calls, arena, DB_TEXT);
    db_column_init(&provinces, arena, DB_TEXT);
    db_column_init(&ids, arena, DB_UUID);
    db_column_init(&published, arena, DB_TEXT);
    for (size_t i = 0; i < docket->count; i++) {
        db_column_str(&calls, docket->files[i].message.call);
        db_column_str(&provinces, docket->files[i].message.province);
        db_column_id(&ids, docket->files[i].message.application);
    }
    for (size_t i = 0; i < docket->published.count; i++)
        db_column_str(&published, docket->published.ids[i]);
    db_args_init(&args, arena);
    db_arg_column(&args, &calls);
    db_arg_column(&args, &provinces);
    db_arg_column(&args, &ids);
    db_arg_column(&args, &published);
    return db_ask(db, &STORE_LOCK_QUOTAS, &args, arena, ret_rows);
}

static enum err read_quotas(const struct db_rows *rows, struct arena *arena, struct docket *docket)
{
    docket->quotas = arena_take_array(arena, rows->count + 1, sizeof(*docket->quotas));
    docket->quotas_before = arena_take_array(arena, rows->count + 1, sizeof(*docket->quotas_before));
    if (!docket->quotas || !docket->quotas_before)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows->count; i++)
        docket->quotas[i] = docket->quotas_before[i] = (struct quota){
            .call = db_get_str(rows, i, 0),
            .province = db_get_str(rows, i, 1),
            .places = db_get_int(rows, i, 2),
            .taken = db_get_int(rows, i, 3),
            .waiting = db_get_int(rows, i, 4),
            .sequence = db_get_int(rows, i, 5),
            .surplus = db_get_int(rows, i, 6),
        };
    docket->quota_count = rows->count;
    return ERR_OK;
}

/* Few: each once. */
static void add_distinct_calls(struct db_column *calls, const struct docket *docket)
{
    struct str last = {0};
    for (size_t i = 0; i < docket->count; i++) {
        if (i == 0 || !str_equal(docket->files[i].message.call, last))
            db_column_str(calls, docket->files[i].message.call);
        last = docket->files[i].message.call;
    }
}

static enum err ask_for_calls(struct db *db, struct arena *arena, const struct docket *docket, struct db_rows *ret_rows)
{
    struct db_column calls;
    struct db_args args;
    db_column_init(&calls, arena, DB_TEXT);
    add_distinct_calls(&calls, docket);
    db_args_init(&args, arena);
    db_arg_column(&args, &calls);
    return db_ask(db, &STORE_FIND_CALLS, &args, arena, ret_rows);
}

static enum err read_terms(const struct db_rows *rows, struct arena *arena, struct docket *docket)
{
    docket->terms = arena_take_array(arena, rows->count + 1, sizeof(*docket->terms));
    if (!docket->terms)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows->count; i++)
        docket->terms[i] = (struct terms){.id = db_get_str(rows, i, 0), .automatic = db_get_bool(rows, i, 1), .ruleset = db_get_str(rows, i, 2)};
    docket->terms_count = rows->count;
    return ERR_OK;
}

static enum err read_decision(const struct db_rows *rows, size_t row, struct decision *ret_decision)
{
    *ret_decision = (struct decision){
        .application = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 2),
        .application_version = db_get_int(rows, row, 3),
        .revision = db_get_int(rows, row, 4),
        .call = db_get_str(rows, row, 5),
        .kind = db_get_str(rows, row, 6),
        .region = db_get_str(rows, row, 7),
        .province = db_get_str(rows, row, 8),
        .submitted_at = db_get_instant(rows, row, 9),
        .has_score = !db_is_null(rows, row, 10),
    };
    if (ret_decision->has_score)
        ret_decision->score = db_get_number(rows, row, 10);
    if (!db_is_null(rows, row, 11))
        ret_decision->place = db_get_int(rows, row, 11);
    return decision_state_parse(db_get_str(rows, row, 1), &ret_decision->state) ? ERR_OK : ERR_INTERNAL;
}

static void id_args(struct db_args *args, struct arena *arena, const struct docket *docket)
{
    struct db_column ids;
    db_column_init(&ids, arena, DB_UUID);
    for (size_t i = 0; i < docket->count; i++)
        db_column_id(&ids, docket->files[i].message.application);
    db_args_init(args, arena);
    db_arg_column(args, &ids);
}

/* Files are in the order of their applications' ids, so is the answer of find_decisions. */
static enum err read_decisions(const struct db_rows *rows, const struct docket *docket)
{
    enum err err = ERR_OK;
    size_t at = 0;
    for (size_t row = 0; err == ERR_OK && row < rows->count; row++) {
        struct id application = db_get_id(rows, row, 0);
        while (at < docket->count && id_compare(docket->files[at].message.application, application) != 0)
            at++;
        if (at < docket->count)
            err = read_decision(rows, row, &docket->files[at].former);
        else
            err = ERR_INTERNAL;
    }
    return err;
}

static struct file *find_file(const struct docket *docket, struct id application)
{
    size_t low = 0, high = docket->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(docket->files[middle].message.application, application);
        if (order == 0)
            return &docket->files[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void read_keys(const struct db_rows *rows, const struct docket *docket)
{
    for (size_t row = 0; row < rows->count; row++) {
        struct file *file = find_file(docket, db_get_id(rows, row, 0));
        if (file)
            file->wrapped_key = db_get_str(rows, row, 1);
    }
}

enum err store_load_terms(struct db *db, struct arena *arena, struct docket *docket)
{
    struct db_rows calls, keys;
    struct db_args ids;
    id_args(&ids, arena, docket);
    enum err err = ask_for_calls(db, arena, docket, &calls);
    if (err == ERR_OK)
        err = db_ask(db, &STORE_FACTS_KEYS, &ids, arena, &keys);
    if (err == ERR_OK)
        err = db_wait(db);
    if (err == ERR_OK)
        err = read_terms(&calls, arena, docket);
    if (err == ERR_OK)
        read_keys(&keys, docket);
    return err;
}

enum err store_load_decisions(struct db *db, struct arena *arena, struct docket *docket)
{
    struct db_rows quotas, decisions;
    struct db_args ids;
    id_args(&ids, arena, docket);
    enum err err = ask_for_quotas(db, arena, docket, &quotas);
    if (err == ERR_OK)
        err = db_ask(db, &STORE_FIND_DECISIONS, &ids, arena, &decisions);
    if (err == ERR_OK)
        err = db_wait(db);
    if (err == ERR_OK)
        err = read_quotas(&quotas, arena, docket);
    if (err == ERR_OK)
        err = read_decisions(&decisions, docket);
    return err;
}

static enum err append_heads(const struct db_rows *rows, struct arena *arena, struct docket *docket)
{
    struct file *files = arena_take_array(arena, docket->count + rows->count + 1, sizeof(*files));
    if (!files)
        return ERR_LIMIT;
    memcpy(files, docket->files, docket->count * sizeof(*files));
    enum err err = ERR_OK;
    for (size_t row = 0; err == ERR_OK && row < rows->count; row++) {
        struct file *head = &files[docket->count + row];
        head->effect = EFFECT_PROMOTE;
        err = read_decision(rows, row, &head->former);
        head->decision = head->former;
        head->message.application = head->former.application;
    }
    docket->files = files;
    docket->count += rows->count;
    return err;
}

enum err store_load_heads(struct db *db, struct arena *arena, struct docket *docket, const struct head_request *requests, size_t count)
{
    struct db_column calls, provinces, counts, ids;
    struct db_args args;
    struct db_rows rows;
    db_column_init(&calls, arena, DB_TEXT);
    db_column_init(&provinces, arena, DB_TEXT);
    db_column_init(&counts, arena, DB_INT8);
    db_column_init(&ids, arena, DB_UUID);
    for (size_t i = 0; i < count; i++) {
        db_column_str(&calls, requests[i].quota->call);
        db_column_str(&provinces, requests[i].quota->province);
        db_column_int(&counts, requests[i].count);
    }
    for (size_t i = 0; i < docket->count; i++) /* whose news changes nothing is on the list as before */
        if (docket->files[i].former.state == DECISION_WAITLISTED && !docket->files[i].set_aside)
            db_column_id(&ids, docket->files[i].message.application);
    db_args_init(&args, arena);
    db_arg_column(&args, &calls);
    db_arg_column(&args, &provinces);
    db_arg_column(&args, &counts);
    db_arg_column(&args, &ids);
    enum err err = db_run(db, &STORE_WAITING_HEADS, &args, arena, &rows);
    return err == ERR_OK ? append_heads(&rows, arena, docket) : err;
}
