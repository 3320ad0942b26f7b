#include "listing.h"

#include "services/intake/access.h"
#include "awaiting.h"
#include "http/page.h"
#include "listing_statements.h"
#include "messages.h"

#define LIMIT_STANDARD 50
#define LIMIT_MOST 200

/* What was asked for; empty: not asked. */
struct asked {
    struct str state, province, call, kind, q, created_by;
    char receipt[RECEIPT_CHARACTERS + 1];
    instant_us due_before;
    bool by_due, unconfirmed;
};

static const struct http_page_terms NEWEST = {"applications, newest first", 1, LIMIT_STANDARD, LIMIT_MOST};
static const struct http_page_terms BY_DUE = {"applications by due date", 2, LIMIT_STANDARD, LIMIT_MOST};

struct application_line {
    struct id id;
    struct str receipt_number, call, state, kind, province;
    instant_us created_at, submitted_at, answer_due_at;
    bool has_days_left, paused, confirmation_needed;
    int64_t days_left, version;
};

static const struct wire_field LINE_FIELDS[] = {
    WIRE_ID(application_line, id, 0),
    WIRE_TEXT(application_line, receipt_number, 0, 0, 0),
    WIRE_TEXT(application_line, call, 0, 0, 0),
    WIRE_TEXT(application_line, state, 0, 0, 0),
    WIRE_TEXT(application_line, kind, 0, 0, 0),
    WIRE_TEXT(application_line, province, WIRE_NULLABLE, 0, 0),
    WIRE_INSTANT(application_line, created_at, 0),
    WIRE_INSTANT(application_line, submitted_at, WIRE_NULLABLE),
    WIRE_INSTANT(application_line, answer_due_at, WIRE_NULLABLE),
    WIRE_GIVEN(application_line, days_left, has_days_left, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
    WIRE_BOOL(application_line, paused, 0),
    WIRE_BOOL(application_line, confirmation_needed, 0),
    WIRE_INT(application_line, version, 0, 0, 0),
};
static WIRE_TABLE(LINE, application_line, LINE_FIELDS);

struct application_lines {
    struct wire_list items;
};

static const struct wire_field LINES_FIELDS[] = {WIRE_LIST(application_lines, items, 0, 0, 0, &LINE)};
static WIRE_TABLE(LINES, application_lines, LINES_FIELDS);

/* ── The question ── */

static void wrong(struct http_request *request, const char *pointer, enum violation_code code, const char *detail)
{
    violations_add(&request->violations, str_from(pointer), code, detail);
}

static bool is_province(const struct calls_snapshot *calls, struct str code)
{
    for (size_t i = 0; i < calls->count; i++)
        if (call_has_province(&calls->items[i].terms, code))
            return true;
    return false;
}

/* Newest first unless the order by due date is asked for. */
static bool is_by_due(struct http_request *request)
{
    struct str sort = http_query(request, "sort");
    bool by_due = sort.at && str_equal(sort, STR("due"));
    if (sort.at && !by_due && !str_equal(sort, STR("newest")))
        wrong(request, "/sort", VIOLATION_CHOICE, "newest, due");
    return by_due;
}

static void check_filters(struct http_request *request, const struct calls_snapshot *calls, struct asked *asked)
{
    struct str due_before = http_query(request, "due_before"), confirmation = http_query(request, "confirmation");
    enum application_state state;
    enum kind kind;
    if (asked->state.at && !application_state_parse(asked->state, &state))
        wrong(request, "/state", VIOLATION_UNKNOWN, "a state of an application");
    if (asked->province.at && !is_province(calls, asked->province))
        wrong(request, "/province", VIOLATION_UNKNOWN, "a province of a call");
    if (asked->kind.at && !kind_parse(asked->kind, &kind))
        wrong(request, "/kind", VIOLATION_CHOICE, "person, cooperative");
    if (asked->q.at && !receipt_parse(asked->q, asked->receipt))
        wrong(request, "/q", VIOLATION_FORMAT, "a whole receipt number");
    if (due_before.at && !instant_parse(due_before, &asked->due_before))
        wrong(request, "/due_before", VIOLATION_FORMAT, "2026-11-24T12:00:00Z");
    if (asked->created_by.at && !str_equal(asked->created_by, STR("me")))
        wrong(request, "/created_by", VIOLATION_CHOICE, "me");
    if (confirmation.at && !str_equal(confirmation, STR("waiting")))
        wrong(request, "/confirmation", VIOLATION_CHOICE, "waiting");
    asked->unconfirmed = confirmation.at != NULL;
}

static enum err read_question(struct http_request *request, const struct calls_snapshot *calls, struct asked *ret_asked, struct http_page *ret_page)
{
    struct asked asked = {
        .state = http_query(request, "state"),
        .province = http_query(request, "province"),
        .call = http_query(request, "call"),
        .kind = http_query(request, "kind"),
        .q = http_query(request, "q"),
        .created_by = http_query(request, "created_by"),
        .due_before = INSTANT_NEVER,
    };
    check_filters(request, calls, &asked);
    asked.by_due = is_by_due(request);
    enum err err = http_page_read(request, asked.by_due ? &BY_DUE : &NEWEST, ret_page);
    *ret_asked = asked;
    return request->violations.count > 0 ? ERR_BAD_REQUEST : err;
}

/* ── The statement ── */

static void arg_after(struct db_args *args, const struct http_page *page, int key)
{
    struct id id;
    if (page->begins || !id_parse(page->after[key], &id))
        db_arg_null(args);
    else
        db_arg_id(args, id);
}

static void add_args(struct db_args *args, const struct http_request *request, const struct asked *asked, const struct http_page *page)
{
    const struct principal *who = &request->who;
    db_args_init(args, request->arena);
    service_arg_territories(args, who);
    db_arg_str(args, asked->state);
    db_arg_str(args, asked->province);
    db_arg_str(args, asked->call);
    db_arg_str(args, asked->kind);
    db_arg_str(args, asked->q.at ? str_from(asked->receipt) : (struct str){0});
    db_arg_str(args, asked->created_by.at ? who->subject : (struct str){0});
    db_arg_instant(args, asked->due_before);
    arg_after(args, page, asked->by_due ? 1 : 0);
    db_arg_int4(args, (int32_t)page->limit + 1);
    db_arg_bool(args, asked->unconfirmed);
    if (!asked->by_due)
        return;
    instant_us after = INSTANT_NEVER;
    struct db_column awaiting;
    awaiting_states(&awaiting, request->arena, true);
    db_arg_column(args, &awaiting);
    if (!page->begins)
        (void)instant_parse(page->after[0], &after);
    db_arg_instant(args, after);
}

/* ── The answer ── */

static bool read_line(const struct db_rows *rows, size_t row, const struct calls_snapshot *calls, const struct http_request *request,
                      struct application_line *ret_line)
{
    struct application_row application = {
        .call_id = db_get_int(rows, row, 2), .answer_due_at = db_get_instant(rows, row, 8), .info_requested_at = db_get_instant(rows, row, 9)};
    const struct call *call = calls_by_id(calls, application.call_id);
    char receipt[RECEIPT_CHARACTERS + 1] = "", shown[RECEIPT_SHOWN_CHARACTERS + 1];
    struct str stored = db_get_str(rows, row, 1);
    struct clock_view clock;
    if (!call || stored.size != RECEIPT_CHARACTERS)
        return false;
    memcpy(receipt, stored.at, RECEIPT_CHARACTERS);
    receipt_show(receipt, shown);
    (void)application_state_parse(db_get_str(rows, row, 5), &application.state);
    *ret_line = (struct application_line){
        .id = db_get_id(rows, row, 0),
        .receipt_number = str_copy(request->arena, str_from(shown)),
        .call = call->terms.id,
        .kind = db_get_str(rows, row, 3),
        .province = db_get_str(rows, row, 4),
        .state = db_get_str(rows, row, 5),
        .version = db_get_int(rows, row, 6),
        .submitted_at = db_get_instant(rows, row, 7),
        .answer_due_at = application.answer_due_at,
        .created_at = db_get_instant(rows, row, 10),
        .paused = application.state == STATE_INFO_REQUESTED,
        .confirmation_needed = assistance_state(db_get_int(rows, row, 11), false).unconfirmed,
    };
    ret_line->has_days_left = access_clock(&application, call, request->received_at, &clock);
    ret_line->days_left = ret_line->has_days_left ? clock.days_left : 0;
    return true;
}

/* The keys of the last row shown. The instant in microseconds, as it is stored: text of milliseconds would skip rows. */
static enum err link_next(struct http_request *request, bool by_due, const struct db_rows *rows, size_t row)
{
    struct id id = db_get_id(rows, row, 0);
    if (!by_due)
        return http_page_next_id(request, &NEWEST, id);
    instant_us due = db_get_instant(rows, row, 8);
    char text[INSTANT_TEXT_SIZE + 1];
    instant_format(due, text);
    struct str keys[] = {str_format(request->arena, "%.20s%06lldZ", text, (long long)(((due % INSTANT_SECOND) + INSTANT_SECOND) % INSTANT_SECOND)),
                         id_text(request->arena, id)};
    return http_page_next(request, &BY_DUE, keys);
}

enum err applications_list(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    const struct calls_snapshot *calls = calls_hold(intake_of(worker->service)->calls, request->arena);
    struct asked asked;
    struct http_page page;
    struct db_args args;
    struct db_rows rows;
    enum err err = calls ? read_question(request, calls, &asked, &page) : ERR_UNAVAILABLE;
    if (err != ERR_OK)
        return err;
    add_args(&args, request, &asked, &page);
    err = access_list(worker->db, request, asked.by_due ? &LISTING_DUE : &LISTING_NEWEST, &args, &rows);
    if (err != ERR_OK)
        return err;
    size_t shown = rows.count > (size_t)page.limit ? (size_t)page.limit : rows.count, filled = 0;
    struct application_line *lines = arena_take_array(request->arena, shown + 1, sizeof(*lines));
    if (!lines)
        return ERR_LIMIT;
    for (size_t row = 0; row < shown; row++)
        filled += read_line(&rows, row, calls, request, &lines[filled]);
    if (shown < rows.count)
        err = link_next(request, asked.by_due, &rows, shown - 1);
    struct str body;
    if (err == ERR_OK)
        err = wire_text(&LINES, &(struct application_lines){{lines, filled}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
