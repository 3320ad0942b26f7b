#include "access.h"

#include "app/app.h"
#include "store_statements.h"

#define TOKEN_LIFE (INT64_C(900) * INSTANT_SECOND)

/* ── The credential ── */

/* A receipt that isn't there costs the same hash and the same comparison as one that is. */
enum err intake_verify_basic(void *context, struct str user, struct str password, struct str address, struct arena *arena, struct principal *ret_who)
{
    struct service_worker *worker = context;
    struct intake *intake = intake_of(worker->service);
    char receipt[RECEIPT_CHARACTERS + 1], typed[CODE_CHARACTERS + 1], code[CODE_CHARACTERS + 1];
    struct id id = {0};
    int64_t code_number = 0;
    if (!receipt_parse(user, receipt))
        return ERR_UNAUTHENTICATED;
    const struct guesser guesser = {receipt, address};
    if (guesses_wait(intake->guesses, &guesser, clock_wall_us()) > 0)
        return ERR_RATE_LIMITED;
    enum err err = store_find_credential(worker->db, receipt, arena, &id, &code_number);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    bool readable = code_parse(password, typed);
    if (!readable)
        memset(typed, '*', sizeof(typed) - 1);
    subject_code(&intake->keys, id, code_number, code);
    bool right = secret_equal((struct str){typed, CODE_CHARACTERS}, (struct str){code, CODE_CHARACTERS});
    secret_wipe(typed, sizeof(typed));
    secret_wipe(code, sizeof(code));
    if (!right || err != ERR_OK) {
        guesses_wrong(intake->guesses, &guesser, clock_wall_us());
        return ERR_UNAUTHENTICATED;
    }
    guesses_right(intake->guesses, &guesser);
    *ret_who = (struct principal){.role = WHO_APPLICANT, .subject = str_copy(arena, str_from(receipt)), .application = id};
    return ERR_OK;
}

/* Only the code gives a token: one that could renew itself would never end. */
enum err token_post(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct intake *intake = intake_of(worker->service);
    struct str scheme = http_header(request, "Authorization");
    if (!str_equal_nocase(str_cut(&scheme, ' '), STR("Basic")))
        return ERR_UNAUTHENTICATED;
    struct jwt_claims claims = {
        .issuer = str_from(worker->service->settings->issuer),
        .subject = request->who.subject,
        .role = str_from(who_name(WHO_APPLICANT)),
        .application = id_text(request->arena, request->who.application),
        .issued_at = request->received_at,
        .expires_at = request->received_at + TOKEN_LIFE,
        .not_before = INSTANT_NEVER,
    };
    struct token_answer answer = {.expires_at = claims.expires_at};
    struct str body;
    enum err err = jwt_sign(intake->signer, &claims, request->arena, &answer.token);
    if (err == ERR_OK)
        err = wire_text(&TOKEN_ANSWER, &answer, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 201, body);
    return err;
}

/* ── Who may see it, and what they see ── */

enum err access_check(const struct principal *who, const struct application_row *row, const struct call *call)
{
    if (!principal_may_see(who, row->id))
        return ERR_NOT_FOUND;
    return principal_covers(who, call->terms.region, row->province) ? ERR_OK : ERR_FORBIDDEN;
}

bool access_may_open(const struct principal *who, const struct application_row *row)
{
    return str_empty(row->restriction) || !(who->role & WHO_STAFF) || (who->role & (WHO_ADMIN | WHO_AUDITOR)) != 0;
}

enum err access_read(struct db *db, const struct http_request *request, enum err (*body)(struct db *db, void *context), void *context)
{
    return service_read(db, request, &STORE_READ_AS_STAFF, body, context);
}

struct list_read {
    const struct db_statement *statement;
    const struct db_args *args;
    struct arena *arena;
    struct db_rows *rows;
};

static enum err read_list(struct db *db, void *context)
{
    const struct list_read *list = context;
    return db_run(db, list->statement, list->args, list->arena, list->rows);
}

enum err access_list(struct db *db, const struct http_request *request, const struct db_statement *statement, const struct db_args *args,
                     struct db_rows *ret_rows)
{
    /* cppcheck-suppress ctuuninitvar ; what is passed on is where the rows go: nobody reads it before */
    struct list_read list = {statement, args, request->arena, ret_rows};
    return access_read(db, request, read_list, &list);
}

struct str access_actor(const struct principal *who, const struct application_row *row, struct arena *arena)
{
    if (who->role == WHO_APPLICANT)
        return str_format(arena, "applicant:%s", row->receipt);
    return principal_actor(who, arena);
}

static struct wire_list warnings_of(int64_t bits, struct arena *arena)
{
    struct str *names = arena_take_array(arena, WARNING_COUNT, sizeof(*names));
    struct wire_list list = {names, 0};
    for (int warning = 1; names && warning < WARNING_COUNT; warning++)
        if (bits & WARNING_BIT(warning))
            names[list.count++] = str_from(warning_name((enum warning)warning));
    return list;
}

/* What is left at the pause is what is left. */
bool access_clock(const struct application_row *row, const struct call *call, instant_us now, struct clock_view *ret_clock)
{
    bool paused = row->state == STATE_INFO_REQUESTED;
    if (!application_awaits_answer(row->state) || row->answer_due_at == INSTANT_NEVER)
        return false;
    *ret_clock = (struct clock_view){
        .due_at = row->answer_due_at,
        .paused_since = paused ? row->info_requested_at : INSTANT_NEVER,
        .days_left = clock_days_left(&call->clock, paused ? row->info_requested_at : now, row->answer_due_at),
    };
    return true;
}

static enum err show_complement(const struct application_row *row, struct arena *arena, struct application_view *view)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct complement_message message;
    if (str_empty(row->complement))
        return ERR_OK;
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    if (wire_decode(&COMPLEMENT_MESSAGE, row->complement, WIRE_IGNORE_UNKNOWN, arena, &message, violations) != ERR_OK)
        return ERR_INTERNAL;
    view->has_complement = true;
    view->complement = (struct complement_view){row->info_requested_at, row->complement_due_at, message.fields, message.text};
    return ERR_OK;
}

/* With a paper from the start, the submission is the confirmation. */
static enum err show_confirmation(const struct application_row *row, struct arena *arena, struct application_view *view)
{
    struct consent_state state = assistance_state(row->warnings, false);
    view->confirmation = (struct confirmation_view){.needed = state.unconfirmed, .confirmed_at = INSTANT_NEVER};
    if (state.signed_paper) {
        view->confirmation.confirmed_at = row->submitted_at;
        view->confirmation.how = STR("paper");
    }
    if (str_empty(row->confirmation))
        return ERR_OK;
    struct violations *violations = arena_take(arena, sizeof(*violations));
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    enum err err = wire_decode(&CONFIRMATION_VIEW, row->confirmation, WIRE_IGNORE_UNKNOWN, arena, &view->confirmation, violations);
    return err == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

enum err access_view(const struct application_row *row, const struct call *call, struct arena *arena, struct str *ret_json)
{
    char receipt[RECEIPT_SHOWN_CHARACTERS + 1];
    receipt_show(row->receipt, receipt);
    struct application_view view = {
        .id = row->id,
        .receipt_number = str_from(receipt),
        .call = call->terms.id,
        .kind = str_from(kind_name(row->kind)),
        .state = str_from(application_state_name(row->state)),
        .province = row->province,
        .version = row->version,
        .revision = row->revision,
        .submitted_at = row->submitted_at,
        .answer_due_at = row->answer_due_at,
        .decision = row->decision,
        .training = row->training,
        .hold = row->hold,
        .restriction = row->restriction,
        .register_checks = str_empty(row->register_checks) ? STR("[]") : row->register_checks,
        .funding = row->funding,
        .follow_up = row->follow_up,
        .warnings = warnings_of(row->warnings, arena),
    };
    view.has_clock = access_clock(row, call, clock_wall_us(), &view.clock);
    view.days_left = view.clock.days_left;
    enum err err = history_show(row->history, arena, &view.history);
    if (err == ERR_OK)
        err = show_complement(row, arena, &view);
    if (err == ERR_OK)
        err = show_confirmation(row, arena, &view);
    return err == ERR_OK ? wire_text(&APPLICATION_VIEW, &view, arena, ret_json) : err;
}

enum err access_path_id(const struct http_request *request, struct id *ret_id)
{
    return id_parse(request->params[0], ret_id) ? ERR_OK : ERR_NOT_FOUND;
}

/* ── Reading ── */

struct reading {
    struct http_request *request;
    struct intake *intake;
    enum err (*find)(struct reading *reading, struct db *db);
    struct id id;
    char receipt[RECEIPT_CHARACTERS + 1];
    struct application_row row;
    const struct call *call;
};

static enum err find_by_id(struct reading *reading, struct db *db)
{
    return store_find_by_id(db, reading->id, reading->request->arena, &reading->row);
}

static enum err find_by_receipt(struct reading *reading, struct db *db)
{
    return store_find_by_receipt(db, reading->receipt, reading->request->arena, &reading->row);
}

static enum err find_and_check(struct reading *reading, struct db *db)
{
    const struct calls_snapshot *calls = calls_hold(reading->intake->calls, reading->request->arena);
    enum err err = calls ? reading->find(reading, db) : ERR_UNAVAILABLE;
    if (err != ERR_OK)
        return err;
    reading->call = calls_by_id(calls, reading->row.call_id);
    return reading->call ? access_check(&reading->request->who, &reading->row, reading->call) : ERR_NOT_FOUND;
}

/* Staff's reads are audited, in the transaction that reads. */
static enum err read_one(struct db *db, void *context)
{
    struct reading *reading = context;
    struct http_request *request = reading->request;
    enum err err = find_and_check(reading, db);
    if (err != ERR_OK || !(request->who.role & WHO_STAFF))
        return err;
    struct audit_row audit = {.at = request->received_at,
                              .subject = reading->row.id,
                              .actor = access_actor(&request->who, &reading->row, request->arena),
                              .action = STR("read")};
    return audit_write(&audit, db, request->arena);
}

static enum err answer_reading(struct reading *reading, struct db *db)
{
    struct http_request *request = reading->request;
    enum err err = access_read(db, request, read_one, reading);
    if (err != ERR_OK)
        return err;
    http_set_etag(request, reading->row.version);
    if (http_not_modified(request, reading->row.version)) {
        http_answer(request, 304, (struct str){0});
        return ERR_OK;
    }
    struct str body;
    err = access_view(&reading->row, reading->call, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

enum err application_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct reading reading = {.request = request, .intake = intake_of(worker->service), .find = find_by_id};
    enum err err = access_path_id(request, &reading.id);
    return err == ERR_OK ? answer_reading(&reading, worker->db) : err;
}

enum err receipt_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct reading reading = {.request = request, .intake = intake_of(worker->service), .find = find_by_receipt};
    if (!receipt_parse(request->params[0], reading.receipt))
        return ERR_NOT_FOUND;
    return answer_reading(&reading, worker->db);
}
