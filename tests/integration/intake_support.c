#include "tests/integration/intake_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/log.h"
#include "base/embedded.h"
#include "awaiting_statements.h"
#include "documents_statements.h"
#include "duplicates_statements.h"
#include "expiry_statements.h"
#include "imports_statements.h"
#include "intake_checks_statements.h"
#include "store_statements.h"

extern const struct embedded_file INTAKE_TEST_FILES[];

static const char ROLES[] =
    "DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY['jisr_intake', 'jisr_intake_reader', 'jisr_eligibility', 'jisr_notifier'] LOOP BEGIN "
    "EXECUTE format('CREATE ROLE %I', name); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END; END LOOP; END $$";

static const struct db_catalog *const BARE[] = {NULL};
static const struct db_catalog *const CATALOGS[] = {&STORE_CATALOG,      &EXPIRY_CATALOG,        &AWAITING_CATALOG,
                                                    &DUPLICATES_CATALOG, &DOCUMENTS_CATALOG,     &IMPORTS_CATALOG,
                                                    &OUTBOX_CATALOG,     &INTAKE_CHECKS_CATALOG, NULL};

static const char *base_conninfo(void)
{
    const char *conninfo = getenv("JISR_TEST_PG");
    if (!conninfo || !*conninfo)
        fail_msg("JISR_TEST_PG must name a database to test in");
    return conninfo;
}

static struct db *connect_to(struct arena *arena, const char *database, const char *schema, const struct db_catalog *const *catalogs)
{
    struct db *db = NULL;
    /* The last of equal keywords counts. */
    struct str conninfo = database ? str_format(arena, "%s dbname=%s", base_conninfo(), database) : str_from(base_conninfo());
    struct db_options options = {conninfo.at, "intake-test", schema, catalogs, 20000, 10000, 20000};
    assert_int_equal(db_open(&options, &db), ERR_OK);
    assert_int_equal(db_connect(db), ERR_OK);
    return db;
}

static void script(struct db *db, struct str sql)
{
    if (db_script(db, sql) != ERR_OK)
        fail_msg("%.*s", (int)db_last_error(db).size, db_last_error(db).at);
}

/* "services/vault/migrations/0001_vault.sql" runs in vault, everything else in intake. */
static void make_schemas(struct intake_fixture *fixture)
{
    static const char *const schemas[] = {"vault", "intake"};
    for (size_t i = 0; i < 2; i++) {
        struct db *db = connect_to(fixture->arena, fixture->database, schemas[i], BARE);
        script(db, str_format(fixture->arena, "CREATE SCHEMA %s", schemas[i]));
        for (const struct embedded_file *file = INTAKE_TEST_FILES; file->path; file++)
            if ((strstr(file->path, "/vault/") != NULL) == (i == 0))
                script(db, (struct str){(const char *)file->bytes, file->size});
        script(db, STR("CREATE VIEW counted AS SELECT 0::int8 AS number")); /* replaced by intake_count */
        db_close(db);
    }
}

void intake_fixture_open(struct intake_fixture *fixture)
{
    uint64_t random;
    log_setup("intake-test", LOG_ERROR);
    json_setup();
    assert_int_equal(crypto_setup(), ERR_OK);
    random_bytes(&random, sizeof(random));
    snprintf(fixture->database, sizeof(fixture->database), "intake_test_%016llx", (unsigned long long)random);
    fixture->arena = arena_new((size_t)256 << 20);
    fixture->writer = arena_new((size_t)256 << 20);
    struct db *outside = connect_to(fixture->arena, NULL, "public", BARE);
    script(outside, str_from(ROLES));
    script(outside, str_format(fixture->arena, "CREATE DATABASE %s", fixture->database));
    db_close(outside);
    make_schemas(fixture);
    fixture->db = intake_fixture_connect(fixture);
    random_bytes(&fixture->intake.keys, sizeof(fixture->intake.keys));
    fixture->intake.calls = calls_new();
    fixture->intake.service = &fixture->service;
    fixture->service.own = &fixture->intake;
    assert_int_equal(calls_refresh(fixture->intake.calls, fixture->db, fixture->writer), ERR_OK);
    fixture->call = calls_find(calls_hold(fixture->intake.calls, fixture->arena), STR("fes-meknes-2026"));
    assert_non_null(fixture->call);
}

void intake_fixture_close(struct intake_fixture *fixture)
{
    if (!fixture->db) /* the set-up has failed */
        return;
    db_close(fixture->db);
    struct db *outside = connect_to(fixture->arena, NULL, "public", BARE);
    script(outside, str_format(fixture->arena, "DROP DATABASE %s WITH (FORCE)", fixture->database));
    db_close(outside);
    arena_free(fixture->writer);
    arena_free(fixture->arena); /* lets go of the calls */
    calls_free(fixture->intake.calls);
}

struct db *intake_fixture_connect(const struct intake_fixture *fixture)
{
    return connect_to(fixture->arena, fixture->database, "intake", CATALOGS);
}

int64_t intake_count(struct intake_fixture *fixture, const char *sql)
{
    struct db_args args;
    struct db_rows rows;
    script(fixture->db, str_format(fixture->arena, "CREATE OR REPLACE VIEW counted AS SELECT (%s)::int8 AS number", sql));
    db_args_init(&args, fixture->arena);
    assert_int_equal(db_run(fixture->db, &INTAKE_CHECKS_COUNTED, &args, fixture->arena, &rows), ERR_OK);
    return db_get_int(&rows, 0, 0);
}

static struct str body_of(struct arena *arena, const struct intake_form *form)
{
    const char *member =
        "{\"name\":{\"latin\":\"Fatima\"},\"identity\":{\"type\":\"cnie\",\"number\":\"%s\"},\"birth_date\":\"1991-04-12\",\"role\":\"member\"}";
    struct buf out;
    struct str text;
    buf_init(&out, arena, 8192);
    buf_format(&out, "{\"call\":\"fes-meknes-2026\",\"kind\":\"%s\",\"draft\":%s,", form->member ? "cooperative" : "person",
               form->draft ? "true" : "false");
    buf_format(&out,
               "\"applicant\":{\"name\":{\"latin\":\"Fatima\"},\"identity\":{\"type\":\"cnie\",\"number\":\"%s\"},\"birth_date\":\"1991-04-12\","
               "\"phone\":\"0661234567\",\"address\":{\"province\":\"MA-TAO\"}},",
               form->number);
    buf_format(&out, "\"project\":{\"title\":\"%s\",\"sector\":\"agrifood\",\"stage\":\"idea\",\"requested_centimes\":4500000},", form->title);
    if (form->member) {
        buf_format(&out, "\"cooperative\":{\"name\":{\"latin\":\"Al Amal\"},\"members\":[");
        for (int i = 0; i < 2; i++) {
            const char *number = i == 0 ? form->number : form->member;
            struct str before = {member, (size_t)(strstr(member, "%s") - member)};
            buf_format(&out, "%s", i ? "," : "");
            buf_add(&out, before);
            buf_add(&out, str_from(number));
            buf_add(&out, str_from(strstr(member, "%s") + 2));
        }
        buf_format(&out, "]},");
    }
    buf_format(&out, "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":true,\"language\":\"fr\"}]}");
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    return text;
}

struct submission *intake_submission(struct intake_fixture *fixture, const struct intake_form *form)
{
    struct arena *arena = fixture->arena;
    struct violations violations;
    struct form *decoded = arena_take(arena, sizeof(*decoded));
    struct form_facts *facts = arena_take(arena, sizeof(*facts));
    struct submission *item = arena_take(arena, sizeof(*item));
    struct str body = body_of(arena, form);
    instant_us now = clock_wall_us();
    struct call_terms terms = call_terms_at(fixture->call, now);
    violations_init(&violations, arena);
    assert_int_equal(form_decode(body, arena, decoded, &violations), ERR_OK);
    form_validate(decoded, &terms, instant_casablanca_date(now), &violations, facts);
    assert_int_equal(violations.count, 0);
    item->call = fixture->call;
    item->created_at = now;
    item->request_key = subject_request_key(&fixture->intake.keys, STR("anonymous"), str_from(form->key));
    item->request_hash = subject_fingerprint(&fixture->intake.keys, body);
    struct submission_source source = {&fixture->intake.keys, decoded, facts, body, {0}, LANGUAGE_AR, arena};
    assert_int_equal(submission_prepare(item, &source), ERR_OK);
    return item;
}

void intake_submit(struct intake_fixture *fixture, struct submission **items, size_t count)
{
    store_submit(fixture->db, fixture->writer, items, count);
}
