/* What the tests of relay and feed share: a schema with the plumbing and a tiny service in it, which counts effects. Fails when JISR_TEST_PG or
 * JISR_TEST_KAFKA is absent. Topics are the real ones; events of other tests are told apart by ce_source. */
#ifndef JISR_TESTS_RELAY_SUPPORT_H
#define JISR_TESTS_RELAY_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bus/producer.h"
#include "db/db.h"
#include "relay/feed.h"
#include "relay/relay.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct relay_fixture {
    char schema[40], service[40], source[48]; /* source: ce_source of its events */
    struct arena *arena;
    struct db *db;
    bool folds; /* the service takes several events of a key in a call */
};

/* The schema is made when `schema` is empty, found otherwise (a child process). */
void relay_fixture_open(struct relay_fixture *fixture);
void relay_fixture_close(struct relay_fixture *fixture); /* drops the schema */
struct db_options relay_fixture_db_options(const struct relay_fixture *fixture);
struct bus_options relay_fixture_bus(void);
struct relay_options relay_fixture_relay_options(const struct relay_fixture *fixture);
void relay_fixture_start(const struct relay_fixture *fixture, struct relay **ret_relay, struct feed **ret_feed);
void relay_fixture_run(const struct relay_fixture *fixture, const char *sql); /* must succeed */
/* The only value of the only row of a statement without parameters. */
int64_t relay_fixture_number(const struct relay_fixture *fixture, const struct db_statement *statement);
/* Waits until the statement's number is at least `wanted`; fails the test after `seconds`. */
void relay_fixture_await(const struct relay_fixture *fixture, const struct db_statement *statement, int64_t wanted, int seconds);
/* Writes one record into the log by hand. Headers end with a row without a name. */
void relay_fixture_produce(const char *topic, const char *key, const struct bus_header *headers, const char *value);

#endif
