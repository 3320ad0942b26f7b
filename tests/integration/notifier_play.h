/* What the tests of notifier's events share: events as intake and eligibility send them, handled as the feed calls the handler, and what came of it.
 */
#ifndef JISR_TESTS_NOTIFIER_PLAY_H
#define JISR_TESTS_NOTIFIER_PLAY_H

#include "db/inbox.h"
#include "proto/topics.h"
#include "tests/integration/notifier_support.h"

#define ALL "ma.jisr.referral.*"
#define TRACE "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

extern struct event events[64];
extern size_t event_count;

/* Of application `number`; `more`: further members of its data, each with a comma before it. */
void add_event(uint32_t application, const char *type, int64_t version, const char *more);
void add_submitted(uint32_t application, int64_t version, bool consent);
/* For db_transaction. */
enum err handle(struct db *db, void *context);
/* Everything added since the last time, as one call. */
void run(void);

/* "OFFERED/1 REVOKED/2": states and versions of all referrals. */
struct str referrals_text(void);
void assert_referrals(const char *expected);
void assert_outbox(const char *const *types, size_t count);

/* Set-up of each test. */
int clear(void **state);

#endif
