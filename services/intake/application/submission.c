#include "submission.h"

#include "app/app.h"
#include "app/crash.h"
#include "app/log.h"
#include "assistance.h"
#include "service/service_writer.h"

#define WAITING_BATCHES 16 /* what may wait: past it the answer is 503 rather than a long wait */
/* Who comes when more are waiting, and would wait for longer than this, is refused at once: a queue that only grows makes everybody wait and serves
 * nobody faster. So many are always taken: a burst from 256 connections is no overload. */
#define ADMITTED_ALWAYS 320
#define DELAY_MAX_US 100000
#define WRITER_ARENA_BYTES ((size_t)256 << 20)

/* ── Before the queue: on the request's thread ── */

static enum err hash_identities(struct submission *item, const struct submission_source *source)
{
    bool cooperative = item->kind == KIND_COOPERATIVE;
    size_t count = cooperative ? source->form->cooperative.member_count : 1;
    item->identities = arena_take_array(source->arena, count, sizeof(*item->identities));
    if (!item->identities)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        item->identities[i] = subject_identity_hash(source->keys, cooperative ? &source->facts->members[i] : &source->facts->applicant);
    item->identity_count = count;
    return ERR_OK;
}

/* Of a form that an agent entered: whether it waits for her word, and what she reads of it. */
static struct str settle_consent(struct submission *item, const struct submission_source *source)
{
    struct entry entry = {
        .by = str_empty(source->agent) ? ENTRANT_HERSELF : ENTRANT_AGENT,
        .paper = !str_empty(source->form->assistance.paper),
        .referral = source->facts->referral_consent,
        .draft = source->form->draft,
        .first = true,
    };
    struct consent_state state = assistance_settle(&entry);
    item->referral_consent = state.referral;
    item->warnings = assistance_warnings(&state, source->facts->warnings);
    if (entry.by == ENTRANT_HERSELF || entry.draft)
        return (struct str){0};
    return line_text(source->arena, state.signed_paper ? LINE_ENTERED_ON_PAPER : LINE_ENTERED);
}

static enum err make_event(struct submission *item, const struct dossier *dossier, struct str why, struct arena *arena)
{
    struct application_change change = {.state = STATE_NONE};
    enum err err = item->draft ? application_move(&change, STATE_DRAFT) : application_submit(&change, false);
    item->event = (struct application_event){
        .application = item->id,
        .version = 1,
        .call = item->call->terms.id,
        .kind = str_from(kind_name(item->kind)),
        .region = item->call->terms.region,
        .province = item->province,
        .revision = 1,
        .submitted_at = item->submitted_at,
        .answer_due_at = item->answer_due_at,
        .referral_consent = item->referral_consent,
        .facts = dossier->facts,
        .contact = dossier->contact,
    };
    if (err == ERR_OK)
        err = event_set_change(&item->event, &change, item->created_at, arena);
    item->history = history_add(arena, (struct str){0}, change.state, item->created_at, why);
    if (err == ERR_OK)
        err = wire_text(item->draft ? &APPLICATION_SHORT_EVENT : &APPLICATION_FULL_EVENT, &item->event, arena, &item->event_data);
    return err == ERR_OK && str_empty(item->history) ? ERR_LIMIT : err;
}

/* Of now, not of `created_at`: a line of a file may be stored hours after its file came, and what goes by ids (awaiting.h) has been there by then. */
static void make_ids(struct submission *item)
{
    uint8_t entropy[2 * 10 + RECEIPT_ENTROPY_BYTES];
    int64_t now_ms = clock_wall_us() / 1000;
    random_bytes(entropy, sizeof(entropy));
    item->id = id_make(now_ms, entropy);
    item->event_id = id_make(now_ms, entropy + 10);
    receipt_make(entropy + 20, item->receipt);
}

enum err submission_prepare(struct submission *item, const struct submission_source *source)
{
    const struct form *form = source->form;
    struct subject_keys keys;
    struct dossier dossier;
    make_ids(item);
    item->kind = form->kind;
    item->draft = form->draft;
    item->province = form->applicant.address.province;
    item->submitted_at = form->draft ? INSTANT_NEVER : item->created_at;
    item->answer_due_at = form->draft ? INSTANT_NEVER : clock_due(&item->call->clock, item->created_at, item->call->clock.answer_days);
    item->women = source->facts->women;
    struct str why = settle_consent(item, source);
    item->language = dossier_language(form, source->language);
    item->created_by = source->agent;
    enum err err = subject_keys_make(source->keys, item->id, source->arena, &keys);
    struct dossier_source sealed = {item->id, source->body, form, source->facts, item->submitted_at, item->language};
    if (err == ERR_OK)
        err = dossier_seal(&keys, &sealed, source->arena, &dossier);
    if (err == ERR_OK && !item->draft)
        err = hash_identities(item, source);
    if (err == ERR_OK && !item->draft)
        item->profile = profile_of(form, instant_casablanca_date(item->submitted_at));
    if (err == ERR_OK)
        err = make_event(item, &dossier, why, source->arena);
    if (err == ERR_OK) {
        item->body = dossier.body;
        item->facts_key = keys.facts_wrapped;
        item->contact_key = keys.contact_wrapped;
    }
    secret_wipe(&keys.facts, sizeof(keys.facts));
    secret_wipe(&keys.contact, sizeof(keys.contact));
    return err;
}

static bool is_staff(const struct principal *who)
{
    return (who->role & (WHO_AGENT | WHO_ADMIN)) != 0;
}

/* After the call has closed, a repeated request still gets the answer that its key has earned. */
static bool only_closed(const struct violations *violations)
{
    return violations->count == 1 && violations->more == 0 && violations->items[0].code == VIOLATION_CLOSED;
}

enum err submission_judge(const struct submission_question *question, struct violations *violations, struct submission_judged *ret_judged)
{
    struct form *form = &ret_judged->form;
    enum err err = form_decode(question->body, question->arena, form, violations);
    if (err != ERR_OK && err != ERR_INVALID)
        return err;
    ret_judged->call = calls_find(question->calls, form->call);
    struct call_terms terms;
    if (ret_judged->call)
        terms = call_terms_at(ret_judged->call, question->at);
    form_validate(form, ret_judged->call ? &terms : NULL, instant_casablanca_date(question->at), violations, &ret_judged->facts);
    if (form->has_assistance && !question->staff)
        violations_add(violations, STR("/assistance"), VIOLATION_NOT_ALLOWED, "how an agent helped, from others than an agent");
    ret_judged->replay_only = only_closed(violations);
    return violations->count == 0 || ret_judged->replay_only ? ERR_OK : ERR_INVALID;
}

/* What a key has earned is looked up before anything is refused: what the call asks for, or this program, may have changed since. */
static enum err prepare(struct http_request *request, struct intake *intake, struct str key, struct submission **ret_item)
{
    const struct calls_snapshot *calls = calls_hold(intake->calls, request->arena);
    struct submission_judged *judged = arena_take(request->arena, sizeof(*judged));
    struct submission *item = arena_take(request->arena, sizeof(*item));
    bool staff = is_staff(&request->who);
    if (!judged || !item)
        return ERR_LIMIT;
    struct submission_question question = {calls, request->body, request->received_at, staff, request->arena};
    enum err err = calls ? submission_judge(&question, &request->violations, judged) : ERR_UNAVAILABLE;
    if (err != ERR_OK && err != ERR_INVALID)
        return err;
    struct str province = judged->form.applicant.address.province;
    if (err == ERR_OK && staff && !principal_covers(&request->who, judged->call->terms.region, province))
        return ERR_FORBIDDEN;
    item->owner = request;
    item->call = judged->call;
    item->replay_only = err == ERR_INVALID || judged->replay_only;
    item->created_at = request->received_at;
    item->traceparent = str_from(request->trace.parent);
    struct str scope = staff ? str_format(request->arena, "staff:%.*s", (int)request->who.subject.size, request->who.subject.at) : STR("anonymous");
    item->request_key = subject_request_key(&intake->keys, scope, key);
    item->request_hash = subject_fingerprint(&intake->keys, request->body);
    *ret_item = item;
    if (item->replay_only)
        return ERR_OK;
    struct submission_source source = {
        &intake->keys,     &judged->form, &judged->facts, request->body, staff ? request->who.subject : (struct str){0},
        request->language, request->arena};
    err = submission_prepare(item, &source);
    if (staff)
        item->actor = principal_actor(&request->who, request->arena);
    return err;
}

bool submission_admits(void *service, const struct http_route *route)
{
    const struct batch *batch = intake_of(service)->batch;
    if (route->at_once != submission_post)
        return true;
    return batch_in_hand(batch) < ADMITTED_ALWAYS || batch_delay_us(batch) < DELAY_MAX_US;
}

enum err submission_post(struct http_request *request, void *context)
{
    struct intake *intake = intake_of(context);
    struct submission *item = NULL;
    struct str key;
    if (request->who.role != WHO_ANYONE && request->who.role != WHO_APPLICANT && !is_staff(&request->who))
        return ERR_FORBIDDEN;
    enum err err = http_idempotency_key(request, &key);
    if (err == ERR_OK)
        err = prepare(request, intake, key, &item);
    if (err != ERR_OK)
        return err;
    http_park(request);
    if (!batch_put(intake->batch, item))
        http_finish(request, ERR_OVERLOADED);
    return ERR_OK;
}

/* ── The writer ── */

/* The same bytes for the same key, however often: all of it comes from what is stored. */
static enum err answer(struct http_request *request, const struct intake *intake, const struct submission *item)
{
    bool draft = item->stored.submitted_at != item->stored.created_at;
    char receipt[RECEIPT_SHOWN_CHARACTERS + 1], code[CODE_CHARACTERS + 1], shown_code[CODE_SHOWN_CHARACTERS + 1];
    receipt_show(item->stored.receipt, receipt);
    subject_code(&intake->keys, item->stored.id, 0, code);
    code_show(code, shown_code);
    struct application_answer made = {
        .id = item->stored.id,
        .receipt_number = str_from(receipt),
        .secret_code = str_from(shown_code),
        .state = draft ? STR("DRAFT") : STR("SUBMITTED"), /* also of a file that waits for review: nobody learns whose number is known */
        .version = 1,
        .submitted_at = draft ? INSTANT_NEVER : item->stored.submitted_at,
        .answer_due_at = draft ? INSTANT_NEVER : item->stored.answer_due_at,
    };
    struct str body;
    enum err err = wire_text(&APPLICATION_ANSWER, &made, request->arena, &body);
    if (err != ERR_OK)
        return err;
    http_set_header(request, "Location", str_format(request->arena, "/intake/v1/applications/%s", id_text(request->arena, item->stored.id).at));
    http_set_etag(request, 1);
    http_answer(request, 201, body);
    return ERR_OK;
}

/* What the request's thread would have said, had it known already that the call has closed. */
static void say_closed(const struct submission *item)
{
    struct http_request *request = item->owner;
    if (request->violations.count == 0)
        violations_add(&request->violations, STR("/call"), VIOLATION_CLOSED, NULL);
}

static size_t count_won(struct submission *const *submissions, size_t count)
{
    size_t won = 0;
    for (size_t i = 0; i < count; i++)
        won += submissions[i]->won && submissions[i]->outcome == ERR_OK;
    return won;
}

/* Followers of one key share no memory with their leader: all answers are made before the first is sent. */
static void write_batch(void *context, void **items, size_t count)
{
    struct service_writer *writer = context;
    const struct intake *intake = writer->owner;
    struct submission **submissions = (struct submission **)items;
    store_submit(writer->db, writer->arena, submissions, count);
    CRASH_POINT("submit-after-commit");
    relay_wake(intake->service->relay, count_won(submissions, count));
    for (size_t i = 0; i < count; i++) {
        struct submission *item = submissions[i];
        if (item->outcome == ERR_OK)
            item->outcome = answer(item->owner, intake, item);
        else if (item->closed)
            say_closed(item);
    }
    for (size_t i = 0; i < count; i++) {
        http_finish(submissions[i]->owner, submissions[i]->outcome);
        CRASH_POINT("submit-answered");
    }
}

static enum err writer_open(void *context, void **ret_writer)
{
    struct intake *intake = context;
    return service_writer_open(intake->service, "writer", WRITER_ARENA_BYTES, intake, ret_writer);
}

enum err submission_start(struct intake *intake)
{
    struct batch_options options = {
        .max_items = (size_t)intake->settings->batch_items,
        .max_waiting = (size_t)intake->settings->batch_items * WAITING_BATCHES,
        .writers = (unsigned)intake->settings->writers,
        .writer_open = writer_open,
        .writer_close = service_writer_close,
        .write = write_batch,
        .service = intake,
    };
    return batch_start(&options, &intake->batch);
}

void submission_stop(struct intake *intake)
{
    batch_stop(intake->batch);
}
