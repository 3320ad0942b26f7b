#include "routes.h"

#include "db/outbox.h"
#include "eligibility.h"
#include "http/page.h"
#include "messages.h"
#include "service/service.h"
#include "service/service_read.h"
#include "store_statements.h"

static enum err get_assessment(struct http_request *request, void *context);
static enum err list_ranking(struct http_request *request, void *context);
static enum err list_quotas(struct http_request *request, void *context);

const struct http_route ELIGIBILITY_ROUTES[] = {
    {HTTP_GET, "/eligibility/v1/applications/{id}/assessment", WHO_APPLICANT | WHO_STAFF, NULL, get_assessment, 0, HTTP_NO_STORE,
     "what each criterion came to, with its reason"},
    {HTTP_GET, "/eligibility/v1/calls/{id}/ranking", WHO_STAFF, NULL, list_ranking, 0, HTTP_NO_STORE, "a province's applications by rank"},
    {HTTP_GET, "/eligibility/v1/calls/{id}/quotas", WHO_ANYONE, NULL, list_quotas, 0, 0, "places, those taken, and who waits, by province"},
};
const size_t ELIGIBILITY_ROUTE_COUNT = sizeof(ELIGIBILITY_ROUTES) / sizeof(ELIGIBILITY_ROUTES[0]);

static enum err answer(struct http_request *request, const struct wire_table *table, const void *view)
{
    struct str body;
    enum err err = wire_text(table, view, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

/* ── The assessment of one application ── */

static struct reason_message words(const struct translation *from)
{
    return (struct reason_message){from->texts[LANGUAGE_AR], from->texts[LANGUAGE_FR], from->texts[LANGUAGE_EN]};
}

static const struct criterion *find_criterion(const struct ruleset *ruleset, struct str id)
{
    for (size_t i = 0; ruleset && i < ruleset->criterion_count; i++)
        if (str_equal(ruleset->criteria[i].id, id))
            return &ruleset->criteria[i];
    return NULL;
}

/* A stored criterion: ["age","MET",0,2]. The words are those of the ruleset's version by which she was assessed. */
static bool view_criterion(const struct ruleset *ruleset, const struct json_value *stored, struct criterion_view *ret_view)
{
    if (stored->kind != JSON_KIND_ARRAY || stored->count != 4)
        return false;
    const struct json_value *part = stored->items;
    *ret_view = (struct criterion_view){.id = part[0].string, .outcome = part[1].string, .points = part[2].number};
    const struct criterion *criterion = find_criterion(ruleset, part[0].string);
    if (criterion && part[3].number >= 0 && part[3].number < (double)criterion->case_count) {
        ret_view->kind = str_from(criterion_kind_name(criterion->kind));
        ret_view->label = words(&criterion->label);
        ret_view->reason = words(&criterion->cases[(size_t)part[3].number].reason);
        ret_view->known = true;
    }
    return true;
}

static enum err view_criteria(struct http_request *request, const struct ruleset *ruleset, struct str stored, struct wire_list *ret_list)
{
    const struct json_value *list = NULL;
    enum err err = json_parse(stored, request->arena, &list);
    if (err != ERR_OK)
        return ERR_INTERNAL;
    struct criterion_view *views = arena_take_array(request->arena, list->count + 1, sizeof(*views));
    if (!views)
        return ERR_LIMIT;
    for (size_t i = 0; i < list->count; i++)
        if (!view_criterion(ruleset, &list->items[i], &views[i]))
            return ERR_INTERNAL;
    *ret_list = (struct wire_list){views, list->count};
    return ERR_OK;
}

struct reading {
    struct http_request *request;
    struct id application;
    struct db_rows rows;
};

/* ERR_NOT_FOUND, or ERR_FORBIDDEN: the row is there, and not for the role that looked. */
static enum err why_unseen(struct db *db, const struct reading *reading)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, reading->request->arena);
    db_arg_id(&args, reading->application);
    enum err err = db_run(db, &STORE_IS_ASSESSED, &args, reading->request->arena, &rows);
    if (err != ERR_OK)
        return err;
    return db_get_bool(&rows, 0, 0) ? ERR_FORBIDDEN : ERR_NOT_FOUND;
}

/* Staff read an assessment in a transaction with its audit row. */
static enum err read_assessment(struct db *db, void *context)
{
    struct reading *reading = context;
    struct http_request *request = reading->request;
    struct db_args args;
    db_args_init(&args, request->arena);
    db_arg_id(&args, reading->application);
    enum err err = db_run(db, &STORE_FIND_ASSESSMENT, &args, request->arena, &reading->rows);
    if (err != ERR_OK)
        return err;
    if (reading->rows.count == 0)
        return why_unseen(db, reading);
    if (!principal_covers(&request->who, db_get_str(&reading->rows, 0, 0), db_get_str(&reading->rows, 0, 1)))
        return ERR_FORBIDDEN;
    if (request->who.role == WHO_APPLICANT)
        return ERR_OK;
    const struct audit_row row = {
        .at = request->received_at,
        .subject = reading->application,
        .actor = principal_actor(&request->who, request->arena),
        .action = STR("read-assessment"),
    };
    return audit_write(&row, db, request->arena);
}

static enum err view_assessment(struct http_request *request, const struct eligibility *eligibility, const struct reading *reading,
                                struct assessment_view *ret_view)
{
    const struct db_rows *rows = &reading->rows;
    *ret_view = (struct assessment_view){
        .application = reading->application,
        .call = db_get_str(rows, 0, 3),
        .ruleset = db_get_str(rows, 0, 4),
        .ruleset_version = db_get_int(rows, 0, 5),
        .outcome = db_get_str(rows, 0, 6),
        .score = db_get_number(rows, 0, 7),
        .assessed_at = db_get_instant(rows, 0, 9),
        .state = db_get_str(rows, 0, 10),
        .has_place = !db_is_null(rows, 0, 11),
        .revision = db_get_int(rows, 0, 12),
    };
    if (ret_view->has_place)
        ret_view->place = db_get_int(rows, 0, 11);
    const struct ruleset *ruleset =
        ruleset_find_version(eligibility->rulesets, eligibility->ruleset_count, ret_view->ruleset, ret_view->ruleset_version);
    return view_criteria(request, ruleset, db_get_str(rows, 0, 8), &ret_view->criteria);
}

static enum err get_assessment(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct reading reading = {.request = request};
    struct assessment_view view;
    if (!id_parse(request->params[0], &reading.application) || !principal_may_see(&request->who, reading.application))
        return ERR_NOT_FOUND;
    enum err err = service_read(worker->db, request, &STORE_READ_AS_STAFF, read_assessment, &reading);
    if (err != ERR_OK)
        return err;
    int64_t version = db_get_int(&reading.rows, 0, 2);
    http_set_etag(request, version);
    if (http_not_modified(request, version)) {
        http_answer(request, 304, (struct str){0});
        return ERR_OK;
    }
    err = view_assessment(request, worker->service->own, &reading, &view);
    return err == ERR_OK ? answer(request, &ASSESSMENT_VIEW, &view) : err;
}

/* ── The ranking of a province ── */

static const struct http_page_terms BY_RANK = {"ranking", 1, 50, 200};

struct page_query {
    struct str call, province;
    struct http_page page;
};

static enum err read_page_query(struct http_request *request, struct page_query *ret_query)
{
    *ret_query = (struct page_query){request->params[0], http_query(request, "province"), {0}};
    if (str_empty(ret_query->province))
        violations_add(&request->violations, STR("/province"), VIOLATION_REQUIRED, NULL);
    enum err err = http_page_read(request, &BY_RANK, &ret_query->page);
    return err == ERR_OK && request->violations.count > 0 ? ERR_BAD_REQUEST : err;
}

static enum err run_by_call(struct http_request *request, struct db *db, const struct db_statement *statement, struct db_rows *ret_rows)
{
    struct db_args args;
    db_args_init(&args, request->arena);
    db_arg_str(&args, request->params[0]);
    enum err err = db_run(db, statement, &args, request->arena, ret_rows);
    return err == ERR_OK && ret_rows->count == 0 ? ERR_NOT_FOUND : err;
}

/* Where the page begins: after this application. */
static enum err page_start(struct http_request *request, struct db *db, const struct page_query *query, struct db_args *args)
{
    struct db_args find;
    struct db_rows rows;
    if (query->page.begins) {
        db_arg_null(args);
        db_arg_null(args);
        db_arg_null(args);
        return ERR_OK;
    }
    db_args_init(&find, request->arena);
    db_arg_id(&find, http_page_after_id(&query->page));
    db_arg_str(&find, query->call);
    db_arg_str(&find, query->province);
    enum err err = db_run(db, &STORE_FIND_LAST_OF_PAGE, &find, request->arena, &rows);
    if (err != ERR_OK)
        return err;
    if (rows.count == 0) { /* her file is another province's now */
        violations_add(&request->violations, STR("/cursor"), VIOLATION_UNKNOWN, "application");
        return ERR_BAD_REQUEST;
    }
    db_arg_number(args, db_get_number(&rows, 0, 0));
    db_arg_instant(args, db_get_instant(&rows, 0, 1));
    db_arg_id(args, http_page_after_id(&query->page));
    return ERR_OK;
}

static enum err answer_ranking(struct http_request *request, const struct page_query *query, const struct db_rows *rows)
{
    size_t shown = rows->count > (size_t)query->page.limit ? (size_t)query->page.limit : rows->count;
    struct rank_view *items = arena_take_array(request->arena, shown + 1, sizeof(*items));
    if (!items)
        return ERR_LIMIT;
    for (size_t i = 0; i < shown; i++) {
        items[i] = (struct rank_view){
            .application = db_get_id(rows, i, 0),
            .state = db_get_str(rows, i, 1),
            .score = db_get_number(rows, i, 2),
            .submitted_at = db_get_instant(rows, i, 3),
            .has_place = !db_is_null(rows, i, 4),
        };
        if (items[i].has_place)
            items[i].place = db_get_int(rows, i, 4);
    }
    enum err err = shown < rows->count ? http_page_next_id(request, &BY_RANK, items[shown - 1].application) : ERR_OK;
    const struct ranking_page page = {{items, shown}};
    return err == ERR_OK ? answer(request, &RANKING_PAGE, &page) : err;
}

struct ranking {
    struct http_request *request;
    struct page_query query;
    struct db_rows rows;
};

static enum err read_ranking(struct db *db, void *context)
{
    struct ranking *ranking = context;
    struct http_request *request = ranking->request;
    struct db_args args;
    struct db_rows regions;
    enum err err = run_by_call(request, db, &STORE_FIND_REGION, &regions);
    if (err != ERR_OK)
        return err;
    if (!principal_covers(&request->who, db_get_str(&regions, 0, 0), ranking->query.province))
        return ERR_FORBIDDEN;
    db_args_init(&args, request->arena);
    db_arg_str(&args, ranking->query.call);
    db_arg_str(&args, ranking->query.province);
    err = page_start(request, db, &ranking->query, &args);
    if (err != ERR_OK)
        return err;
    db_arg_int4(&args, (int32_t)ranking->query.page.limit + 1);
    return db_run(db, &STORE_LIST_RANKING, &args, request->arena, &ranking->rows);
}

static enum err list_ranking(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct ranking ranking = {.request = request};
    enum err err = read_page_query(request, &ranking.query);
    if (err == ERR_OK)
        err = service_read(worker->db, request, &STORE_READ_AS_STAFF, read_ranking, &ranking);
    return err == ERR_OK ? answer_ranking(request, &ranking.query, &ranking.rows) : err;
}

/* ── Quotas ── */

static enum err list_quotas(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct db_rows rows;
    enum err err = run_by_call(request, worker->db, &STORE_LIST_QUOTAS, &rows);
    if (err != ERR_OK)
        return err;
    struct quota_view *items = arena_take_array(request->arena, rows.count, sizeof(*items));
    if (!items)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows.count; i++)
        items[i] = (struct quota_view){db_get_str(&rows, i, 0), db_get_int(&rows, i, 1), db_get_int(&rows, i, 2), db_get_int(&rows, i, 3)};
    const struct quota_page page = {request->params[0], {items, rows.count}};
    return answer(request, &QUOTA_PAGE, &page);
}
