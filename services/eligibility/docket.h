/* The docket: the applications of one feed call, from their events to their decisions. Lives in the call's arena. */
#ifndef JISR_ELIGIBILITY_DOCKET_H
#define JISR_ELIGIBILITY_DOCKET_H

#include "allocation.h"
#include "calls.h"
#include "db/inbox.h"
#include "eligibility.h"
#include "messages.h"

enum effect {
    EFFECT_ASSESS,  /* submitted or amended */
    EFFECT_HOLD,    /* amended, and waits for a reviewer as a double; or merged */
    EFFECT_CLOSE,   /* withdrawn */
    EFFECT_PROMOTE, /* no event of hers: a head of the waiting list, given a place that another left */
};

/* A call, as far as eligibility needs it. */
struct terms {
    struct str id, ruleset;
    bool automatic; /* places are given at once; else by the committee */
};

/* How her assessment came out; texts in the call's arena. */
struct appraisal {
    enum err outcome; /* other than ERR_OK: it could not be done, and what is below does not count */
    const char *why;  /* static: it is to be parked */
    const struct ruleset *ruleset;
    bool eligible;
    double score;
    struct str criteria, snapshot;
    struct wire_list reasons; /* struct reason_message: why not eligible */
};

struct file {
    struct event *event; /* NULL: EFFECT_PROMOTE */
    enum effect effect;
    bool set_aside; /* nothing is done: old news, or its event is parked or held */
    struct application_message message;
    const struct terms *terms;
    struct str wrapped_key;
    struct appraisal appraisal;
    struct decision former;       /* as it was stored; version 0: it was not */
    struct decision decision;     /* as it will be */
    struct decision former_place; /* what she leaves; the allocation empties it */
    struct seeker leaving, seeking;
    struct quota *leaves, *seeks; /* NULL: none */
};

struct docket {
    struct file *files; /* room for the heads of the waiting lists is made when they are read */
    size_t count;
    struct quota *quotas;        /* locked, in key order */
    struct quota *quotas_before; /* as they were stored */
    size_t quota_count;
    struct terms *terms;
    size_t terms_count;
    struct call_list published; /* whose waiting lists may move up: their quotas are in hand where a place is free and somebody waits */
};

/* NULL: there is none. */
struct quota *docket_quota(const struct docket *docket, struct str call, struct str province);
const struct terms *docket_terms(const struct docket *docket, struct str call);

#endif
