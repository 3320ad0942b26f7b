#include "filing.h"

#include <stdio.h>

#include "app/config.h"
#include "proto/topics.h"
#include "services/intake/store/store_submit_parts.h"
#include "services/intake/application/submission.h"
#include "services/jisrctl/demo_data.h"

struct filing_keys {
    struct intake_keys keys;
};

/* ── The sample call, as its sample.sql says it ── */

#define VERSION STR("2026-1")

static const struct call *sample_call(void)
{
    static struct str provinces[16];
    static struct consent_terms consents[2];
    static struct call call = {.id = 1};
    if (call.terms.province_count > 0)
        return &call;
    for (size_t i = 0; i < DEMO_PROVINCE_COUNT; i++)
        provinces[i] = str_from(DEMO_PROVINCES[i].code);
    consents[0] = (struct consent_terms){PURPOSE_PROCESSING, VERSION, true};
    consents[1] = (struct consent_terms){PURPOSE_REFERRAL, VERSION, false};
    call.terms = (struct call_terms){.id = STR("fes-meknes-2026"),
                                     .region = STR("MA-03"),
                                     .takes_applications = true,
                                     .kinds = {true, true},
                                     .provinces = provinces,
                                     .province_count = DEMO_PROVINCE_COUNT,
                                     .consents = consents,
                                     .consent_count = 2};
    return &call;
}

/* ── Keys ── */

static bool read_key(const char *folder, const char *name, struct arena *arena, struct seal_key *ret_key)
{
    struct str text;
    if (config_read_file(str_format(arena, "%s/%s", folder, name).at, 128, arena, &text) == ERR_OK &&
        seal_key_parse(str_trim(text), ret_key) == ERR_OK)
        return true;
    fprintf(stderr, "jisr-generate: %s/%s is not a key file that can be read\n", folder, name);
    return false;
}

struct filing_keys *filing_keys_read(const char *folder, struct arena *arena)
{
    struct filing_keys *read = arena_take(arena, sizeof(*read));
    const struct {
        const char *name;
        struct seal_key *key;
    } files[] = {
        {"facts.key", &read->keys.facts}, {"contact.key", &read->keys.contact},         {"identity.key", &read->keys.identity},
        {"code.key", &read->keys.code},   {"fingerprint.key", &read->keys.fingerprint},
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (!read_key(folder, files[i].name, arena, files[i].key))
            return NULL;
    return read;
}

const struct seal_key *filing_facts_key(const struct filing_keys *keys)
{
    return &keys->keys.facts;
}

/* ── Submission ── */

static enum err judge_form(const struct filing_source *source, struct arena *arena, struct form *ret_form, struct form_facts *ret_facts)
{
    struct violations violations;
    violations_init(&violations, arena);
    enum err err = form_decode(source->body, arena, ret_form, &violations);
    if (err == ERR_OK)
        form_validate(ret_form, &sample_call()->terms, instant_casablanca_date(source->at), &violations, ret_facts);
    return err == ERR_OK && violations.count > 0 ? ERR_INVALID : err;
}

static struct outbox_row event_row(const struct filed *filed, const char *type, struct str data, instant_us at)
{
    return (struct outbox_row){
        .key = filed->item.id, .aggregate_id = filed->item.id, .version = filed->version, .type = type, .data = data, .at = at};
}

/* A file that waits for a reviewer says so in its event and its history. */
static enum err under_review(struct filed *filed, struct arena *arena)
{
    struct submission *item = &filed->item;
    struct application_change change = {.state = STATE_NONE};
    enum err err = application_submit(&change, true);
    item->event.under_review = true;
    if (err == ERR_OK)
        err = event_set_change(&item->event, &change, item->submitted_at, arena);
    if (err == ERR_OK)
        err = wire_text(&APPLICATION_FULL_EVENT, &item->event, arena, &item->event_data);
    filed->state = change.state;
    filed->history = history_add(arena, filed->history, STATE_DUPLICATE_REVIEW, item->submitted_at, (struct str){0});
    return err;
}

enum err file_submission(const struct filing_source *source, struct arena *arena, struct outbox *outbox, struct filed *ret_filed)
{
    struct form form;
    struct form_facts facts;
    const struct intake_keys *keys = &source->keys->keys;
    memset(&form, 0, sizeof(form));
    memset(&facts, 0, sizeof(facts));
    enum err err = judge_form(source, arena, &form, &facts);
    if (err != ERR_OK)
        return err;
    *ret_filed = (struct filed){.state = STATE_SUBMITTED, .version = 1};
    struct submission *item = &ret_filed->item;
    item->call = sample_call();
    item->created_at = source->at;
    item->request_key = subject_request_key(keys, STR("anonymous"), source->key);
    item->request_hash = subject_fingerprint(keys, source->body);
    const struct submission_source prepared = {keys, &form, &facts, source->body, {0}, LANGUAGE_AR, arena};
    err = submission_prepare(item, &prepared);
    ret_filed->history = item->history;
    if (err == ERR_OK && source->duplicate)
        err = under_review(ret_filed, arena);
    if (err != ERR_OK)
        return err;
    struct outbox_row row = event_row(ret_filed, EVENT_APPLICATION_SUBMITTED, item->event_data, item->created_at);
    row.event_id = item->event_id;
    row.actor = str_format(arena, "applicant:%s", item->receipt);
    row.action = STR("submit");
    outbox_add(outbox, &row);
    return ERR_OK;
}

/* ── Decisions ── */

static enum err decode_decision(struct str data, struct arena *arena, struct decision_event *ret_decision)
{
    struct violations violations;
    violations_init(&violations, arena);
    *ret_decision = (struct decision_event){0};
    return wire_decode(&DECISION_EVENT, data, WIRE_IGNORE_UNKNOWN, arena, ret_decision, &violations);
}

/* The reason of the last state is the decision's own, where it has one. */
static void go_on(struct filed *filed, const struct application_change *change, const struct decision_event *decision, instant_us at,
                  struct arena *arena)
{
    for (size_t i = 0; i < change->count; i++) {
        bool last = i + 1 == change->count;
        struct str why = last && decision->reasons.count > 0 ? reason_text(arena, decision->reasons.items) : (struct str){0};
        filed->history = history_add(arena, filed->history, change->moves[i].to, at, why);
    }
    filed->state = change->state;
    filed->version++;
    filed->decision_version = decision->version;
}

static enum err tell(const struct filed *filed, const struct application_change *change, const struct outbox_row *cause, struct arena *arena,
                     struct outbox *outbox)
{
    const struct submission *item = &filed->item;
    struct str data;
    struct application_event event = {
        .application = item->id,
        .version = filed->version,
        .call = item->call->terms.id,
        .kind = str_from(kind_name(item->kind)),
        .region = item->call->terms.region,
        .province = item->province,
        .cause = cause->event_id,
    };
    enum err err = event_set_change(&event, change, cause->at, arena);
    if (err == ERR_OK)
        err = wire_text(&APPLICATION_SHORT_EVENT, &event, arena, &data);
    if (err != ERR_OK)
        return err;
    uint8_t entropy[10];
    random_bytes(entropy, sizeof(entropy));
    struct outbox_row row = event_row(filed, EVENT_APPLICATION_PROGRESSED, data, cause->at);
    row.event_id = id_make(cause->at / 1000, entropy);
    row.actor = STR("service:eligibility");
    row.action = STR("progress");
    outbox_add(outbox, &row);
    return ERR_OK;
}

enum err file_decision(struct filed *filed, const struct outbox_row *decision, struct arena *arena, struct outbox *outbox)
{
    struct decision_event event;
    struct application_change change = {.state = filed->state};
    enum application_state outcome;
    enum err err = decode_decision(decision->data, arena, &event);
    if (err == ERR_OK && (!application_state_parse(event.outcome, &outcome) || application_decide(&change, outcome) != DECISION_APPLIED))
        err = ERR_CONFLICT;
    if (err != ERR_OK)
        return err;
    const struct decision_view view = {event.outcome, event.reasons, decision->at};
    go_on(filed, &change, &event, decision->at, arena);
    err = wire_text(&DECISION_VIEW, &view, arena, &filed->decision);
    return err == ERR_OK ? tell(filed, &change, decision, arena, outbox) : err;
}
