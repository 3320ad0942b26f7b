/* What a woman fills in, as plain values: the application form. Pure. The wire tables of messages.c decode into it; validate.c judges it;
 * dossier.c seals what leaves it. Texts are borrowed from the request's arena. Everything is optional here: a draft may lack almost all of it. */
#ifndef JISR_INTAKE_FORM_H
#define JISR_INTAKE_FORM_H

#include <stdbool.h>

#include "base/instant.h"
#include "base/str.h"

/* The bounds of the form: what the decoder takes, the judge lets pass and proto/http/intake.yaml states. */
#define NAME_POINTS_MAX 120
#define NUMBER_POINTS_MAX 40 /* an identity's or a phone's, as people write it */
#define OLDEST_BIRTH_YEAR 1900
#define HOUSEHOLD_MAX 50
#define JOBS_MAX 10000
#define CENTIMES_MAX INT64_C(100000000000) /* a milliard of dirhams: far above any request, far below an overflow of sums */

enum kind { KIND_PERSON, KIND_COOPERATIVE, KIND_COUNT };

struct form_name {
    struct str ar, latin;
};

struct form_identity {
    struct str type; /* "cnie", "residence-permit", "passport" */
    struct str number;
};

struct form_address {
    struct str province, commune, milieu;
};

struct form_applicant {
    struct form_name name;
    struct form_identity identity;
    struct date birth_date;
    struct str phone;
    struct form_address address;
};

struct form_project {
    struct str title, sector, stage;
    int64_t requested_centimes, own_contribution_centimes, jobs;
    bool has_requested_centimes, has_own_contribution_centimes, has_jobs; /* not given is not the same as 0 */
};

struct form_situation {
    int64_t household_size, monthly_income_centimes;
    double rsu_index;
    bool head_of_household, disability;
    bool has_household_size, has_monthly_income_centimes, has_rsu_index, has_head_of_household, has_disability;
    struct str auto_entrepreneur_number;
};

struct form_member {
    struct form_name name;
    struct form_identity identity;
    struct date birth_date;
    struct str phone, role;
};

struct form_cooperative {
    struct form_name name;
    struct str ice;
    const struct form_member *members;
    size_t member_count;
};

struct form_consent {
    struct str purpose, version, language;
    bool given; /* false, too, when the answer is missing */
};

/* How an agent came to enter a woman's form. */
struct form_assistance {
    struct str channel; /* "office", "home-visit", "phone", "caravan" */
    struct str place;
    struct str paper; /* where the form that she signed is kept; empty: she has not signed one */
};

/* An answer to a field that the call adds, whatever it is; validate_extra.c judges it. */
enum extra_kind { EXTRA_NOTHING, EXTRA_TEXT, EXTRA_NUMBER, EXTRA_YES_NO, EXTRA_OTHER };

struct form_extra {
    struct str id;
    enum extra_kind kind;
    struct str text;
    double number;
};

struct form {
    struct str call, kind_name;
    enum kind kind; /* meaningful when kind_name is one of the kinds */
    bool draft;
    bool has_applicant, has_project, has_situation, has_cooperative, has_assistance;
    struct form_applicant applicant;
    struct form_project project;
    struct form_situation situation;
    struct form_cooperative cooperative;
    struct form_assistance assistance;
    const struct form_consent *consents;
    size_t consent_count;
    const struct form_extra *extras;
    size_t extra_count;
};

#endif
