#include "tests/integration/notifier_support.h"

#include <stdio.h>
#include <sys/random.h>

#include "app/log.h"
#include "base/embedded.h"
#include "db/outbox.h"
#include "notifier_checks_statements.h"
#include "json/wire.h"
#include "services/jisrctl/migrate.h"
#include "services/notifier/queue.h"
#include "services/notifier/target.h"
#include "store_statements.h"

extern const struct embedded_file MIGRATION_FILES[];

static const char ROLES[] =
    "DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY['jisr_owner', 'jisr_intake', 'jisr_eligibility', 'jisr_training', 'jisr_notifier', "
    "'jisr_intake_reader', 'jisr_eligibility_reader', 'jisr_training_reader', 'jisr_notifier_reader', 'jisr_check'] LOOP IF to_regrole(name) IS NULL "
    "THEN EXECUTE "
    "format('CREATE ROLE %I', name); END IF; END LOOP; END $$";

static char database[40], conninfo[512];
static struct db *server;
static const struct service_program program = {.name = "notifier", .store = &STORE_CATALOG};

struct notifier_settings test_settings = {
    .common = {.profile = "one-machine", .pg = conninfo, .issuer = "jisr"},
    .in_flight = 256,
    .per_endpoint = 64,
    .connections = 128,
    .connections_per_host = 64,
    .connect_timeout_ms = 500,
    .timeout_ms = 800,
    .lease_ms = 5000,
    .offer_days = 30,
    .webhook_ca_file = "",
};
struct notifier test_notifier;
struct service test_service;
struct db *test_db;
struct arena *test_arena;

static void server_script(const char *before, const char *after)
{
    char sql[128];
    snprintf(sql, sizeof(sql), "%s %s %s", before, database, after);
    fixture_script(server, sql);
}

static void make_database(void)
{
    uint64_t random = 0;
    const struct db_options options = {.conninfo = fixture_conninfo(), .application_name = "notifier-test", .statement_timeout_ms = 20000};
    assert_int_equal(getrandom(&random, sizeof(random), 0), sizeof(random));
    snprintf(database, sizeof(database), "t_%016llx", (unsigned long long)random);
    snprintf(conninfo, sizeof(conninfo), "%s dbname=%s", fixture_conninfo(), database);
    assert_int_equal(db_open(&options, &server), ERR_OK);
    fixture_script(server, ROLES);
    server_script("CREATE DATABASE", "");
    assert_int_equal(migrate_run(conninfo, MIGRATION_FILES), ERR_OK);
}

static void make_keys(void)
{
    static const char seed[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    struct seal_key api;
    assert_int_equal(seal_key_parse(str_from(seed), &api), ERR_OK);
    test_notifier.contact = api;
    seal_key_derive(&api, "partner", &test_notifier.api_key_hash);
    seal_key_derive(&api, "webhook", &test_notifier.secret);
    seal_key_derive(&api, "replay", &test_notifier.replay);
    seal_key_derive(&api, "note", &test_notifier.note);
    assert_int_equal(webhook_key_parse(str_from(seed), &test_notifier.webhook), ERR_OK);
}

struct db *notifier_connect(void)
{
    static const struct db_catalog *const catalogs[] = {&STORE_CATALOG, &OUTBOX_CATALOG, &NOTIFIER_CHECKS_CATALOG, NULL};
    struct db *db;
    const struct db_options options = {.conninfo = conninfo,
                                       .application_name = "notifier-test",
                                       .schema = "notifier",
                                       .catalogs = catalogs,
                                       .statement_timeout_ms = 10000,
                                       .lock_timeout_ms = 5000,
                                       .idle_transaction_timeout_ms = 10000};
    assert_int_equal(db_open(&options, &db), ERR_OK);
    return db;
}

int notifier_open(void **state)
{
    (void)state;
    log_setup("notifier-test", LOG_ERROR);
    assert_int_equal(crypto_setup(), ERR_OK);
    json_setup();
    make_database();
    make_keys();
    receiver_start();
    test_arena = arena_new((size_t)64 << 20);
    test_service = (struct service){.program = &program,
                                    .settings = &test_settings.common,
                                    .arena = arena_new((size_t)1 << 20),
                                    .catalogs = {&STORE_CATALOG, &OUTBOX_CATALOG, NULL},
                                    .own = &test_notifier};
    test_db = notifier_connect();
    return 0;
}

int notifier_close(void **state)
{
    (void)state;
    db_close(test_db);
    if (database[0])
        server_script("DROP DATABASE", "WITH (FORCE)");
    db_close(server);
    arena_free(test_arena);
    arena_free(test_service.arena);
    return 0;
}

int notifier_clear(void **state)
{
    (void)state;
    arena_reset(test_arena);
    receiver_clear();
    fixture_script(test_db,
                   "TRUNCATE partner, endpoint, arrears, application, referral, message, delivery, delivery_attempt, idempotency, outbox, audit, "
                   "vault.subject, vault.contact_read");
    return 0;
}

size_t notifier_turn_queue(void)
{
    struct queue queue = {0};
    size_t turns = 1;
    struct arena *arena = arena_new((size_t)1 << 20);
    assert_non_null(arena);
    queue_init(&queue);
    for (; queue_turn(&queue, test_db, arena, 0); turns++)
        ;
    arena_free(arena);
    return turns;
}

struct db_args test_args(void)
{
    struct db_args args;
    db_args_init(&args, test_arena);
    return args;
}

struct db_rows test_ask(const struct db_statement *statement, const struct db_args *args)
{
    struct db_rows rows;
    enum err err = db_run(test_db, statement, args, test_arena, &rows);
    if (err != ERR_OK)
        fail_msg("%s: %s", statement->name, db_last_error(test_db).at);
    return rows;
}

int64_t test_count(const struct db_statement *statement)
{
    struct db_rows rows = test_ask(statement, NULL);
    return db_get_int(&rows, 0, 0);
}

struct id add_partner(uint32_t number)
{
    struct db_args args = test_args();
    uint8_t hash[KEYED_HASH_SIZE];
    struct id id = fixture_id(0x1000 + number);
    keyed_hash(&test_notifier.api_key_hash, str_format(test_arena, "jisr_pk_%u", number), hash);
    db_arg_id(&args, id);
    db_arg_str(&args, STR("{\"ar\":\"شريك\",\"fr\":\"Partenaire\"}"));
    db_arg_str(&args, (struct str){(const char *)hash, sizeof(hash)});
    db_arg_instant(&args, 0);
    test_ask(&STORE_ADD_PARTNER, &args);
    return id;
}

struct id add_endpoint(struct id partner, uint32_t number, const char *path, const char *types, const char *territories)
{
    struct db_args args = test_args();
    struct id id = fixture_id(0x2000 + number);
    struct str sealed;
    assert_int_equal(seal(&test_notifier.secret, target_secret_context(test_arena, id), STR(TEST_SECRET), test_arena, &sealed), ERR_OK);
    db_arg_id(&args, id);
    db_arg_id(&args, partner);
    db_arg_str(&args, str_format(test_arena, "http://127.0.0.1:%u%s", receiver_port(), path));
    db_arg_str(&args, str_from(types));
    db_arg_str(&args, str_from(territories));
    db_arg_str(&args, sealed);
    test_ask(&NOTIFIER_CHECKS_ADD_ENDPOINT, &args);
    return id;
}
