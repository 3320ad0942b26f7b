#include "messages.h"

#define CODE_MAX 64
#define FACTS_MAX 65536

/* ── Events that come in ── */

#define WHOSE_ROWS                                                                                                                            \
    WIRE_ID(application_message, application, WIRE_REQUIRED), WIRE_TEXT(application_message, call, WIRE_REQUIRED, 1, CODE_MAX),               \
        WIRE_TEXT(application_message, kind, WIRE_REQUIRED, 1, CODE_MAX), WIRE_TEXT(application_message, region, WIRE_REQUIRED, 1, CODE_MAX), \
        WIRE_TEXT(application_message, province, WIRE_REQUIRED, 1, CODE_MAX)

static const struct wire_field submitted_fields[] = {
    WHOSE_ROWS,
    WIRE_INT(application_message, revision, WIRE_REQUIRED, 0, 1e9),
    WIRE_INSTANT(application_message, submitted_at, WIRE_REQUIRED),
    WIRE_BOOL(application_message, under_review, WIRE_NULLABLE),
    WIRE_TEXT(application_message, facts, WIRE_REQUIRED, 1, FACTS_MAX),
};
WIRE_TABLE(SUBMITTED_MESSAGE, application_message, submitted_fields);

static const struct wire_field withdrawn_fields[] = {WHOSE_ROWS};
WIRE_TABLE(WITHDRAWN_MESSAGE, application_message, withdrawn_fields);

/* A draft's has no province. */
static const struct wire_field progressed_fields[] = {
    WIRE_ID(application_message, application, WIRE_REQUIRED),
    WIRE_TEXT(application_message, state, WIRE_REQUIRED, 1, CODE_MAX),
};
WIRE_TABLE(PROGRESSED_MESSAGE, application_message, progressed_fields);

/* ── Events that go out ── */

static const struct wire_field reason_fields[] = {WIRE_LANGUAGES(reason_message, 0, 0)};
static WIRE_TABLE(REASON_MESSAGE, reason_message, reason_fields);

static const struct wire_field transition_fields[] = {
    WIRE_TEXT(transition_message, from, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(transition_message, to, 0, 0, 0),
    WIRE_INSTANT(transition_message, at, 0),
};
static WIRE_TABLE(TRANSITION_MESSAGE, transition_message, transition_fields);

#define DECISION_ROWS                                                                                                                             \
    WIRE_ID(decision_message, application, 0), WIRE_INT(decision_message, version, 0, 0, 0), WIRE_TEXT(decision_message, call, 0, 0, 0),          \
        WIRE_TEXT(decision_message, kind, 0, 0, 0), WIRE_TEXT(decision_message, region, 0, 0, 0), WIRE_TEXT(decision_message, province, 0, 0, 0), \
        WIRE_TEXT(decision_message, state, 0, 0, 0), WIRE_LIST(decision_message, transitions, 0, 0, 0, &TRANSITION_MESSAGE),                      \
        WIRE_TEXT(decision_message, outcome, 0, 0, 0), WIRE_LIST(decision_message, reasons, 0, 0, 0, &REASON_MESSAGE),                            \
        WIRE_INT(decision_message, revision, 0, 0, 0),                                                                                            \
        WIRE_GIVEN(decision_message, score, has_score, WIRE_NULLABLE, WIRE_NUMBER_FIELD, double, NULL, NULL)

static const struct wire_field assessed_fields[] = {
    DECISION_ROWS,
    WIRE_TEXT(decision_message, ruleset, 0, 0, 0),
    WIRE_INT(decision_message, ruleset_version, 0, 0, 0),
    WIRE_BOOL(decision_message, unlisted, WIRE_OMIT),
};
WIRE_TABLE(ASSESSED_MESSAGE, decision_message, assessed_fields);

static const struct wire_field listed_fields[] = {
    DECISION_ROWS,
    WIRE_GIVEN(decision_message, place, has_place, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
};
WIRE_TABLE(LISTED_MESSAGE, decision_message, listed_fields);

/* ── HTTP ── */

static const struct wire_field criterion_fields[] = {
    WIRE_TEXT(criterion_view, id, 0, 0, 0),
    WIRE_TEXT(criterion_view, kind, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(criterion_view, outcome, 0, 0, 0),
    WIRE_NUMBER(criterion_view, points, 0, 0, 0),
    WIRE_GIVEN(criterion_view, label, known, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct reason_message, NULL, &REASON_MESSAGE),
    WIRE_GIVEN(criterion_view, reason, known, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct reason_message, NULL, &REASON_MESSAGE),
};
static WIRE_TABLE(CRITERION_VIEW, criterion_view, criterion_fields);

static const struct wire_field assessment_fields[] = {
    WIRE_ID(assessment_view, application, 0),
    WIRE_TEXT(assessment_view, call, 0, 0, 0),
    WIRE_TEXT(assessment_view, ruleset, 0, 0, 0),
    WIRE_INT(assessment_view, ruleset_version, 0, 0, 0),
    WIRE_INT(assessment_view, revision, 0, 0, 0),
    WIRE_TEXT(assessment_view, outcome, 0, 0, 0),
    WIRE_NUMBER(assessment_view, score, 0, 0, 0),
    WIRE_LIST(assessment_view, criteria, 0, 0, 0, &CRITERION_VIEW),
    WIRE_INSTANT(assessment_view, assessed_at, 0),
    WIRE_TEXT(assessment_view, state, 0, 0, 0),
    WIRE_GIVEN(assessment_view, place, has_place, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
};
WIRE_TABLE(ASSESSMENT_VIEW, assessment_view, assessment_fields);

static const struct wire_field rank_fields[] = {
    WIRE_ID(rank_view, application, 0),
    WIRE_TEXT(rank_view, state, 0, 0, 0),
    WIRE_NUMBER(rank_view, score, 0, 0, 0),
    WIRE_INSTANT(rank_view, submitted_at, 0),
    WIRE_GIVEN(rank_view, place, has_place, WIRE_NULLABLE, WIRE_INT_FIELD, int64_t, NULL, NULL),
};
static WIRE_TABLE(RANK_VIEW, rank_view, rank_fields);
static const struct wire_field ranking_fields[] = {WIRE_LIST(ranking_page, items, 0, 0, 0, &RANK_VIEW)};
WIRE_TABLE(RANKING_PAGE, ranking_page, ranking_fields);

static const struct wire_field quota_fields[] = {
    WIRE_TEXT(quota_view, province, 0, 0, 0),
    WIRE_INT(quota_view, places, 0, 0, 0),
    WIRE_INT(quota_view, taken, 0, 0, 0),
    WIRE_INT(quota_view, waiting, 0, 0, 0),
};
static WIRE_TABLE(QUOTA_VIEW, quota_view, quota_fields);
static const struct wire_field quota_page_fields[] = {
    WIRE_TEXT(quota_page, call, 0, 0, 0),
    WIRE_LIST(quota_page, items, 0, 0, 0, &QUOTA_VIEW),
};
WIRE_TABLE(QUOTA_PAGE, quota_page, quota_page_fields);
