/* What the call editor answers, and the events of a call. proto/http/intake.yaml: CallDraft; proto/events/ma.jisr.call.*. */
#ifndef JISR_INTAKE_EDITOR_MESSAGES_H
#define JISR_INTAKE_EDITOR_MESSAGES_H

#include "json/wire.h"

struct draft_problem {
    struct str pointer, code, message;
};

struct call_draft_view {
    struct str id, region, state, changed_by;
    int64_t version, published_version; /* of the draft; of the call: 0 while it is not published */
    instant_us changed_at;
    struct str document;       /* JSON */
    struct wire_list problems; /* struct draft_problem */
};
extern const struct wire_table CALL_DRAFT_VIEW; /* all of it */

struct call_draft_list {
    struct wire_list items; /* struct call_draft_view, without document and problems */
};
extern const struct wire_table CALL_DRAFT_LIST;

struct quota_entry {
    struct str province;
    int64_t places;
};

struct call_event {
    struct str call, region, state, shortlisting, ruleset;
    int64_t version;
    instant_us opens_at, closes_at;
    bool sample;
    struct wire_list quotas; /* struct quota_entry */
};
extern const struct wire_table CALL_PUBLISHED_EVENT, CALL_CLOSED_EVENT;

#endif
