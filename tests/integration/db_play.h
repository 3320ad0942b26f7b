/* A transaction as a list of steps, on a few small tables: what the tests of transactions and of lost connections share. */
#ifndef JISR_TESTS_DB_PLAY_H
#define JISR_TESTS_DB_PLAY_H

#include "tests/integration/db_support.h"

extern struct db_fixture play_fixture;
extern const struct db_catalog *const PLAY_CATALOGS[];

/* For cmocka: the group's set-up and tear-down, and each test's set-up. */
int play_open(void **state);
int play_close(void **state);
int play_empty_tables(void **state);

enum verb { END, RUN, QUEUE, FAIL };

struct step {
    enum verb verb;
    const struct db_statement *statement;
    struct db_args (*args)(void);
    enum err gives; /* what this step must give; FAIL: what body gives back */
};

/* What db_transaction gave; how often the body ran. */
enum err play_steps(const struct step *steps, unsigned *ret_runs);
int64_t play_count(void); /* of things */
struct db_args play_args(void);
struct db_args play_thing(uint32_t number, const char *name);
struct db_args play_thing_1(void);
struct db_args play_thing_2(void);

#define INSERT &DB_TRANSACTION_INSERT

#endif
