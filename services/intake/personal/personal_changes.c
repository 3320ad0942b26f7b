/* The two that change something: a consent taken back, and the erasure. Both are changes like others (changes.h): one version, one event, one audit
 * row. */
#include "papers_statements.h"
#include "personal.h"
#include "proto/topics.h"
#include "retention_statements.h"

/* ── A consent taken back ── */

/* Without the consent to be processed nothing may be done with the file any more: it is withdrawn. */
static enum err stop_processing(struct change *change, struct db *db)
{
    enum err err = CHANGE_WITHDRAW.apply(change, db);
    return err == ERR_OK ? change_keep_consent(change, db, PURPOSE_PROCESSING, false) : err;
}

static enum err stop_referral(struct change *change, struct db *db)
{
    if (!change->row.referral_consent)
        return ERR_CONFLICT;
    change->row.referral_consent = false;
    change->event_type = EVENT_APPLICATION_RESTRICTED;
    return change_follow_consent(change, db, true);
}

static enum err withdraw_consent(struct change *change, struct db *db)
{
    struct str purpose = change->request->params[1];
    bool referral = str_equal(purpose, PURPOSE_REFERRAL);
    if (!referral && !str_equal(purpose, PURPOSE_PROCESSING))
        return ERR_NOT_FOUND; /* a purpose that a call has made up and nothing here acts on */
    if (change->row.state == STATE_DRAFT)
        return ERR_CONFLICT; /* nobody uses it before she sends it: she says it in the draft itself */
    return referral ? stop_referral(change, db) : stop_processing(change, db);
}

const struct change_kind CHANGE_WITHDRAW_CONSENT = {.apply = withdraw_consent, .action = "withdraw-consent"};

/* ── Erasure ── */

struct erasure_message {
    struct str reason;
};
static const struct wire_field ERASURE_FIELDS[] = {
    WIRE_TEXT(erasure_message, reason, WIRE_NULLABLE, 0, 300),
};
static WIRE_TABLE(ERASURE_MESSAGE, erasure_message, ERASURE_FIELDS);

static enum err read_reason(struct change *change, struct str *ret_reason)
{
    struct http_request *request = change->request;
    struct erasure_message message = {0};
    enum err err = str_empty(request->body)
                       ? ERR_OK
                       : wire_decode(&ERASURE_MESSAGE, request->body, WIRE_REFUSE_UNKNOWN, change->arena, &message, &request->violations);
    if (err == ERR_OK && request->who.role == WHO_ADMIN && str_empty(message.reason)) {
        violations_add(&request->violations, STR("/reason"), VIOLATION_REQUIRED, NULL);
        err = ERR_INVALID;
    }
    *ret_reason = message.reason;
    return err;
}

static enum err refuse(struct change *change, const char *why)
{
    violations_add(&change->request->violations, STR(""), VIOLATION_NOT_ALLOWED, why);
    return ERR_INVALID;
}

static enum err check_hold(struct change *change)
{
    return str_empty(change->row.hold) ? ERR_OK : refuse(change, "legal hold: an administrator has to lift it first");
}

/* What was paid out of public money has to be accounted for, and a project is not paid a second time: not at her word, before its class of retention
 * is over. */
static enum err check_accounts(struct change *change)
{
    return application_is_financed(change->row.state) ? refuse(change, "legal hold: her project was financed (public accounts)") : ERR_OK;
}

static enum err end_file(struct change *change)
{
    enum application_state from = change->row.state;
    struct application_change tried = change->states;
    bool unheard_of = change->row.submitted_at == INSTANT_NEVER; /* a draft: nobody else has anything to forget */
    change->event_type = unheard_of ? EVENT_APPLICATION_PROGRESSED : EVENT_APPLICATION_ERASED;
    if (from == STATE_DRAFT)
        return application_expire(&change->states);
    if (application_withdraw(&tried) != ERR_OK)
        return ERR_OK; /* it has ended already */
    change->states = tried;
    stat_move(&change->deltas, &change->row, from, change->states.state);
    return ERR_OK;
}

/* Her numbers are forgotten even as hashes; the count of distinct women goes with them, or she would count twice when she comes again. */
static enum err forget_identities(struct change *change, struct db *db)
{
    struct identity_change identities;
    int64_t gone = 0;
    enum err err = change_held_identities(change, db, &identities);
    if (err != ERR_OK || identities.count == 0)
        return err;
    err = store_release_identities(db, change->arena, &identities, &gone);
    struct stat_cell cell = {.call_id = change->row.call_id,
                             .kind = change->row.kind,
                             .province = change->row.province,
                             .state = change->states.state,
                             .distinct_women = -gone};
    if (err == ERR_OK && gone > 0)
        stat_add(&change->deltas, &cell);
    return err;
}

static enum err destroy(struct change *change, struct db *db)
{
    static const struct db_statement *const STATEMENTS[] = {&PAPERS_DROP_REVISIONS,   &PAPERS_LOCK_DOCUMENTS, &PAPERS_DROP_DOCUMENTS,
                                                            &PAPERS_DROP_TRAITS,      &PAPERS_DROP_PAIRS,     &PAPERS_DROP_ANSWERS,
                                                            &PAPERS_DROP_IMPORT_KEYS, &PAPERS_DESTROY_KEYS,   NULL};
    enum err err = change_queue_each(change, db, STATEMENTS);
    change->row.body = STR("");
    change->row.complement = change->row.confirmation = change->row.restriction = change->row.register_checks = change->row.follow_up =
        change->row.decision = (struct str){0}; /* its reasons say what she is; the state says what was decided */
    change->row.history = history_without_words(change->arena, change->row.history);
    change->row.referral_consent = false;
    return err;
}

enum err change_keep_reason(struct change *change, struct db *db, struct str reason)
{
    if (str_empty(reason))
        return ERR_OK;
    struct buf detail;
    struct audit_row audit = {.at = change->request->received_at,
                              .subject = change->id,
                              .actor = access_actor(&change->request->who, &change->row, change->arena),
                              .action = STR("reason")};
    buf_init(&detail, change->arena, 4096);
    buf_add(&detail, STR("{\"reason\":"));
    json_add_string(&detail, reason);
    buf_byte(&detail, '}');
    enum err err = buf_done(&detail, &audit.detail);
    return err == ERR_OK ? audit_write(&audit, db, change->arena) : err;
}

static enum err erase_for(struct change *change, struct db *db, struct str reason)
{
    enum err err = check_hold(change);
    if (err == ERR_OK)
        err = end_file(change);
    if (err == ERR_OK)
        err = forget_identities(change, db);
    if (err == ERR_OK)
        err = change_keep_reason(change, db, reason);
    return err == ERR_OK ? destroy(change, db) : err;
}

static enum err erase(struct change *change, struct db *db)
{
    struct str reason;
    enum err err = read_reason(change, &reason);
    if (err == ERR_OK)
        err = check_accounts(change);
    return err == ERR_OK ? erase_for(change, db, reason) : err;
}

const struct change_kind CHANGE_ERASE = {.apply = erase, .action = "erase"};

/* ERR_NOT_FOUND: no longer due. Its state may have changed since it was found: an appeal was upheld, another run was quicker. */
static enum err erase_over(struct change *change, struct db *db)
{
    struct str class = change->request->params[0];
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, change->arena);
    db_arg_str(&args, class);
    db_arg_instant(&args, change->request->received_at);
    db_arg_id(&args, change->id);
    enum err err = db_run(db, &RETENTION_STILL_DUE, &args, change->arena, &rows);
    if (err == ERR_OK && !db_get_bool(&rows, 0, 0))
        err = ERR_NOT_FOUND;
    return err == ERR_OK ? erase_for(change, db, str_format(change->arena, "retention: %.*s", (int)class.size, class.at)) : err;
}

static const struct change_kind ERASE_OVER = {.apply = erase_over, .action = "erase"};

enum err erase_kept(struct http_request *request, struct service_worker *worker, struct id id)
{
    return change_one_of_many(request, worker, &ERASE_OVER, id);
}

enum err consent_withdrawal_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &CHANGE_WITHDRAW_CONSENT);
}

enum err erasure_post(struct http_request *request, void *worker)
{
    struct str scheme = http_header(request, "Authorization");
    if (request->who.role == WHO_APPLICANT && !str_equal_nocase(str_cut(&scheme, ' '), STR("Basic")))
        return ERR_FORBIDDEN;
    return change_application(request, worker, &CHANGE_ERASE);
}
