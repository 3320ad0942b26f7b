/* What the tests of eligibility share: a database of its own with the service's tables, and events as intake sends them. */
#ifndef JISR_TESTS_ELIGIBILITY_SUPPORT_H
#define JISR_TESTS_ELIGIBILITY_SUPPORT_H

#include "db/db.h"
#include "db/inbox.h"
#include "services/eligibility/eligibility.h"
#include "tests/support/check.h"

struct stage {
    struct arena *arena;
    struct db *db;
    struct eligibility eligibility;
    char conninfo[512];
    bool is_short_of_memory; /* settle: malloc has nothing for the assessing */
};

extern struct stage stage;

int stage_open(void **state);
int stage_close(void **state);
struct db *stage_connect(void);

/* The event of application `number`: `facts` is JSON, sealed under her key, which the vault then has. */
struct wish {
    uint32_t number;
    const char *type, *province /* NULL: a draft's, there is none */, *facts; /* NULL: one that is eligible */
    int64_t version;
    int minute;       /* of the submission */
    const char *call; /* NULL: the sample call */
    bool under_review;
    const char *state; /* NULL: SUBMITTED */
};
struct id application_id(uint32_t number);
struct event *make_event(struct db *db, const struct wish *wish);
/* One feed call in one transaction. */
enum err settle(struct db *db, struct event **events, size_t count);
/* make_event and settle for all at once. */
void play(const struct wish *wishes, size_t count);

struct str told(uint32_t number); /* "assessed 1, shortlisted 2 1" */
struct str last_data(uint32_t number);
struct decision_row {
    struct str state, province;
    int64_t version, place;
    double score;
};
struct decision_row decision_of(uint32_t number);
/* "places 2 taken 2 waiting 1 sequence 3"; fails when the numbers are not those of the rows. */
struct str quota_of(const char *province);
int64_t count_of(const struct db_statement *statement, const struct id *id);
/* A quota with room and nobody in it. */
void new_quota(const char *province, int places);

#endif
