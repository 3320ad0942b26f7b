/* A call as an administrator writes it: the document that is drafted, checked and published. proto/http/intake.yaml: CallDocument. */
#ifndef JISR_INTAKE_CALL_DOCUMENT_H
#define JISR_INTAKE_CALL_DOCUMENT_H

#include "json/wire.h"
#include "services/intake/application/messages.h"
#include "services/intake/application/validate.h"

struct call_region {
    struct str code;
    struct reason name;
};

struct call_province {
    struct str code;
    struct reason name;
    int64_t places;
    bool has_places;
};

struct call_paper {
    struct str id;
    struct reason title, why;
    struct wire_list kinds; /* struct str */
};

struct call_consent {
    struct str purpose, version;
    bool required;
    struct reason text;
};

struct call_clock {
    int64_t answer_days, complement_days, draft_days;
    bool has_answer_days, has_complement_days, has_draft_days;
    struct str counting, calendar;
};

struct call_choice {
    struct str id;
    struct reason label;
};

/* A field of the form beyond the core. */
struct call_field {
    struct str id, type;
    struct reason label, help;
    struct wire_list kinds; /* struct str; none: all */
    bool required, has_min, has_max;
    int64_t min, max;         /* numbers: of the value; text: of its length */
    struct wire_list choices; /* struct call_choice */
};

struct call_document {
    struct str id;
    struct reason title;
    struct call_region region;
    struct wire_list provinces; /* struct call_province */
    instant_us opens_at, closes_at;
    struct wire_list kinds;     /* struct str */
    struct wire_list documents; /* struct call_paper */
    struct wire_list consents;  /* struct call_consent */
    struct call_clock clock;
    struct str shortlisting, ruleset;
    bool ice_strict, sample, has_members_min;
    int64_t members_min;
    struct wire_list fields; /* struct call_field */
};

/* A draft may lack almost everything; what is there must be of the right type. Errors as wire_decode. */
enum err call_document_decode(struct str body, struct arena *arena, struct call_document *ret_document, struct violations *violations) MUST_CHECK;
/* The fields of a call's row, as its terms. ERR_INTERNAL when they can't be read. */
enum err call_fields_read(struct str json, struct arena *arena, struct call_terms *terms) MUST_CHECK;
/* All that keeps it from being published. `published`: the version before, or NULL: some promises can't be taken back. */
void call_document_check(const struct call_document *document, const struct call_document *published, instant_us now, struct violations *violations);

#endif
