/* What is particular to each kind of change. The frame has locked and checked the row, and writes what is left here. */
#include "changes.h"
#include "services/intake/duplicates/duplicates.h"
#include "members.h"
#include "proto/topics.h"

/* ── Forms ── */

static enum err get_keys(struct change *change, struct db *db)
{
    enum err err = store_subject_keys(db, change->id, change->arena, &change->keys);
    return err == ERR_OK ? subject_keys_unwrap(&change->intake->keys, change->id, &change->keys) : err;
}

/* Into form and facts; what is wrong with it, by the terms as they are now, into `violations`. ERR_INVALID: it can't be read. */
static enum err read_form(struct change *change, struct str body, bool draft, struct violations *violations)
{
    change->form = arena_take(change->arena, sizeof(*change->form));
    if (!change->form)
        return ERR_LIMIT;
    enum err err = form_decode(body, change->arena, change->form, violations);
    if (err != ERR_OK && err != ERR_INVALID)
        return err;
    change->form->draft = draft;
    form_validate(change->form, &change->terms, instant_casablanca_date(change->request->received_at), violations, &change->facts);
    return err;
}

/* Decodes and judges `body` in place of the form; what a draft may lack is lacking only where `draft` says so. Staff move no file out of their
 * territory: the frame has looked at where it is, this looks at where it would be. */
static enum err judge(struct change *change, struct str body, bool draft)
{
    struct violations *violations = &change->request->violations;
    enum err err = read_form(change, body, draft, violations);
    if (err != ERR_OK && err != ERR_INVALID)
        return err;
    if (!str_equal(change->form->call, change->terms.id))
        violations_add(violations, STR("/call"), VIOLATION_NOT_ALLOWED, "another call than before");
    if (change->form->kind != change->row.kind)
        violations_add(violations, STR("/kind"), VIOLATION_NOT_ALLOWED, "another kind than before");
    if (violations->count > 0)
        return ERR_INVALID;
    return principal_covers(&change->request->who, change->terms.region, change->form->applicant.address.province) ? ERR_OK : ERR_FORBIDDEN;
}

static enum err hash_all(struct change *change, const struct form *form, const struct form_facts *facts, struct identity_change *ret_identities)
{
    bool cooperative = change->row.kind == KIND_COOPERATIVE;
    size_t count = cooperative ? form->cooperative.member_count : 1;
    struct id *hashes = arena_take_array(change->arena, count, sizeof(*hashes));
    if (!hashes)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        hashes[i] = subject_identity_hash(&change->intake->keys, cooperative ? &facts->members[i] : &facts->applicant);
    *ret_identities = (struct identity_change){change->row.call_id, change->id, change->row.kind, hashes, count};
    return ERR_OK;
}

enum err change_read_form(struct change *change, struct str body, struct violations **ret_violations)
{
    struct violations *violations = arena_take(change->arena, sizeof(*violations));
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, change->arena);
    *ret_violations = violations;
    return read_form(change, body, false, violations);
}

/* What the new form says goes into the row; sealed parts into row and event. `submitted_at` INSTANT_NEVER: it stays a draft. */
enum err change_take_form(struct change *change, struct str body, instant_us submitted_at)
{
    struct application_row *row = &change->row;
    struct dossier dossier;
    change_settle_consent(change, submitted_at == INSTANT_NEVER);
    row->province = change->form->applicant.address.province;
    row->women = change->facts.women;
    row->language = dossier_language(change->form, change->request->language);
    struct dossier_source source = {change->id, body, change->form, &change->facts, submitted_at, row->language};
    enum err err = dossier_seal(&change->keys, &source, change->arena, &dossier);
    if (err != ERR_OK)
        return err;
    row->body = dossier.body;
    change->event.facts = dossier.facts;
    change->event.contact = dossier.contact;
    return ERR_OK;
}

enum err change_reopen_form(struct change *change, struct db *db, struct str *ret_body)
{
    struct violations *outdated;
    struct str body;
    enum err err = get_keys(change, db);
    if (err == ERR_OK)
        err = dossier_open_body(&change->keys, change->id, change->row.body, change->arena, &body);
    if (err == ERR_OK)
        err = change_read_form(change, body, &outdated);
    if (err == ERR_OK)
        *ret_body = body;
    return err == ERR_INVALID ? ERR_INTERNAL : err;
}

/* ── Amendment ── */

static bool holds(const struct identity_change *identities, struct id hash)
{
    for (size_t i = 0; i < identities->count; i++)
        if (id_compare(identities->hashes[i], hash) == 0)
            return true;
    return false;
}

/* Opened with the keys of the change. */
static enum err decode_stored(struct change *change, struct form **ret_form)
{
    struct violations *violations = arena_take(change->arena, sizeof(*violations));
    struct form *form = arena_take(change->arena, sizeof(*form));
    struct str body;
    if (!violations || !form)
        return ERR_LIMIT;
    violations_init(violations, change->arena);
    enum err err = dossier_open_body(&change->keys, change->id, change->row.body, change->arena, &body);
    if (err == ERR_OK && form_decode(body, change->arena, form, violations) != ERR_OK)
        err = ERR_INTERNAL;
    if (err == ERR_OK)
        *ret_form = form;
    return err;
}

enum err change_stored_form(struct change *change, struct db *db, struct form **ret_form)
{
    enum err err = get_keys(change, db);
    return err == ERR_OK ? decode_stored(change, ret_form) : err;
}

/* The numbers of the revision that is replaced, out of its sealed body, and what its women were counted as. */
static enum err old_identities(struct change *change, struct identity_change *ret_identities, struct profile *ret_profile)
{
    struct violations *violations = arena_take(change->arena, sizeof(*violations));
    struct form *form;
    struct form_facts facts;
    enum err err = violations ? decode_stored(change, &form) : ERR_LIMIT;
    if (err != ERR_OK)
        return err;
    violations_init(violations, change->arena);
    form->draft = false;
    form_validate(form, &change->terms, instant_casablanca_date(change->request->received_at), violations, &facts);
    if (form->kind == KIND_COOPERATIVE && !facts.members)
        return ERR_INTERNAL;
    *ret_profile = profile_of(form, instant_casablanca_date(change->row.submitted_at));
    return hash_all(change, form, &facts, ret_identities);
}

enum err change_held_identities(struct change *change, struct db *db, struct identity_change *ret_identities)
{
    struct profile profile;
    enum err err = get_keys(change, db);
    *ret_identities = (struct identity_change){0};
    return err == ERR_OK && change->row.submitted_at != INSTANT_NEVER ? old_identities(change, ret_identities, &profile) : err;
}

static enum err exchange_identities(struct change *change, struct db *db, const struct identity_change *old, bool *ret_duplicate,
                                    int64_t *ret_distinct)
{
    struct identity_change now, released = *old;
    struct id *gone_hashes = arena_take_array(change->arena, old->count, sizeof(*gone_hashes));
    int64_t fresh = 0, gone = 0;
    enum err err = gone_hashes ? hash_all(change, change->form, &change->facts, &now) : ERR_LIMIT;
    if (err != ERR_OK)
        return err;
    if (change->row.kind == KIND_COOPERATIVE)
        change->why = members_line(change->arena, old, &now);
    released.hashes = gone_hashes;
    released.count = 0;
    for (size_t i = 0; i < old->count; i++)
        if (!holds(&now, old->hashes[i]))
            gone_hashes[released.count++] = old->hashes[i];
    err = store_release_identities(db, change->arena, &released, &gone);
    if (err == ERR_OK)
        err = store_claim_identities(db, change->arena, &now, ret_duplicate, &fresh);
    if (err == ERR_OK && *ret_duplicate) /* she was told apart from whoever holds it: that is not asked again */
        err = duplicates_held(db, change->arena, &now, ret_duplicate);
    *ret_distinct = fresh - gone;
    return err;
}

/* Both cells carry the day of the submission: its count of applications stays, that of women follows the members. */
static void count_amendment(struct change *change, const struct application_row *old, const struct profile *profile, int64_t distinct_women)
{
    struct date day = instant_casablanca_date(old->submitted_at);
    struct stat_cell before = {.call_id = old->call_id,
                               .kind = old->kind,
                               .province = old->province,
                               .state = old->state,
                               .day = day,
                               .applications = -1,
                               .women = -old->women};
    struct stat_cell after = {.call_id = old->call_id,
                              .kind = old->kind,
                              .province = change->row.province,
                              .state = change->states.state,
                              .day = day,
                              .applications = 1,
                              .women = change->row.women,
                              .distinct_women = distinct_women,
                              .profile = profile_of(change->form, day)};
    profile_add(&before.profile, profile, -1);
    stat_add(&change->deltas, &before);
    stat_add(&change->deltas, &after);
}

static enum err amend_draft(struct change *change, struct db *db)
{
    bool consent_before = change->row.referral_consent;
    change->event_type = EVENT_APPLICATION_DRAFTED;
    enum err err = judge(change, change->request->body, true);
    if (err == ERR_OK)
        err = get_keys(change, db);
    if (err == ERR_OK)
        err = change_take_form(change, change->request->body, INSTANT_NEVER);
    return err == ERR_OK ? change_follow_consent(change, db, consent_before) : err;
}

static enum err amend_submitted(struct change *change, struct db *db)
{
    struct application_row old = change->row;
    struct identity_change identities;
    struct profile profile;
    bool duplicate = false;
    int64_t distinct_women = 0;
    enum err err = judge(change, change->request->body, false);
    if (err == ERR_OK)
        err = get_keys(change, db);
    if (err == ERR_OK)
        err = old_identities(change, &identities, &profile);
    if (err == ERR_OK)
        err = exchange_identities(change, db, &identities, &duplicate, &distinct_women);
    if (err == ERR_OK)
        err = application_amend(&change->states, duplicate);
    if (err == ERR_OK)
        err = store_keep_revision(db, change->arena, &old, change->request->received_at);
    if (err == ERR_OK)
        err = change_take_form(change, change->request->body, old.submitted_at);
    if (err != ERR_OK)
        return err;
    change->row.revision++;
    change_resume_clock(change, &old);
    change->row.decision = (struct str){0}; /* it was about the revision before */
    change->event_type = EVENT_APPLICATION_AMENDED;
    count_amendment(change, &old, &profile, distinct_women);
    return change_follow_consent(change, db, old.referral_consent);
}

static enum err amend(struct change *change, struct db *db)
{
    struct application_change tried = change->states;
    if (!access_may_open(&change->request->who, &change->row))
        return ERR_FORBIDDEN;
    if (change->row.state == STATE_DRAFT)
        return amend_draft(change, db);
    enum err err = application_amend(&tried, false); /* the state is looked at before the form: a conflict is no matter of fields */
    return err == ERR_OK ? amend_submitted(change, db) : err;
}

/* ── Submission of a draft ── */

static enum err submit(struct change *change, struct db *db)
{
    struct application_row *row = &change->row;
    struct identity_change identities;
    struct str body;
    bool duplicate = false;
    int64_t fresh = 0;
    bool consent_before = row->referral_consent;
    if (row->state != STATE_DRAFT)
        return ERR_CONFLICT;
    enum err err = get_keys(change, db);
    if (err == ERR_OK)
        err = dossier_open_body(&change->keys, change->id, row->body, change->arena, &body);
    if (err == ERR_OK)
        err = judge(change, body, false);
    if (err == ERR_OK)
        err = hash_all(change, change->form, &change->facts, &identities);
    if (err == ERR_OK)
        err = store_claim_identities(db, change->arena, &identities, &duplicate, &fresh);
    if (err == ERR_OK)
        err = application_submit(&change->states, duplicate);
    if (err != ERR_OK)
        return err;
    row->submitted_at = change->request->received_at;
    row->answer_due_at = clock_due(&change->call->clock, row->submitted_at, change->call->clock.answer_days);
    err = change_take_form(change, body, row->submitted_at);
    if (err != ERR_OK)
        return err;
    change->event_type = EVENT_APPLICATION_SUBMITTED;
    struct date day = instant_casablanca_date(row->submitted_at);
    struct stat_cell cell = {.call_id = row->call_id,
                             .kind = row->kind,
                             .province = row->province,
                             .state = change->states.state,
                             .day = day,
                             .applications = 1,
                             .women = row->women,
                             .distinct_women = fresh,
                             .profile = profile_of(change->form, day)};
    stat_add(&change->deltas, &cell);
    return change_follow_consent(change, db, consent_before);
}

/* ── Withdrawal ── */

static enum err withdraw(struct change *change, struct db *db)
{
    (void)db;
    enum application_state from = change->row.state;
    enum err err = application_withdraw(&change->states);
    if (err != ERR_OK)
        return err;
    change->event_type = EVENT_APPLICATION_WITHDRAWN;
    stat_move(&change->deltas, &change->row, from, change->states.state);
    return ERR_OK;
}

const struct change_kind CHANGE_AMEND = {.apply = amend, .action = "amend", .needs_version = true};
const struct change_kind CHANGE_SUBMIT = {.apply = submit, .action = "submit"};
const struct change_kind CHANGE_WITHDRAW = {.apply = withdraw, .action = "withdraw"};
