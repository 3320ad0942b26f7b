#include "funding.h"

#include "base/wording.h"
#include "changes.h"
#include "funding_statements.h"
#include "messages.h"
#include "proto/topics.h"

#define REFERENCE_POINTS_MAX 80
#define BY_POINTS_MAX 120

/* ── What staff say, and what is kept of it and shown ── */

struct funding {
    int64_t amount_centimes;
    struct date paid_on;
    struct str reference; /* of the payment order */
};
static const struct wire_field FUNDING_FIELDS[] = {
    WIRE_INT(funding, amount_centimes, WIRE_REQUIRED, 1, 1e15),
    WIRE_DATE(funding, paid_on, WIRE_REQUIRED),
    WIRE_TEXT(funding, reference, WIRE_REQUIRED, 1, REFERENCE_POINTS_MAX),
};
static WIRE_TABLE(FUNDING, funding, FUNDING_FIELDS);

struct follow_up {
    struct date began_on;
    struct str by; /* who accompanies her */
    struct date ended_on;
    struct str outcome;
};
static const struct wire_field BEGIN_FIELDS[] = {
    WIRE_DATE(follow_up, began_on, WIRE_REQUIRED),
    WIRE_TEXT(follow_up, by, WIRE_REQUIRED, 1, BY_POINTS_MAX),
};
static WIRE_TABLE(BEGIN, follow_up, BEGIN_FIELDS);
static const struct wire_field FOLLOW_UP_FIELDS[] = {
    WIRE_DATE(follow_up, began_on, WIRE_REQUIRED),
    WIRE_TEXT(follow_up, by, WIRE_REQUIRED, 0, 0),
    WIRE_DATE(follow_up, ended_on, WIRE_NULLABLE),
    WIRE_TEXT(follow_up, outcome, WIRE_NULLABLE, 0, 0),
};
static WIRE_TABLE(FOLLOW_UP, follow_up, FOLLOW_UP_FIELDS);

static const char *const OUTCOMES[] = {"ACTIVE", "EMPLOYED", "STOPPED", "NOT_REACHABLE", "OTHER", NULL};
static const struct application_reason OUTCOME_LINES[] = {
    {"انتهت المواكبة: مشروعك مستمر.", "L'accompagnement est terminé : votre activité se poursuit.",
     "The accompaniment has ended: your project goes on."},
    {"انتهت المواكبة: لديك عمل الآن.", "L'accompagnement est terminé : vous avez un emploi.", "The accompaniment has ended: you have a job."},
    {"انتهت المواكبة: توقف مشروعك.", "L'accompagnement est terminé : votre activité s'est arrêtée.",
     "The accompaniment has ended: your project has stopped."},
    {"انتهت المواكبة: تعذر الاتصال بك.", "L'accompagnement est terminé : vous n'étiez plus joignable.",
     "The accompaniment has ended: you could not be reached any more."},
    {"انتهت المواكبة.", "L'accompagnement est terminé.", "The accompaniment has ended."},
};

struct end {
    struct date ended_on;
    int outcome;
};
static const struct wire_field END_FIELDS[] = {
    WIRE_DATE(end, ended_on, WIRE_REQUIRED),
    WIRE_CHOICE(end, outcome, WIRE_REQUIRED, OUTCOMES),
};
static WIRE_TABLE(END, end, END_FIELDS);

static enum err stored(struct change *change, const struct wire_table *table, struct str text, void *ret_message)
{
    struct violations *violations = arena_take(change->arena, sizeof(*violations));
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, change->arena);
    return wire_decode(table, text, WIRE_IGNORE_UNKNOWN, change->arena, ret_message, violations) == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

/* ── What they have in common ── */

/* The state is looked at before what was sent: a conflict is no matter of fields. */
static enum err step(struct change *change, enum application_state to, const struct wire_table *table, void *ret_message)
{
    enum application_state from = change->row.state;
    enum err err = application_move(&change->states, to);
    if (err != ERR_OK)
        return err;
    change->event_type = EVENT_APPLICATION_PROGRESSED;
    stat_move(&change->deltas, &change->row, from, to);
    return wire_decode(table, change->request->body, WIRE_REFUSE_UNKNOWN, change->arena, ret_message, &change->request->violations);
}

/* What is reported has happened, and in its order. */
static void check_day(struct change *change, struct str pointer, struct date day, struct date earliest)
{
    struct violations *violations = &change->request->violations;
    if (date_compare(day, instant_casablanca_date(change->request->received_at)) > 0)
        violations_add(violations, pointer, VIOLATION_FUTURE, NULL);
    else if (date_compare(day, earliest) < 0)
        violations_add(violations, pointer, VIOLATION_NOT_ALLOWED, "a day before what it follows");
}

static enum err checked(const struct change *change)
{
    return change->request->violations.count == 0 ? ERR_OK : ERR_INVALID;
}

static struct str line(struct change *change, const struct application_reason *text)
{
    return reason_text(change->arena, &(struct reason){str_from(text->ar), str_from(text->fr), str_from(text->en)});
}

/* ── The payment ── */

static enum err check_payment(struct change *change, struct db *db, const struct funding *funding)
{
    struct form *form;
    enum err err = change_stored_form(change, db, &form);
    if (err != ERR_OK)
        return err;
    if (funding->amount_centimes > form->project.requested_centimes)
        violations_add(&change->request->violations, STR("/amount_centimes"), VIOLATION_TOO_LARGE, "the amount that she asked for");
    check_day(change, STR("/paid_on"), funding->paid_on, instant_casablanca_date(change->row.submitted_at));
    return checked(change);
}

static enum err check_doubles(struct change *change, struct db *db)
{
    struct db_args args;
    struct db_rows rows;
    if (!str_empty(change->row.restriction)) {
        violations_add(&change->request->violations, STR(""), VIOLATION_NOT_ALLOWED,
                       "she objects to the use of her data: nobody can tell whether she has a double");
        return ERR_INVALID;
    }
    db_args_init(&args, change->arena);
    db_arg_id(&args, change->id);
    enum err err = db_queue(db, &FUNDING_ONE_AT_A_TIME, NULL);
    if (err == ERR_OK)
        err = db_run(db, &FUNDING_PAID_DOUBLES, &args, change->arena, &rows);
    if (err == ERR_OK && db_get_bool(&rows, 0, 0))
        violations_add(&change->request->violations, STR(""), VIOLATION_NOT_ALLOWED,
                       "its likely double has been paid: a reviewer has to tell them apart first");
    return err == ERR_OK ? checked(change) : err;
}

/* 4500000 → "45 000,00"; the signs are those of the language. */
static struct str amount_text(struct arena *arena, int64_t centimes, const char *thousands, const char *decimal)
{
    struct str digits = str_format(arena, "%lld", (long long)(centimes / 100)), text = {0};
    struct buf out;
    buf_init(&out, arena, 64);
    for (size_t i = 0; i < digits.size; i++) {
        if (i > 0 && (digits.size - i) % 3 == 0)
            buf_add(&out, str_from(thousands));
        buf_byte(&out, digits.at[i]);
    }
    buf_format(&out, "%s%02d", decimal, (int)(centimes % 100));
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

static struct str payment_line(struct arena *arena, const struct funding *funding)
{
    struct str continental = amount_text(arena, funding->amount_centimes, "\xc2\xa0", ","),
               english = amount_text(arena, funding->amount_centimes, ",", ".");
    struct str days[LANGUAGE_COUNT];
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        days[language] = wording_day(arena, funding->paid_on, (enum language)language);
    struct reason reason = {
        .ar = str_format(arena, "تم صرف التمويل: %.*s درهم بتاريخ %.*s.", (int)continental.size, continental.at, (int)days[LANGUAGE_AR].size,
                         days[LANGUAGE_AR].at),
        .fr = str_format(arena, "Le financement est versé : %.*s dirhams le %.*s.", (int)continental.size, continental.at,
                         (int)days[LANGUAGE_FR].size, days[LANGUAGE_FR].at),
        .en = str_format(arena, "The funding has been paid: %.*s dirhams on %.*s.", (int)english.size, english.at, (int)days[LANGUAGE_EN].size,
                         days[LANGUAGE_EN].at),
    };
    return reason_text(arena, &reason);
}

/* Public money: who has paid how much is in the chain, whatever becomes of the row. */
static enum err audit_payment(struct change *change, struct db *db)
{
    struct audit_row audit = {.at = change->request->received_at,
                              .subject = change->id,
                              .actor = access_actor(&change->request->who, &change->row, change->arena),
                              .action = STR("payment"),
                              .detail = change->row.funding};
    return audit_write(&audit, db, change->arena);
}

static enum err pay(struct change *change, struct db *db)
{
    struct funding funding;
    enum err err = step(change, STATE_FUNDED, &FUNDING, &funding);
    if (err == ERR_OK)
        err = check_payment(change, db, &funding);
    if (err == ERR_OK)
        err = check_doubles(change, db);
    if (err == ERR_OK)
        err = wire_text(&FUNDING, &funding, change->arena, &change->row.funding);
    if (err != ERR_OK)
        return err;
    change->why = payment_line(change->arena, &funding);
    return audit_payment(change, db);
}

/* ── The accompaniment ── */

static enum err begin(struct change *change, struct db *db)
{
    (void)db;
    struct follow_up follow_up = {0};
    struct funding funding;
    enum err err = step(change, STATE_FOLLOW_UP, &BEGIN, &follow_up);
    if (err == ERR_OK)
        err = stored(change, &FUNDING, change->row.funding, &funding);
    if (err != ERR_OK)
        return err;
    check_day(change, STR("/began_on"), follow_up.began_on, funding.paid_on);
    err = checked(change);
    return err == ERR_OK ? wire_text(&FOLLOW_UP, &follow_up, change->arena, &change->row.follow_up) : err;
}

static enum err end(struct change *change, struct db *db)
{
    (void)db;
    struct follow_up follow_up;
    struct end end;
    enum err err = step(change, STATE_CLOSED, &END, &end);
    if (err == ERR_OK)
        err = stored(change, &FOLLOW_UP, change->row.follow_up, &follow_up);
    if (err != ERR_OK)
        return err;
    check_day(change, STR("/ended_on"), end.ended_on, follow_up.began_on);
    follow_up.ended_on = end.ended_on;
    follow_up.outcome = str_from(OUTCOMES[end.outcome]);
    change->why = line(change, &OUTCOME_LINES[end.outcome]);
    err = checked(change);
    return err == ERR_OK ? wire_text(&FOLLOW_UP, &follow_up, change->arena, &change->row.follow_up) : err;
}

/* ── Routes ── */

static const struct change_kind PAY = {.apply = pay, .action = "pay", .needs_version = true}; /* whoever pays has seen the file as it is */
static const struct change_kind FOLLOW = {.apply = begin, .action = "follow-up"};
static const struct change_kind END_FOLLOW_UP = {.apply = end, .action = "end-follow-up"};

enum err payment_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &PAY);
}

enum err follow_up_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &FOLLOW);
}

enum err follow_up_end_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &END_FOLLOW_UP);
}
