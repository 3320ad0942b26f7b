/* Is this form acceptable for this call, today? All violations at once, each with its RFC 6901 pointer. Pure.
 * What is wrong but not refused (an ICE that fails its check where the call isn't strict) comes back as a warning. */
#ifndef JISR_INTAKE_VALIDATE_H
#define JISR_INTAKE_VALIDATE_H

#include "base/violation.h"
#include "form.h"
#include "identity.h"

struct consent_terms {
    struct str purpose, version;
    bool required;
};

/* A field that a call adds to the form. */
enum field_type { FIELD_TEXT, FIELD_INTEGER, FIELD_MONEY, FIELD_DATE, FIELD_CHOICE, FIELD_YES_NO, FIELD_TYPE_COUNT };

struct field_terms {
    struct str id;
    enum field_type type;
    bool kinds[KIND_COUNT];
    bool required, has_min, has_max;
    int64_t min, max; /* numbers: of the value; text: of its length */
    const struct str *choices;
    size_t choice_count;
};

/* "yes-no" … FIELD_TYPE_COUNT for what is none. */
enum field_type field_type_parse(struct str name);

/* What a call asks for. */
struct call_terms {
    struct str id, region;
    bool takes_applications; /* open, and now is between its dates */
    bool ice_strict;
    bool kinds[KIND_COUNT];
    const struct str *provinces; /* those with a quota */
    size_t province_count;
    const struct consent_terms *consents;
    size_t consent_count;
    const struct field_terms *fields;
    size_t field_count;
    int64_t members_min; /* of a cooperative */
};

#define PURPOSE_PROCESSING STR("processing")
#define PURPOSE_REFERRAL STR("partner-referral")

enum warning { WARNING_ICE_CHECK = 1, WARNING_UNCONFIRMED, WARNING_SIGNED_PAPER, WARNING_COUNT };
#define WARNING_BIT(warning) (1u << ((warning)-1))
/* "ice-check": stored with the application and shown to staff and to her. */
const char *warning_name(enum warning warning);

struct person_number {
    enum identity_type type;
    char number[IDENTITY_SIZE];
};

/* What validation learns on its way: the normalised numbers. */
struct form_facts {
    struct person_number applicant;
    struct person_number *members; /* one for each member of the form, in the arena */
    char phone[PHONE_SIZE];
    char ice[ICE_SIZE]; /* "" when none was given */
    bool ice_valid;
    bool referral_consent;
    unsigned warnings; /* WARNING_BIT */
    int64_t women;     /* registrations that this application counts for */
};

/* The whole numbers of the form, and what each may be. A draft is not held to it. */
struct form_number {
    const char *pointer;
    size_t value_at, given_at; /* offsets in struct form: int64_t, bool */
    int64_t min, max;
};
extern const struct form_number FORM_NUMBERS[];
extern const size_t FORM_NUMBER_COUNT;

/* One with a quota in the call. */
bool call_has_province(const struct call_terms *terms, struct str province);
bool kind_parse(struct str name, enum kind *ret_kind);
const char *kind_name(enum kind kind);

/* Adds to `violations` (some may be there already: a pointer is named once). `terms` NULL: the call isn't known.
 * A draft is held to its call, kind, consents, province and milieu only. ret_facts is whole only when nothing was added. */
void form_validate(const struct form *form, const struct call_terms *terms, struct date today, struct violations *violations,
                   struct form_facts *ret_facts);
/* Whether she consents to `purpose`. */
bool form_consents(const struct form *form, struct str purpose);

#endif
