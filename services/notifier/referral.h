/* The life of a referral: one woman's application shown to one partner. One table says what may follow what, and why. Pure. */
#ifndef NOTIFIER_REFERRAL_H
#define NOTIFIER_REFERRAL_H

#include <stdbool.h>

#include "base/str.h"

/* Order = names in referral.c. */
enum referral_state {
    REFERRAL_NONE, /* not there yet */
    REFERRAL_OFFERED,
    REFERRAL_ACCEPTED,
    REFERRAL_REJECTED,
    REFERRAL_REVOKED,
    REFERRAL_EXPIRED,
    REFERRAL_DONE,
    REFERRAL_STATE_COUNT
};

enum referral_action { REFERRAL_OFFER, REFERRAL_ACCEPT, REFERRAL_REJECT, REFERRAL_REPORT, REFERRAL_REVOKE, REFERRAL_EXPIRE, REFERRAL_ACTION_COUNT };

struct referral_step {
    enum referral_state from;
    enum referral_action action;
    enum referral_state to;
    const char *event; /* one of EVENT_REFERRAL_…; NULL: nothing changes */
    const char *why;
};

extern const struct referral_step REFERRAL_STEPS[];
extern const unsigned REFERRAL_STEP_COUNT;

/* NULL: this action does not fit this state. */
const struct referral_step *referral_step(enum referral_state from, enum referral_action action);
const char *referral_state_name(enum referral_state state); /* "OFFERED"; "" for NONE */
bool referral_state_parse(struct str name, enum referral_state *ret_state);
const char *referral_action_name(enum referral_action action); /* "accept": the audit's word */
/* Does the partner still hold, or may it still take, what this referral gives? Then her withdrawal must reach it. */
bool referral_is_open(enum referral_state state);

/* What partners may say; NULL-ended, as wire choices. */
extern const char *const REFERRAL_REASONS[];
extern const char *const REFERRAL_OUTCOMES[];

#endif
