#include "messages.h"

#include <inttypes.h>

#include "referral.h"

#define CODE_MAX 64
#define NAME_MAX_LENGTH 200
#define URL_MAX_LENGTH 2048
#define NOTE_MAX_LENGTH 1000
#define CONTACT_MAX_BYTES 16384
#define TYPES_MAX 20
#define TERRITORIES_MOST 100
#define PAGE_MOST 1000
#define VERSION_MAX 1e15
#define EVENT_BYTES_MAX 65536

/* ── Events ── */

static const struct wire_field application_fields[] = {
    WIRE_ID(application_message, application, WIRE_REQUIRED),
    WIRE_INT(application_message, version, WIRE_REQUIRED, 1, VERSION_MAX),
    WIRE_TEXT(application_message, call, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(application_message, kind, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(application_message, region, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(application_message, province, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_BOOL(application_message, referral_consent, WIRE_NULLABLE),
    WIRE_TEXT(application_message, contact, WIRE_NULLABLE, 0, CONTACT_MAX_BYTES),
    WIRE_INT(application_message, revision, WIRE_NULLABLE, 0, VERSION_MAX),
};
WIRE_TABLE(APPLICATION_MESSAGE, application_message, application_fields);

static const struct wire_field decision_fields[] = {
    WIRE_INT(decision_message, revision, WIRE_NULLABLE, 0, VERSION_MAX),
    WIRE_TEXT(decision_message, outcome, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_BOOL(decision_message, unlisted, WIRE_NULLABLE),
};
WIRE_TABLE(DECISION_MESSAGE, decision_message, decision_fields);

static const struct wire_field transition_fields[] = {
    WIRE_TEXT(transition_message, from, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_TEXT(transition_message, to, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_INSTANT(transition_message, at, WIRE_REQUIRED),
};
static WIRE_TABLE(TRANSITION_MESSAGE, transition_message, transition_fields);

static const struct wire_field referral_fields[] = {
    WIRE_ID(referral_message, application, WIRE_REQUIRED),
    WIRE_INT(referral_message, version, WIRE_REQUIRED, 1, VERSION_MAX),
    WIRE_TEXT(referral_message, call, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_message, kind, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_message, region, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_message, province, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_message, state, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_LIST(referral_message, transitions, WIRE_REQUIRED, 1, 16, &TRANSITION_MESSAGE),
    WIRE_ID(referral_message, referral, WIRE_REQUIRED),
    WIRE_ID(referral_message, partner, WIRE_REQUIRED),
    WIRE_TEXT(referral_message, outcome, WIRE_NULLABLE | WIRE_OMIT, 1, CODE_MAX),
    WIRE_TEXT(referral_message, reason, WIRE_NULLABLE | WIRE_OMIT, 1, CODE_MAX),
};
WIRE_TABLE(REFERRAL_MESSAGE, referral_message, referral_fields);

enum err cloud_event_text(const struct outbox_row *row, struct arena *arena, struct str *ret_text)
{
    char event_id[ID_TEXT_SIZE + 1], key[ID_TEXT_SIZE + 1], aggregate_id[ID_TEXT_SIZE + 1], at[INSTANT_TEXT_SIZE + 1];
    struct buf json;
    id_format(row->event_id, event_id);
    id_format(row->key, key);
    id_format(row->aggregate_id, aggregate_id);
    instant_format(row->at, at);
    buf_init(&json, arena, EVENT_BYTES_MAX);
    buf_format(&json,
               "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/jisr/"
               "notifier\",\"type\":\"%s\",\"time\":\"%s\",\"subject\":\"%s\",\"partitionkey\":\"%s\","
               "\"aggregateid\":\"%s\",\"aggregateversion\":\"%" PRId64 "\",\"datacontenttype\":\"application/json\"",
               event_id, row->type, at, key, key, aggregate_id, row->version);
    if (!str_empty(row->traceparent)) {
        buf_add(&json, STR(",\"traceparent\":"));
        json_add_string(&json, row->traceparent);
    }
    buf_add(&json, STR(",\"data\":"));
    buf_add(&json, row->data);
    buf_byte(&json, '}');
    return buf_done(&json, ret_text);
}

/* ── Requests ── */

static const struct wire_field name_fields[] = {
    WIRE_TEXT(name_message, ar, WIRE_REQUIRED, 1, NAME_MAX_LENGTH),
    WIRE_TEXT(name_message, fr, WIRE_REQUIRED, 1, NAME_MAX_LENGTH),
    WIRE_TEXT(name_message, en, WIRE_NULLABLE | WIRE_OMIT, 1, NAME_MAX_LENGTH),
};
WIRE_TABLE(NAME_MESSAGE, name_message, name_fields);

static const struct wire_field partner_request_fields[] = {
    WIRE_OBJECT(partner_request, name, WIRE_REQUIRED, name_message, &NAME_MESSAGE),
};
WIRE_TABLE(PARTNER_REQUEST, partner_request, partner_request_fields);

static const struct wire_field endpoint_request_fields[] = {
    WIRE_TEXT(endpoint_request, url, WIRE_REQUIRED, 1, URL_MAX_LENGTH),
    WIRE_TEXTS(endpoint_request, event_types, WIRE_REQUIRED, 1, TYPES_MAX),
    WIRE_TEXTS(endpoint_request, territories, WIRE_NULLABLE, 0, TERRITORIES_MOST),
};
WIRE_TABLE(ENDPOINT_REQUEST, endpoint_request, endpoint_request_fields);

static const struct wire_field rejection_fields[] = {
    WIRE_CHOICE(rejection_request, reason, WIRE_REQUIRED, REFERRAL_REASONS),
    WIRE_TEXT(rejection_request, note, WIRE_NULLABLE, 1, NOTE_MAX_LENGTH),
};
WIRE_TABLE(REJECTION_REQUEST, rejection_request, rejection_fields);

static const struct wire_field outcome_fields[] = {
    WIRE_CHOICE(outcome_request, outcome, WIRE_REQUIRED, REFERRAL_OUTCOMES),
    WIRE_TEXT(outcome_request, note, WIRE_NULLABLE, 1, NOTE_MAX_LENGTH),
};
WIRE_TABLE(OUTCOME_REQUEST, outcome_request, outcome_fields);

/* ── Answers ── */

static const struct wire_field partner_created_fields[] = {
    WIRE_ID(partner_created, id, WIRE_REQUIRED),
    WIRE_TEXT(partner_created, api_key, WIRE_REQUIRED, 1, 200),
};
WIRE_TABLE(PARTNER_CREATED, partner_created, partner_created_fields);

static const struct wire_field endpoint_created_fields[] = {
    WIRE_ID(endpoint_created, id, WIRE_REQUIRED),
    WIRE_TEXT(endpoint_created, secret, WIRE_REQUIRED, 1, 200),
};
WIRE_TABLE(ENDPOINT_CREATED, endpoint_created, endpoint_created_fields);

static const struct wire_field key_fields[] = {
    WIRE_TEXT(key_message, public_key, WIRE_REQUIRED, 1, 200),
};
WIRE_TABLE(KEY_MESSAGE, key_message, key_fields);

static const struct wire_field partner_item_fields[] = {
    WIRE_ID(partner_item, id, WIRE_REQUIRED),
    WIRE_RAW(partner_item, name, WIRE_REQUIRED),
    WIRE_BOOL(partner_item, enabled, WIRE_REQUIRED),
    WIRE_INSTANT(partner_item, created_at, WIRE_REQUIRED),
    WIRE_INSTANT(partner_item, closed_at, WIRE_NULLABLE),
};
WIRE_TABLE(PARTNER_ITEM, partner_item, partner_item_fields);

static const struct wire_field endpoint_item_fields[] = {
    WIRE_ID(endpoint_item, id, WIRE_REQUIRED),
    WIRE_TEXT(endpoint_item, url, WIRE_REQUIRED, 1, URL_MAX_LENGTH),
    WIRE_TEXTS(endpoint_item, event_types, WIRE_REQUIRED, 1, TYPES_MAX),
    WIRE_TEXTS(endpoint_item, territories, WIRE_REQUIRED, 0, TERRITORIES_MOST),
    WIRE_TEXT(endpoint_item, state, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(endpoint_item, disabled_reason, WIRE_NULLABLE, 1, 200),
    WIRE_INSTANT(endpoint_item, created_at, WIRE_REQUIRED),
};
WIRE_TABLE(ENDPOINT_ITEM, endpoint_item, endpoint_item_fields);

static const struct wire_field referral_item_fields[] = {
    WIRE_ID(referral_item, id, WIRE_REQUIRED),
    WIRE_ID(referral_item, application, WIRE_REQUIRED),
    WIRE_TEXT(referral_item, call, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_item, kind, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_item, region, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_item, province, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(referral_item, state, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_INT(referral_item, version, WIRE_REQUIRED, 1, VERSION_MAX),
    WIRE_TEXT(referral_item, reason, WIRE_NULLABLE, 1, CODE_MAX),
    WIRE_TEXT(referral_item, outcome, WIRE_NULLABLE, 1, CODE_MAX),
    WIRE_INSTANT(referral_item, offered_at, WIRE_REQUIRED),
    WIRE_INSTANT(referral_item, changed_at, WIRE_REQUIRED),
};
WIRE_TABLE(REFERRAL_ITEM, referral_item, referral_item_fields);

#define PAGE_FIELDS(item_table)                                          \
    {                                                                    \
        WIRE_LIST(page, items, WIRE_REQUIRED, 0, PAGE_MOST, &item_table) \
    }
static const struct wire_field partner_page_fields[] = PAGE_FIELDS(PARTNER_ITEM);
static const struct wire_field endpoint_page_fields[] = PAGE_FIELDS(ENDPOINT_ITEM);
static const struct wire_field referral_page_fields[] = PAGE_FIELDS(REFERRAL_ITEM);
WIRE_TABLE(PARTNER_PAGE, page, partner_page_fields);
WIRE_TABLE(ENDPOINT_PAGE, page, endpoint_page_fields);
WIRE_TABLE(REFERRAL_PAGE, page, referral_page_fields);
