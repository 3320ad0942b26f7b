#include "editor_messages.h"

static const struct wire_field PROBLEM_FIELDS[] = {
    WIRE_TEXT(draft_problem, pointer, 0, 0, 0),
    WIRE_TEXT(draft_problem, code, 0, 0, 0),
    WIRE_TEXT(draft_problem, message, 0, 0, 0),
};
static WIRE_TABLE(PROBLEM, draft_problem, PROBLEM_FIELDS);

#define WHAT_A_LIST_SHOWS                                                                                                              \
    WIRE_TEXT(call_draft_view, id, 0, 0, 0), WIRE_INT(call_draft_view, version, 0, 0, 0), WIRE_TEXT(call_draft_view, region, 0, 0, 0), \
        WIRE_TEXT(call_draft_view, state, 0, 0, 0), WIRE_INT(call_draft_view, published_version, 0, 0, 0),                             \
        WIRE_TEXT(call_draft_view, changed_by, 0, 0, 0), WIRE_INSTANT(call_draft_view, changed_at, 0)

static const struct wire_field LINE_FIELDS[] = {WHAT_A_LIST_SHOWS};
static WIRE_TABLE(LINE, call_draft_view, LINE_FIELDS);

static const struct wire_field VIEW_FIELDS[] = {
    WHAT_A_LIST_SHOWS,
    WIRE_LIST(call_draft_view, problems, 0, 0, 0, &PROBLEM),
    WIRE_RAW(call_draft_view, document, 0),
};
WIRE_TABLE(CALL_DRAFT_VIEW, call_draft_view, VIEW_FIELDS);

static const struct wire_field LIST_FIELDS[] = {WIRE_LIST(call_draft_list, items, 0, 0, 0, &LINE)};
WIRE_TABLE(CALL_DRAFT_LIST, call_draft_list, LIST_FIELDS);

static const struct wire_field QUOTA_FIELDS[] = {
    WIRE_TEXT(quota_entry, province, 0, 0, 0),
    WIRE_INT(quota_entry, places, 0, 0, 0),
};
static WIRE_TABLE(QUOTA, quota_entry, QUOTA_FIELDS);

#define WHICH_CALL                                                                                                        \
    WIRE_TEXT(call_event, call, 0, 0, 0), WIRE_INT(call_event, version, 0, 0, 0), WIRE_TEXT(call_event, region, 0, 0, 0), \
        WIRE_TEXT(call_event, state, 0, 0, 0)

static const struct wire_field PUBLISHED_FIELDS[] = {
    WHICH_CALL,
    WIRE_INSTANT(call_event, opens_at, 0),
    WIRE_INSTANT(call_event, closes_at, 0),
    WIRE_TEXT(call_event, shortlisting, 0, 0, 0),
    WIRE_TEXT(call_event, ruleset, 0, 0, 0),
    WIRE_BOOL(call_event, sample, 0),
    WIRE_LIST(call_event, quotas, 0, 0, 0, &QUOTA),
};
WIRE_TABLE(CALL_PUBLISHED_EVENT, call_event, PUBLISHED_FIELDS);

static const struct wire_field CLOSED_FIELDS[] = {WHICH_CALL};
WIRE_TABLE(CALL_CLOSED_EVENT, call_event, CLOSED_FIELDS);
