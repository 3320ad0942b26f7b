#include "tests/integration/db_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "app/log.h"

const char *fixture_conninfo(void)
{
    const char *conninfo = getenv("JISR_TEST_PG");
    if (!conninfo || !*conninfo)
        fail_msg("JISR_TEST_PG must name a database to test in");
    return conninfo;
}

void fixture_script(struct db *db, const char *sql)
{
    enum err err = db_script(db, str_from(sql));
    if (err)
        fail_msg("%s: %s", sql, db_last_error(db).at);
}

struct db *fixture_connect(const struct db_fixture *fixture, const struct db_catalog *const *catalogs, int64_t statement_timeout_ms)
{
    struct db *db = NULL;
    const struct db_options options = {
        .conninfo = fixture_conninfo(),
        .application_name = "db-test",
        .schema = fixture->schema,
        .catalogs = catalogs,
        .statement_timeout_ms = statement_timeout_ms,
        .lock_timeout_ms = 2000,
        .idle_transaction_timeout_ms = 10000,
    };
    assert_int_equal(db_open(&options, &db), ERR_OK);
    return db;
}

void fixture_open(struct db_fixture *fixture, const struct embedded_file *setup, const struct db_catalog *const *catalogs)
{
    uint64_t random = 0;
    log_setup("db-test", LOG_DEBUG);
    assert_int_equal(getrandom(&random, sizeof(random), 0), sizeof(random));
    snprintf(fixture->schema, sizeof(fixture->schema), "t_%016llx", (unsigned long long)random);
    fixture->arena = arena_new((size_t)256 * 1024 * 1024);
    struct db *bare = fixture_connect(fixture, NULL, 10000);
    struct str create = str_format(fixture->arena, "CREATE SCHEMA %s", fixture->schema);
    fixture_script(bare, create.at);
    for (const struct embedded_file *file = setup; file && file->path; file++)
        fixture_script(bare, (const char *)file->bytes);
    db_close(bare);
    fixture->db = fixture_connect(fixture, catalogs, 5000);
    assert_int_equal(db_connect(fixture->db), ERR_OK);
}

void fixture_close(struct db_fixture *fixture)
{
    if (!fixture->db) /* the set-up has failed */
        return;
    struct str drop = str_format(fixture->arena, "DROP SCHEMA %s CASCADE", fixture->schema);
    fixture_script(fixture->db, drop.at);
    db_close(fixture->db);
    arena_free(fixture->arena);
}

struct id fixture_id(uint32_t number)
{
    struct id id = {{0x01, 0x93, 0x5c, 0xdf, 0x00, 0x00, 0x70, 0x00, 0x80, 0x00, 0x00, 0x00, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                     (uint8_t)(number >> 8), (uint8_t)number}};
    return id;
}
