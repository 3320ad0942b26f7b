/* What the database tests share: a schema of a random name in the database of JISR_TEST_PG, and connections to it. */
#ifndef JISR_TESTS_DB_SUPPORT_H
#define JISR_TESTS_DB_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/embedded.h"
#include "db/db.h"

struct db_fixture {
    struct db *db;
    struct arena *arena; /* reset before each test */
    char schema[40];
};

/* Fails the test group when JISR_TEST_PG is absent. `setup` (NULL: none) runs in the new schema; then the connection prepares `catalogs`. */
void fixture_open(struct db_fixture *fixture, const struct embedded_file *setup, const struct db_catalog *const *catalogs);
void fixture_close(struct db_fixture *fixture);
/* Another connection to the same schema. */
struct db *fixture_connect(const struct db_fixture *fixture, const struct db_catalog *const *catalogs, int64_t statement_timeout_ms);
const char *fixture_conninfo(void);
/* One SQL text that must succeed. */
void fixture_script(struct db *db, const char *sql);
struct id fixture_id(uint32_t number); /* differs by number alone */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
