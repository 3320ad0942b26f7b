#include "marks.h"

#include "papers_statements.h"
#include "proto/topics.h"

#define REASON_POINTS_MAX 300

struct mark_message {
    struct str reason;
};
static const struct wire_field REASONED_FIELDS[] = {WIRE_TEXT(mark_message, reason, WIRE_REQUIRED, 1, REASON_POINTS_MAX)};
static WIRE_TABLE(REASONED, mark_message, REASONED_FIELDS);
static const struct wire_field FREE_FIELDS[] = {WIRE_TEXT(mark_message, reason, WIRE_NULLABLE, 1, REASON_POINTS_MAX)};
static WIRE_TABLE(FREE, mark_message, FREE_FIELDS);

struct mark_view {
    instant_us since;
    struct str reason;
};
static const struct wire_field HOLD_FIELDS[] = {WIRE_INSTANT(mark_view, since, 0), WIRE_TEXT(mark_view, reason, 0, 0, 0)};
static WIRE_TABLE(HOLD_VIEW, mark_view, HOLD_FIELDS);
static const struct wire_field RESTRICTION_FIELDS[] = {WIRE_INSTANT(mark_view, since, 0)};
static WIRE_TABLE(RESTRICTION_VIEW, mark_view, RESTRICTION_FIELDS);

static enum err read_reason(struct change *change, const struct wire_table *table, struct str *ret_reason)
{
    struct http_request *request = change->request;
    struct mark_message message = {0};
    enum err err = table == &FREE && str_empty(request->body)
                       ? ERR_OK
                       : wire_decode(table, request->body, WIRE_REFUSE_UNKNOWN, change->arena, &message, &request->violations);
    *ret_reason = message.reason;
    return err;
}

/* Of a file that was erased nothing is left to be held or used. */
static bool is_erased(const struct change *change)
{
    return str_empty(change->row.body);
}

static enum err set(struct change *change, const struct wire_table *view, struct str reason, struct str *mark)
{
    if (is_erased(change))
        return ERR_ERASED;
    if (!str_empty(*mark))
        return ERR_CONFLICT;
    change->event_type = EVENT_APPLICATION_PROGRESSED;
    return wire_text(view, &(struct mark_view){change->request->received_at, reason}, change->arena, mark);
}

static enum err clear(struct change *change, struct str *mark)
{
    if (str_empty(*mark))
        return ERR_CONFLICT;
    change->event_type = EVENT_APPLICATION_PROGRESSED;
    *mark = (struct str){0};
    return ERR_OK;
}

/* ── Legal hold ── */

static enum err hold(struct change *change, struct db *db)
{
    struct str reason;
    enum err err = read_reason(change, &REASONED, &reason);
    if (err == ERR_OK)
        err = set(change, &HOLD_VIEW, reason, &change->row.hold);
    return err == ERR_OK ? change_keep_reason(change, db, reason) : err;
}

static enum err release_hold(struct change *change, struct db *db)
{
    struct str reason;
    enum err err = read_reason(change, &REASONED, &reason);
    if (err == ERR_OK)
        err = clear(change, &change->row.hold);
    return err == ERR_OK ? change_keep_reason(change, db, reason) : err;
}

/* ── Opposition ── */

static enum err compare_no_more(struct change *change, struct db *db)
{
    static const struct db_statement *const STATEMENTS[] = {&PAPERS_DROP_TRAITS, &PAPERS_DROP_OPEN_PAIRS, NULL};
    return change_queue_each(change, db, STATEMENTS);
}

static enum err oppose(struct change *change, struct db *db)
{
    struct str reason;
    bool consent_before = change->row.referral_consent;
    enum err err = read_reason(change, &FREE, &reason);
    if (err == ERR_OK && change->row.state == STATE_DRAFT)
        err = ERR_CONFLICT; /* nobody uses it before she sends it */
    if (err == ERR_OK)
        err = set(change, &RESTRICTION_VIEW, (struct str){0}, &change->row.restriction);
    if (err == ERR_OK && !application_is_financed(change->row.state)) /* public accounts: what was paid is not paid again to her double */
        err = compare_no_more(change, db);
    if (err == ERR_OK)
        err = change_keep_reason(change, db, reason);
    if (err != ERR_OK)
        return err;
    change->row.referral_consent = false;
    change->event_type = EVENT_APPLICATION_RESTRICTED;
    return change_follow_consent(change, db, consent_before);
}

/* A consent that went with it does not come back by itself: it is given anew, with the form. She is compared again, or whoever has a double would
 * object once and never be asked about it: her form is told as when a mistake in it is put right. */
static enum err oppose_no_more(struct change *change, struct db *db)
{
    struct str body;
    enum err err = clear(change, &change->row.restriction);
    if (err != ERR_OK || application_is_gone(change->row.state))
        return err;
    err = change_reopen_form(change, db, &body);
    if (err == ERR_OK)
        err = change_take_form(change, body, change->row.submitted_at);
    change->event_type = EVENT_APPLICATION_CONFIRMED;
    return err;
}

/* ── Registers ── */

static const char *const REGISTERS[] = {"ice", "cooperatives", "auto-entrepreneurs", NULL};
static const char *const FINDINGS[] = {"FOUND", "NOT_FOUND", "DIFFERS", NULL};
#define REGISTERS_MAX 3

struct check_message {
    int in_register, result;
    struct str note;
};
static const struct wire_field CHECK_FIELDS[] = {
    WIRE_FIELD(check_message, "register", in_register, WIRE_CHOICE_FIELD, int, WIRE_REQUIRED, 0, 0, REGISTERS, NULL),
    WIRE_CHOICE(check_message, result, WIRE_REQUIRED, FINDINGS),
    WIRE_TEXT(check_message, note, WIRE_NULLABLE, 0, REASON_POINTS_MAX),
};
static WIRE_TABLE(CHECK, check_message, CHECK_FIELDS);

struct check_view {
    struct str name, result, by;
    instant_us at;
};
static const struct wire_field VIEW_FIELDS[] = {
    WIRE_FIELD(check_view, "register", name, WIRE_TEXT_FIELD, struct str, 0, 0, 0, NULL, NULL),
    WIRE_TEXT(check_view, result, 0, 0, 0),
    WIRE_INSTANT(check_view, at, 0),
    WIRE_TEXT(check_view, by, 0, 0, 0),
};
static WIRE_TABLE(VIEW, check_view, VIEW_FIELDS);
struct checks_document {
    struct wire_list items;
};
static const struct wire_field DOCUMENT_FIELDS[] = {WIRE_LIST(checks_document, items, 0, 0, 0, &VIEW)};
static WIRE_TABLE(DOCUMENT, checks_document, DOCUMENT_FIELDS);

static enum err stored_checks(struct change *change, struct checks_document *ret_document)
{
    struct violations *violations = arena_take(change->arena, sizeof(*violations));
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, change->arena);
    struct str text = str_empty(change->row.register_checks) ? STR("[]") : change->row.register_checks;
    struct str whole = str_format(change->arena, "{\"items\":%.*s}", (int)text.size, text.at);
    return wire_decode(&DOCUMENT, whole, WIRE_IGNORE_UNKNOWN, change->arena, ret_document, violations) == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

/* The new one first, then the latest of each other register. */
static enum err put_check(struct change *change, const struct checks_document *stored, const struct check_view *made)
{
    struct buf out;
    size_t kept = 1;
    buf_init(&out, change->arena, SIZE_MAX);
    buf_byte(&out, '[');
    wire_encode(&VIEW, made, &out);
    const struct check_view *items = stored->items.items;
    for (size_t i = 0; i < stored->items.count && kept < REGISTERS_MAX; i++) {
        if (str_equal(items[i].name, made->name))
            continue;
        buf_byte(&out, ',');
        wire_encode(&VIEW, &items[i], &out);
        kept++;
    }
    buf_byte(&out, ']');
    return buf_done(&out, &change->row.register_checks);
}

static enum err check_register(struct change *change, struct db *db)
{
    struct check_message message;
    struct checks_document stored;
    enum err err = wire_decode(&CHECK, change->request->body, WIRE_REFUSE_UNKNOWN, change->arena, &message, &change->request->violations);
    if (err == ERR_OK && is_erased(change))
        err = ERR_ERASED;
    if (err == ERR_OK && change->row.state == STATE_DRAFT)
        err = ERR_CONFLICT;
    if (err == ERR_OK)
        err = stored_checks(change, &stored);
    if (err != ERR_OK)
        return err;
    const struct check_view made = {str_from(REGISTERS[message.in_register]), str_from(FINDINGS[message.result]),
                                    access_actor(&change->request->who, &change->row, change->arena), change->request->received_at};
    change->event_type = EVENT_APPLICATION_PROGRESSED;
    err = put_check(change, &stored, &made);
    return err == ERR_OK ? change_keep_reason(change, db, message.note) : err;
}

/* ── Routes ── */

static const struct change_kind HOLD = {.apply = hold, .action = "hold"};
static const struct change_kind RELEASE = {.apply = release_hold, .action = "release-hold"};
static const struct change_kind OPPOSE = {.apply = oppose, .action = "oppose"};
static const struct change_kind OPPOSE_NO_MORE = {.apply = oppose_no_more, .action = "oppose-no-more", .keeps_consents = true};
static const struct change_kind CHECK_REGISTER = {.apply = check_register, .action = "check-register"};

enum err hold_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &HOLD);
}

enum err hold_release_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &RELEASE);
}

enum err opposition_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &OPPOSE);
}

enum err opposition_undo_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &OPPOSE_NO_MORE);
}

enum err register_check_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHECK_REGISTER);
}
