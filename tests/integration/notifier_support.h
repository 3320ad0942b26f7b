/* What notifier's tests share: a database of their own with the whole schema, a service without its main(), and a receiver of webhooks whose paths
 * say how it behaves. */
#ifndef JISR_TESTS_NOTIFIER_SUPPORT_H
#define JISR_TESTS_NOTIFIER_SUPPORT_H

#include "tests/integration/db_support.h"

#include "services/notifier/config.h"
#include "services/notifier/notifier.h"
#include "service/service.h"

extern struct service test_service;
extern struct notifier_settings test_settings;
extern struct notifier test_notifier;
extern struct db *test_db;
extern struct arena *test_arena;

/* cmocka's group set-up and tear-down. */
int notifier_open(void **state);
int notifier_close(void **state);
/* Another session like test_db: what a second copy of the service has. */
struct db *notifier_connect(void);
/* Set-up of each test: no rows, nothing received, an empty arena. */
int notifier_clear(void **state);

/* What the deliverer does for its queue beside sending, until there is no more of it. Returns the turns that took. */
size_t notifier_turn_queue(void);

/* One statement, its rows in test_arena. */
struct db_rows test_ask(const struct db_statement *statement, const struct db_args *args);
int64_t test_count(const struct db_statement *statement);
struct db_args test_args(void);

/* A partner with an API key "key-<number>", and an endpoint at the receiver's `path`. types and territories: separated by commas. */
struct id add_partner(uint32_t number);
struct id add_endpoint(struct id partner, uint32_t number, const char *path, const char *types, const char *territories);
#define TEST_SECRET "0123456789abcdef0123456789abcdef"

/* ── The receiver ── */

struct received {
    char path[32], id[64], timestamp[32], signature[512], content_type[64], traceparent[64], body[4096];
    int64_t at_us; /* monotonic */
};

void receiver_start(void);
void receiver_clear(void);
unsigned receiver_port(void);
size_t receiver_count(const char *path);
struct received receiver_get(const char *path, size_t index);
/* Waits until the path has been asked `count` times; fails after 10 s. */
void receiver_wait(const char *path, size_t count);

#endif
