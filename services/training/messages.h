/* What training reads from events and writes into events and answers: structs and their wire tables (json/wire.h). */
#ifndef TRAINING_MESSAGES_H
#define TRAINING_MESSAGES_H

#include "json/wire.h"

/* The part of application and decision events that matters here (proto/README.md). */
struct placed_message {
    struct id application;
    struct str call, kind, region, province;
    struct str outcome; /* of a decision */
    bool unlisted;      /* an assessment: she is on no list any more, whatever its outcome */
};
extern const struct wire_table PLACED_MESSAGE;

struct transition_message {
    struct str from, to; /* from: empty = null, at birth */
    instant_us at;
};

/* enrolment.* events. */
struct enrolment_message {
    struct id application;
    int64_t version;
    struct str call, kind, region, province, state;
    struct wire_list transitions;
    struct id enrolment, session;    /* session: nil = null */
    struct str course, title, place; /* title: JSON {ar,fr,en} */
    instant_us starts_at;
};
extern const struct wire_table ENROLMENT_MESSAGE;

struct session_item {
    struct id id;
    struct str course, title, call, place, province;
    instant_us starts_at;
    int64_t capacity, enrolled, waitlisted;
    struct str state;
};
extern const struct wire_table SESSION_ITEM;

struct session_page {
    struct wire_list items;
};
extern const struct wire_table SESSION_PAGE;

/* GET …/applications/{id}/enrolment */
struct enrolment_item {
    struct id id;
    struct str state;
    int64_t version;
    struct id session;
    struct str course, title, place;
    instant_us starts_at;
};
extern const struct wire_table ENROLMENT_ITEM;

#endif
