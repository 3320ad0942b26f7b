/* What eligibility reads and writes as JSON: structs and their wire tables. */
#ifndef JISR_ELIGIBILITY_MESSAGES_H
#define JISR_ELIGIBILITY_MESSAGES_H

#include "json/wire.h"

/* ── Events that come in ── */

/* ma.jisr.application.submitted / .amended; .withdrawn and .expired have the first part only, of .progressed its `state` counts. */
struct application_message {
    struct id application;
    struct str call, kind, region, province, state;
    int64_t revision;
    instant_us submitted_at;
    bool under_review;
    struct str facts; /* base64 of sealed JSON */
};
extern const struct wire_table SUBMITTED_MESSAGE, WITHDRAWN_MESSAGE, PROGRESSED_MESSAGE;

/* ── Events that go out ── */

struct reason_message {
    struct str ar, fr, en;
};

struct transition_message {
    struct str from, to; /* from: empty at birth → null */
    instant_us at;
};

struct decision_message {
    struct id application;
    int64_t version;
    struct str call, kind, region, province, state;
    struct wire_list transitions; /* struct transition_message */
    struct str outcome;
    struct wire_list reasons; /* struct reason_message */
    int64_t revision;
    double score;
    bool has_score;
    struct str ruleset; /* decision.assessed alone, as the next two */
    int64_t ruleset_version;
    bool unlisted; /* she was on a list and is on none now, nor will an event of this batch put her on one */
    int64_t place; /* the others */
    bool has_place;
};
extern const struct wire_table ASSESSED_MESSAGE, LISTED_MESSAGE;

/* ── HTTP ── */

struct criterion_view {
    struct str id, kind, outcome;
    double points;
    struct reason_message label, reason;
    bool known; /* the ruleset's version is in this program */
};

struct assessment_view {
    struct id application;
    struct str call, ruleset;
    int64_t ruleset_version, revision;
    struct str outcome;
    double score;
    struct wire_list criteria; /* struct criterion_view */
    instant_us assessed_at;
    struct str state;
    int64_t place;
    bool has_place;
};
extern const struct wire_table ASSESSMENT_VIEW;

struct rank_view {
    struct id application;
    struct str state;
    double score;
    instant_us submitted_at;
    int64_t place;
    bool has_place;
};
struct ranking_page {
    struct wire_list items; /* struct rank_view */
};
extern const struct wire_table RANKING_PAGE;

struct quota_view {
    struct str province;
    int64_t places, taken, waiting;
};
struct quota_page {
    struct str call;
    struct wire_list items; /* struct quota_view */
};
extern const struct wire_table QUOTA_PAGE;

#endif
