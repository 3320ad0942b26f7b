#include "tests/integration/eligibility_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/log.h"
#include "calls_statements.h"
#include "db/outbox.h"
#include "eligibility_checks_statements.h"
#include "json/wire.h"
#include "proto/topics.h"
#include "services/eligibility/events.h"
#include "store_statements.h"
#include "tests/support/starve.h"

struct stage stage;

extern const struct embedded_file ELIGIBILITY_MIGRATIONS[];

#define SUBMITTED_AT (INT64_C(1795478400) * INSTANT_SECOND) /* 2026-11-24T00:00:00Z */
#define ELIGIBLE_FACTS                                                                                                                              \
    "{\"kind\":\"person\",\"birth_date\":\"1991-04-12\",\"milieu\":\"rural\",\"sector\":\"agrifood\",\"stage\":\"idea\",\"requested_centimes\":"    \
    "4500000,"                                                                                                                                      \
    "\"own_contribution_centimes\":300000,\"jobs\":2,\"household_size\":6,\"monthly_income_centimes\":180000,\"head_of_household\":true,"           \
    "\"disability\":false,\"rsu_index\":9.12,\"auto_entrepreneur\":false,\"members\":0,\"ice_valid\":null,\"submitted_on\":\"2026-11-24\",\"age\":" \
    "35}"

static const char VAULT[] = "CREATE SCHEMA vault;"
                            "CREATE TABLE vault.subject (id uuid PRIMARY KEY, facts_key bytea);"
                            "CREATE FUNCTION vault.facts_keys(ids uuid[]) RETURNS TABLE (id uuid, key bytea) LANGUAGE sql STABLE AS"
                            " 'SELECT s.id, s.facts_key FROM vault.subject s WHERE s.id = ANY (ids) AND s.facts_key IS NOT NULL';"
                            "CREATE SCHEMA eligibility; SET search_path = eligibility";

static void script(struct db *db, struct str sql)
{
    if (db_script(db, sql) != ERR_OK)
        fail_msg("%.*s", (int)db_last_error(db).size, db_last_error(db).at);
}

static struct db *connect_to(const char *conninfo, const struct db_catalog *const *catalogs)
{
    struct db *db = NULL;
    const struct db_options options = {conninfo, "eligibility-test", "eligibility", catalogs, 20000, 10000, 20000};
    assert_int_equal(db_open(&options, &db), ERR_OK);
    return db;
}

struct db *stage_connect(void)
{
    static const struct db_catalog *const catalogs[] = {&STORE_CATALOG, &CALLS_CATALOG, &OUTBOX_CATALOG, &ELIGIBILITY_CHECKS_CATALOG, NULL};
    struct db *db = connect_to(stage.conninfo, catalogs);
    assert_int_equal(db_connect(db), ERR_OK);
    return db;
}

static const char *server(void)
{
    const char *conninfo = getenv("JISR_TEST_PG");
    if (!conninfo || !*conninfo)
        fail_msg("JISR_TEST_PG must name a database to test in");
    return conninfo;
}

static void on_server(const char *before, const char *after)
{
    struct db *db = connect_to(server(), NULL);
    script(db, str_format(stage.arena, "%s eligibility_test_%d %s", before, (int)getpid(), after));
    db_close(db);
}

int stage_open(void **state)
{
    (void)state;
    log_setup("eligibility-test", LOG_WARNING);
    json_setup();
    assert_int_equal(crypto_setup(), ERR_OK);
    stage.arena = arena_new((size_t)1 << 30);
    on_server("CREATE DATABASE", "");
    snprintf(stage.conninfo, sizeof(stage.conninfo), "%s dbname=eligibility_test_%d", server(), (int)getpid());
    struct db *db = connect_to(stage.conninfo, NULL);
    script(db, str_from(VAULT));
    for (const struct embedded_file *file = ELIGIBILITY_MIGRATIONS; file->path; file++)
        script(db, (struct str){(const char *)file->bytes, file->size});
    db_close(db);
    random_bytes(&stage.eligibility.facts_master, sizeof(stage.eligibility.facts_master));
    assert_int_equal(eligibility_load_rulesets(&stage.eligibility, stage.arena, RULESET_FILES), ERR_OK);
    stage.db = stage_connect();
    assert_int_equal(eligibility_register_rulesets(&stage.eligibility, stage.db), ERR_OK);
    return 0;
}

int stage_close(void **state)
{
    (void)state;
    db_close(stage.db);
    on_server("DROP DATABASE", "WITH (FORCE)");
    arena_free(stage.arena);
    return 0;
}

struct id application_id(uint32_t number)
{
    uint8_t entropy[10] = {0, 0, 0, 0, 0, 0, (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
    return id_make(INT64_C(1795478400000), entropy);
}

static struct db_args id_argument(struct id id)
{
    struct db_args args;
    db_args_init(&args, stage.arena);
    db_arg_id(&args, id);
    return args;
}

static struct str whose(const char *what, struct id id)
{
    struct str text = id_text(stage.arena, id);
    return str_format(stage.arena, "%s:%.*s", what, (int)text.size, text.at);
}

/* Her key, new with each event, so that a test can see which facts were read. */
static struct str seal_facts(struct db *db, struct id id, const char *facts)
{
    struct seal_key key;
    struct str wrapped = {0}, sealed = {0};
    random_bytes(&key, sizeof(key));
    assert_int_equal(seal(&stage.eligibility.facts_master, whose("facts-key", id), (struct str){(const char *)key.bytes, sizeof(key.bytes)},
                          stage.arena, &wrapped),
                     ERR_OK);
    struct db_args args = id_argument(id);
    db_arg_str(&args, wrapped);
    assert_int_equal(db_run(db, &ELIGIBILITY_CHECKS_ENROL, &args, stage.arena, NULL), ERR_OK);
    assert_int_equal(seal(&key, whose("facts", id), str_from(facts), stage.arena, &sealed), ERR_OK);
    return base64_text(stage.arena, sealed);
}

struct event *make_event(struct db *db, const struct wish *wish)
{
    struct event *event = arena_take(stage.arena, sizeof(*event));
    uint8_t entropy[10];
    random_bytes(entropy, sizeof(entropy));
    event->id = id_make(INT64_C(1795478400000), entropy);
    event->key = application_id(wish->number);
    event->type = str_from(wish->type);
    event->version = wish->version;
    event->topic = TOPIC_APPLICATION;
    struct str facts = seal_facts(db, event->key, wish->facts ? wish->facts : ELIGIBLE_FACTS);
    struct str id = id_text(stage.arena, event->key), at = instant_text(stage.arena, SUBMITTED_AT + wish->minute * 60 * INSTANT_SECOND);
    struct str quoted = wish->province ? str_format(stage.arena, "\"%s\"", wish->province) : STR("null");
    event->data =
        str_format(stage.arena,
                   "{\"application\":\"%.*s\",\"version\":%d,\"call\":\"%s\",\"kind\":\"person\",\"region\":\"MA-03\",\"province\":%s,"
                   "\"state\":\"%s\",\"transitions\":[],\"revision\":1,\"submitted_at\":\"%.*s\",\"referral_consent\":true,"
                   "\"facts\":\"%.*s\",\"contact\":\"\",\"under_review\":%s}",
                   (int)id.size, id.at, (int)wish->version, wish->call ? wish->call : "fes-meknes-2026", quoted.at,
                   wish->state ? wish->state : "SUBMITTED", (int)at.size, at.at, (int)facts.size, facts.at, wish->under_review ? "true" : "false");
    return event;
}

struct batch {
    struct event **events;
    size_t count;
    struct arena *arena, *scratch;
};

static enum err settle_body(struct db *db, void *context)
{
    struct batch *batch = context;
    struct outbox outbox;
    outbox_init(&outbox, batch->arena);
    struct feed_call call = {
        .db = db, .arena = batch->arena, .events = batch->events, .count = batch->count, .outbox = &outbox, .now = SUBMITTED_AT + INSTANT_DAY};
    struct eligibility copy = stage.eligibility; /* each copy of the service has a scratch arena of its own */
    copy.scratch = batch->scratch;
    enum err err = eligibility_settle(&call, &copy);
    return err == ERR_OK ? outbox_write(&outbox, db) : err;
}

enum err settle(struct db *db, struct event **events, size_t count)
{
    struct batch batch = {events, count, arena_new((size_t)64 << 20), arena_new(stage.is_short_of_memory ? NO_CEILING : (size_t)4 << 20)};
    if (stage.is_short_of_memory)
        starve(batch.scratch);
    enum err err = db_transaction(db, settle_body, &batch);
    arena_free(batch.arena);
    arena_free(batch.scratch);
    return err;
}

void play(const struct wish *wishes, size_t count)
{
    struct event *events[64];
    for (size_t i = 0; i < count; i++)
        events[i] = make_event(stage.db, &wishes[i]);
    assert_int_equal(settle(stage.db, events, count), ERR_OK);
    for (size_t i = 0; i < count; i++)
        if (events[i]->outcome != ERR_OK)
            fail_msg("event %zu: %s (%s)", i, err_info(events[i]->outcome)->name, events[i]->reason);
}

static struct str text_of(const struct db_statement *statement, uint32_t number)
{
    struct db_args args = id_argument(application_id(number));
    struct db_rows rows;
    assert_int_equal(db_run(stage.db, statement, &args, stage.arena, &rows), ERR_OK);
    return rows.count > 0 ? db_get_str(&rows, 0, 0) : STR("");
}

struct str told(uint32_t number)
{
    return text_of(&ELIGIBILITY_CHECKS_TOLD, number);
}

struct str last_data(uint32_t number)
{
    return text_of(&ELIGIBILITY_CHECKS_LAST_DATA, number);
}

struct decision_row decision_of(uint32_t number)
{
    struct db_args args = id_argument(application_id(number));
    struct db_rows rows;
    assert_int_equal(db_run(stage.db, &ELIGIBILITY_CHECKS_DECISION, &args, stage.arena, &rows), ERR_OK);
    if (rows.count == 0)
        return (struct decision_row){.state = STR("NONE")};
    return (struct decision_row){db_get_str(&rows, 0, 0), db_get_str(&rows, 0, 4), db_get_int(&rows, 0, 1), db_get_int(&rows, 0, 2),
                                 db_get_number(&rows, 0, 3)};
}

struct str quota_of(const char *province)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, stage.arena);
    db_arg_str(&args, str_from(province));
    assert_int_equal(db_run(stage.db, &ELIGIBILITY_CHECKS_QUOTA, &args, stage.arena, &rows), ERR_OK);
    assert_int_equal(rows.count, 1);
    check_int(db_get_int(&rows, 0, 4), db_get_int(&rows, 0, 1), "taken is the number of shortlisted decisions");
    check_int(db_get_int(&rows, 0, 5), db_get_int(&rows, 0, 2), "waiting is the number of waitlisted decisions");
    check_int(db_get_int(&rows, 0, 6), db_get_int(&rows, 0, 1), "taken is the number of placements that are not freed");
    return str_format(stage.arena, "places %d taken %d waiting %d sequence %d", (int)db_get_int(&rows, 0, 0), (int)db_get_int(&rows, 0, 1),
                      (int)db_get_int(&rows, 0, 2), (int)db_get_int(&rows, 0, 3));
}

int64_t count_of(const struct db_statement *statement, const struct id *id)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, stage.arena);
    if (id)
        db_arg_id(&args, *id);
    assert_int_equal(db_run(stage.db, statement, &args, stage.arena, &rows), ERR_OK);
    return db_get_int(&rows, 0, 0);
}

void new_quota(const char *province, int places)
{
    script(stage.db, str_format(stage.arena,
                                "INSERT INTO call (id, region, shortlisting, ruleset) VALUES ('fes-meknes-2026', 'MA-03', 'automatic', "
                                "'fes-meknes-2026'), ('by-committee', 'MA-03', 'committee', 'fes-meknes-2026') ON CONFLICT DO NOTHING;"
                                "INSERT INTO quota (call, province, places) VALUES ('fes-meknes-2026', '%s', %d)",
                                province, places));
}
