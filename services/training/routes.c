#include "routes.h"

#include "db/outbox.h"
#include "http/page.h"
#include "messages.h"
#include "service/service.h"
#include "service/service_read.h"
#include "store_statements.h"

static enum err list_sessions(struct http_request *request, void *context);
static enum err get_session(struct http_request *request, void *context);
static enum err get_enrolment(struct http_request *request, void *context);

const struct http_route TRAINING_ROUTES[] = {
    {HTTP_GET, "/training/v1/sessions", WHO_ANYONE, NULL, list_sessions, 0, 0, "sessions of a call and province, next first"},
    {HTTP_GET, "/training/v1/sessions/{id}", WHO_ANYONE, NULL, get_session, 0, 0, "one session"},
    {HTTP_GET, "/training/v1/applications/{id}/enrolment", WHO_APPLICANT | WHO_STAFF, NULL, get_enrolment, 0, HTTP_NO_STORE,
     "her seat or her place in the queue"},
};
const size_t TRAINING_ROUTE_COUNT = sizeof(TRAINING_ROUTES) / sizeof(TRAINING_ROUTES[0]);

static const struct http_page_terms NEXT_FIRST = {"sessions", 1, 50, 200};

static struct session_item session_item(const struct db_rows *rows, size_t row)
{
    return (struct session_item){
        .id = db_get_id(rows, row, 0),
        .course = db_get_str(rows, row, 1),
        .title = db_get_str(rows, row, 2),
        .place = db_get_str(rows, row, 3),
        .province = db_get_str(rows, row, 4),
        .starts_at = db_get_instant(rows, row, 5),
        .capacity = db_get_int(rows, row, 6),
        .enrolled = db_get_int(rows, row, 7),
        .waitlisted = db_get_int(rows, row, 8),
        .state = db_get_str(rows, row, 9),
        .call = db_get_str(rows, row, 10),
    };
}

static void arg_or_null(struct db_args *args, struct str text)
{
    if (str_empty(text))
        db_arg_null(args);
    else
        db_arg_str(args, text);
}

static enum err list_sessions(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct http_page page;
    struct db_args args;
    struct db_rows rows;
    enum err err = http_page_read(request, &NEXT_FIRST, &page);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, request->arena);
    arg_or_null(&args, http_query(request, "call"));
    arg_or_null(&args, http_query(request, "province"));
    db_arg_id(&args, http_page_after_id(&page));
    db_arg_int4(&args, (int32_t)page.limit + 1);
    err = db_run(worker->db, &STORE_LIST_SESSIONS, &args, request->arena, &rows);
    if (err != ERR_OK)
        return err;
    size_t shown = rows.count > (size_t)page.limit ? (size_t)page.limit : rows.count;
    struct session_item *items = arena_take_array(request->arena, shown + 1, sizeof *items);
    if (!items)
        return ERR_LIMIT;
    for (size_t i = 0; i < shown; i++)
        items[i] = session_item(&rows, i);
    if (shown < rows.count)
        err = http_page_next_id(request, &NEXT_FIRST, items[shown - 1].id);
    struct str body;
    if (err == ERR_OK)
        err = wire_text(&SESSION_PAGE, &(struct session_page){{items, shown}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

/* Runs a statement whose only parameter is the {id} of the path; ERR_NOT_FOUND when it isn't a UUID or gives no row. */
static enum err run_by_id(struct http_request *request, struct db *db, const struct db_statement *statement, struct db_rows *ret_rows)
{
    struct id id;
    struct db_args args;
    if (!id_parse(request->params[0], &id))
        return ERR_NOT_FOUND;
    db_args_init(&args, request->arena);
    db_arg_id(&args, id);
    enum err err = db_run(db, statement, &args, request->arena, ret_rows);
    return err == ERR_OK && ret_rows->count == 0 ? ERR_NOT_FOUND : err;
}

static enum err get_session(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct db_rows rows;
    struct str body;
    enum err err = run_by_id(request, worker->db, &STORE_FIND_SESSION, &rows);
    if (err != ERR_OK)
        return err;
    struct session_item item = session_item(&rows, 0);
    err = wire_text(&SESSION_ITEM, &item, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

struct reading {
    struct http_request *request;
    struct id application;
    struct db_rows rows;
};

static enum err audit(struct db *db, const struct reading *reading)
{
    const struct http_request *request = reading->request;
    const struct audit_row row = {.at = request->received_at,
                                  .subject = reading->application,
                                  .actor = principal_actor(&request->who, request->arena),
                                  .action = STR("read-enrolment")};
    return audit_write(&row, db, request->arena);
}

/* Staff read an enrolment in a transaction with its audit row. */
static enum err read_enrolment(struct db *db, void *context)
{
    struct reading *reading = context;
    struct http_request *request = reading->request;
    struct db_rows filed;
    enum err err = run_by_id(request, db, &STORE_FIND_ENROLMENT, &reading->rows);
    if (err == ERR_OK && !principal_covers(&request->who, db_get_str(&reading->rows, 0, 3), db_get_str(&reading->rows, 0, 4)))
        return ERR_FORBIDDEN;
    if (err == ERR_OK)
        return request->who.role == WHO_APPLICANT ? ERR_OK : audit(db, reading);
    if (err == ERR_NOT_FOUND && run_by_id(request, db, &STORE_IS_ENROLLED, &filed) == ERR_OK && db_get_bool(&filed, 0, 0))
        return ERR_FORBIDDEN; /* it is there, and not for the role that looked */
    return err;
}

static enum err get_enrolment(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct reading reading = {.request = request};
    struct str body;
    if (!id_parse(request->params[0], &reading.application) || !principal_may_see(&request->who, reading.application))
        return ERR_NOT_FOUND;
    enum err err = service_read(worker->db, request, &STORE_READ_AS_STAFF, read_enrolment, &reading);
    if (err != ERR_OK)
        return err;
    const struct db_rows rows = reading.rows;
    struct enrolment_item item = {
        .id = db_get_id(&rows, 0, 0), .state = db_get_str(&rows, 0, 1), .version = db_get_int(&rows, 0, 2), .starts_at = INSTANT_NEVER};
    if (!db_is_null(&rows, 0, 5)) {
        item.session = db_get_id(&rows, 0, 5);
        item.course = db_get_str(&rows, 0, 6);
        item.title = db_get_str(&rows, 0, 7);
        item.place = db_get_str(&rows, 0, 8);
        item.starts_at = db_get_instant(&rows, 0, 9);
    }
    if (http_not_modified(request, item.version)) {
        http_answer(request, 304, (struct str){0});
        return ERR_OK;
    }
    http_set_etag(request, item.version);
    err = wire_text(&ENROLMENT_ITEM, &item, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
