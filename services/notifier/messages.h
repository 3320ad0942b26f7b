/* What notifier reads from events and requests, and writes into events, webhooks and answers: structs and their wire tables (json/wire.h). */
#ifndef NOTIFIER_MESSAGES_H
#define NOTIFIER_MESSAGES_H

#include "db/outbox.h"
#include "json/wire.h"

/* The part of application events that matters here (proto/README.md). */
struct application_message {
    struct id application;
    int64_t version, revision;
    struct str call, kind, region, province;
    bool referral_consent;
    struct str contact; /* sealed, base64; empty in a withdrawal */
};
extern const struct wire_table APPLICATION_MESSAGE;

/* The part of decision events that matters here. */
struct decision_message {
    int64_t revision;
    struct str outcome;
    bool unlisted; /* an assessment: she is on no list any more, whatever its outcome */
};
extern const struct wire_table DECISION_MESSAGE;

struct transition_message {
    struct str from, to; /* from: empty = null, at birth */
    instant_us at;
};

/* referral.* events. */
struct referral_message {
    struct id application;
    int64_t version;
    struct str call, kind, region, province, state;
    struct wire_list transitions;
    struct id referral, partner;
    struct str outcome, reason;
};
extern const struct wire_table REFERRAL_MESSAGE;

/* The event of this outbox row as structured JSON: the body of a webhook, the same attributes and data that the relay carries to Kafka. */
enum err cloud_event_text(const struct outbox_row *row, struct arena *arena, struct str *ret_text) MUST_CHECK;

struct name_message {
    struct str ar, fr, en;
};
struct partner_request {
    struct name_message name;
};
extern const struct wire_table NAME_MESSAGE, PARTNER_REQUEST;

struct endpoint_request {
    struct str url;
    struct wire_list event_types, territories;
};
extern const struct wire_table ENDPOINT_REQUEST;

struct rejection_request {
    int reason; /* REFERRAL_REASONS */
    struct str note;
};
struct outcome_request {
    int outcome; /* REFERRAL_OUTCOMES */
    struct str note;
};
extern const struct wire_table REJECTION_REQUEST, OUTCOME_REQUEST;

struct partner_created {
    struct id id;
    struct str api_key;
};
struct endpoint_created {
    struct id id;
    struct str secret;
};
struct key_message {
    struct str public_key;
};
extern const struct wire_table PARTNER_CREATED, ENDPOINT_CREATED, KEY_MESSAGE;

struct partner_item {
    struct id id;
    struct str name; /* JSON */
    bool enabled;
    instant_us created_at, closed_at; /* closed_at: INSTANT_NEVER while it is not */
};
struct endpoint_item {
    struct id id;
    struct str url;
    struct wire_list event_types, territories;
    struct str state, disabled_reason;
    instant_us created_at;
};
struct referral_item {
    struct id id, application;
    struct str call, kind, region, province, state;
    int64_t version;
    struct str reason, outcome;
    instant_us offered_at, changed_at;
};
struct page {
    struct wire_list items;
};
extern const struct wire_table PARTNER_ITEM, PARTNER_PAGE, ENDPOINT_ITEM, ENDPOINT_PAGE, REFERRAL_ITEM, REFERRAL_PAGE;

#endif
