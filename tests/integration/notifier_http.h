/* Notifier's API on a real server, asked over HTTP by partners and staff. */
#ifndef JISR_TESTS_NOTIFIER_HTTP_H
#define JISR_TESTS_NOTIFIER_HTTP_H

#include "tests/integration/notifier_support.h"

#include <stdatomic.h>

#include "json/wire.h"
#include "net/client.h"

/* cmocka's group set-up and tear-down. */
int http_open(void **state);
int http_close(void **state);

struct ask {
    const char *path, *token, *body; /* body NULL: GET */
    const char *key;                 /* Idempotency-Key */
    const char *if_match;
};

struct said {
    struct net_request request;
    int status;
    struct str body;
    const struct json_value *json;
    atomic_bool done;
};

struct said ask(struct ask what);
/* The same in two steps, for something to happen in between. test_arena is the client's until the second. */
void ask_begin(struct ask what, struct said *said);
void ask_end(struct said *said);
struct said say(const char *path, const char *token, const char *body); /* body NULL: GET */
struct str text_of(const struct said *said, const char *name);
const char *staff(const char *role); /* a token */
const char *staff_of(const char *role, const char *territory);
const char *path_to(const char *folder, struct id id, const char *rest);

/* For fixture_script: until somebody waits for a lock in this database; statement_timeout ends it. */
#define WAIT_FOR_WAITER                                                                                                                 \
    "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') LOOP " \
    "PERFORM pg_sleep(0.005), pg_stat_clear_snapshot(); END LOOP; END $$"

#define ALL "ma.jisr.referral.*"
#define PARTNER_1 "jisr_pk_1"
#define PARTNER_2 "jisr_pk_2"

/* Partner 1 has a referral of application 7 in this state. */
struct id referral_in(const char *state);

#endif
