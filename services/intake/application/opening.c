#include "opening.h"

#include "papers_statements.h"

static enum err get_keys(struct opening *opening, struct db *db)
{
    enum err err = store_subject_keys(db, opening->row.id, opening->request->arena, &opening->keys);
    return err == ERR_OK ? subject_keys_unwrap(&opening->intake->keys, opening->row.id, &opening->keys) : err;
}

static enum err open_form(struct opening *opening, struct db *db)
{
    struct arena *arena = opening->request->arena;
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct db_args args;
    struct db_rows rows;
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    db_args_init(&args, arena);
    db_arg_id(&args, opening->row.id);
    enum err err = db_run(db, &PAPERS_FIND_BODY, &args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        return err;
    opening->language = db_get_str(&rows, 0, 1);
    opening->row.referral_consent = db_get_bool(&rows, 0, 2);
    err = dossier_open_body(&opening->keys, opening->row.id, db_get_str(&rows, 0, 0), arena, &opening->body);
    return err == ERR_OK && form_decode(opening->body, arena, &opening->form, violations) != ERR_OK ? ERR_INTERNAL : err;
}

enum err opening_read(struct db *db, void *context)
{
    struct opening *opening = context;
    struct http_request *request = opening->request;
    const struct calls_snapshot *calls = calls_hold(opening->intake->calls, request->arena);
    struct id id;
    enum err err = calls ? access_path_id(request, &id) : ERR_UNAVAILABLE;
    if (err == ERR_OK)
        err = store_find_by_id(db, id, request->arena, &opening->row);
    if (err != ERR_OK)
        return err;
    opening->call = calls_by_id(calls, opening->row.call_id);
    err = opening->call ? access_check(&request->who, &opening->row, opening->call) : ERR_NOT_FOUND;
    if (err == ERR_OK && (opening->with_keys || opening->with_form))
        err = access_may_open(&request->who, &opening->row) ? get_keys(opening, db) : ERR_FORBIDDEN;
    if (err == ERR_OK && opening->with_form)
        err = open_form(opening, db);
    if (err != ERR_OK || !(request->who.role & WHO_STAFF))
        return err;
    struct audit_row audit = {.at = request->received_at,
                              .subject = opening->row.id,
                              .actor = access_actor(&request->who, &opening->row, request->arena),
                              .action = str_from(opening->action)};
    return audit_write(&audit, db, request->arena);
}

static enum err read_all(struct db *db, void *context)
{
    struct opening *opening = context;
    enum err err = opening_read(db, opening);
    return err == ERR_OK && opening->also ? opening->also(opening, db) : err;
}

enum err opening_take(struct opening *opening, struct db *db)
{
    return access_read(db, opening->request, read_all, opening);
}
