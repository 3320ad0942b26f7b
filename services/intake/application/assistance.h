/* Assisted entry: an agent enters a woman's form for her. What she is said to consent to counts only once she stands by it herself, by her receipt
 * and code, or where the agent names a paper that she signed. Until then her file is handled like any other and no partner hears of her. Pure. */
#ifndef JISR_INTAKE_ASSISTANCE_H
#define JISR_INTAKE_ASSISTANCE_H

#include "validate.h"

enum entrant {
    ENTRANT_HERSELF,
    ENTRANT_AGENT,
    ENTRANT_NOBODY, /* the form goes on, or a mistake in it is put right: nothing is said about consents */
};

struct consent_state {
    bool unconfirmed;  /* waits for her word */
    bool signed_paper; /* stands on a paper */
    bool referral;     /* partners may hear of her */
};

/* One writing of a form. */
struct entry {
    enum entrant by;
    bool paper;    /* the agent names one */
    bool referral; /* what the form says */
    bool draft;    /* it stays one */
    bool first;    /* it is submitted by this */
    struct consent_state before;
};

struct consent_state assistance_settle(const struct entry *entry);

/* As bits of an application's warnings, and back. */
int64_t assistance_warnings(const struct consent_state *state, int64_t others);
struct consent_state assistance_state(int64_t warnings, bool referral);

/* What she reads in her file's history about a form that was entered for her. */
enum assistance_line { LINE_ENTERED, LINE_ENTERED_ON_PAPER, LINE_CONFIRMED_BY_CODE, LINE_CONFIRMED_ON_PAPER, LINE_COUNT };
struct application_reason;
const struct application_reason *assistance_line(enum assistance_line line);

#endif
