#include "tests/integration/relay_support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <librdkafka/rdkafka.h>

#include "app/app.h"
#include "app/log.h"
#include "base/embedded.h"
#include "bus/admin.h"
#include "proto/topics.h"
#include "relay_checks_statements.h"
#include "tests/support/starve.h"

#define PARTITIONS 12

extern const struct embedded_file RELAY_MIGRATIONS[];

static const char *const topics[] = {TOPIC_APPLICATION, TOPIC_DECISION, NULL};
static const struct db_catalog *const catalogs[] = {&RELAY_CHECKS_CATALOG, NULL};

static const char SERVICE_TABLES[] =
    "CREATE TABLE aggregate (n int PRIMARY KEY, key uuid NOT NULL DEFAULT gen_random_uuid(), version bigint NOT NULL DEFAULT 0);"
    "CREATE TABLE log_start (topic text, partition int, next_offset bigint);"
    "CREATE TABLE effect (topic text, key uuid, n bigint NOT NULL, versions bigint[] NOT NULL, PRIMARY KEY (topic, key));";

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    if (!value || !*value)
        fail_msg("%s must be set", name);
    return value;
}

struct bus_options relay_fixture_bus(void)
{
    return (struct bus_options){.brokers = variable("JISR_TEST_KAFKA"), .client_id = "jisr-test", .security = "plaintext"};
}

struct db_options relay_fixture_db_options(const struct relay_fixture *fixture)
{
    return (struct db_options){
        .conninfo = variable("JISR_TEST_PG"),
        .application_name = fixture->service,
        .schema = fixture->schema,
        .catalogs = catalogs,
        .statement_timeout_ms = 10000,
        .lock_timeout_ms = 5000,
        .idle_transaction_timeout_ms = 10000,
    };
}

void relay_fixture_run(const struct relay_fixture *fixture, const char *sql)
{
    if (db_script(fixture->db, str_from(sql)) != ERR_OK)
        fail_msg("%s: %s", sql, db_last_error(fixture->db).at);
}

/* Other tests' records are not this one's: its positions are the ends of the logs. */
static void start_at_the_end(struct relay_fixture *fixture)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", relay_fixture_bus().brokers, why, sizeof(why));
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    for (size_t t = 0; topics[t]; t++) {
        for (int32_t partition = 0; partition < PARTITIONS; partition++) {
            int64_t low, high;
            rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_UNKNOWN;
            for (int i = 0; i < 100 && code != RD_KAFKA_RESP_ERR_NO_ERROR; i++) { /* a topic just made has no leader for a moment */
                code = rd_kafka_query_watermark_offsets(kafka, topics[t], partition, &low, &high, 10000);
                if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
                    clock_sleep_us(100000);
            }
            assert_int_equal(code, RD_KAFKA_RESP_ERR_NO_ERROR);
            struct str sql = str_format(fixture->arena, "INSERT INTO log_start VALUES ('%s', %d, %lld)", topics[t], (int)partition, (long long)high);
            relay_fixture_run(fixture, sql.at);
        }
    }
    rd_kafka_destroy(kafka);
    relay_fixture_run(fixture, "INSERT INTO consumer_offset (topic, partition, next_offset) SELECT topic, partition, next_offset FROM log_start");
}

static void make_schema(struct relay_fixture *fixture)
{
    uint64_t random = 0;
    assert_int_equal(getrandom(&random, sizeof(random), 0), sizeof(random));
    snprintf(fixture->schema, sizeof(fixture->schema), "relay_%016llx", (unsigned long long)random);
    struct db_options options = relay_fixture_db_options(fixture);
    options.catalogs = NULL;
    assert_int_equal(db_open(&options, &fixture->db), ERR_OK);
    relay_fixture_run(fixture, str_format(fixture->arena, "CREATE SCHEMA %s", fixture->schema).at);
    for (const struct embedded_file *file = RELAY_MIGRATIONS; file->path; file++)
        relay_fixture_run(fixture, (const char *)file->bytes);
    relay_fixture_run(fixture, SERVICE_TABLES);
    start_at_the_end(fixture);
    db_close(fixture->db);
}

static void make_topics(void)
{
    static const struct topic_plan plans[] = {{TOPIC_APPLICATION, PARTITIONS, 1, NULL},
                                              {TOPIC_DECISION, PARTITIONS, 1, NULL},
                                              {TOPIC_REFERRAL, PARTITIONS, 1, NULL},
                                              {TOPIC_PARTNER, PARTITIONS, 1, NULL}};
    const struct bus_options bus = relay_fixture_bus();
    assert_int_equal(bus_create_topics(&bus, plans, COUNT_OF(plans), 10000), ERR_OK);
}

void relay_fixture_open(struct relay_fixture *fixture)
{
    fixture->arena = arena_new((size_t)64 * 1024 * 1024);
    assert_non_null(fixture->arena);
    if (fixture->schema[0] == '\0') {
        make_topics();
        make_schema(fixture);
    }
    snprintf(fixture->service, sizeof(fixture->service), "%s", fixture->schema);
    snprintf(fixture->source, sizeof(fixture->source), "/jisr/%s", fixture->service);
    struct db_options options = relay_fixture_db_options(fixture);
    assert_int_equal(db_open(&options, &fixture->db), ERR_OK);
    assert_int_equal(db_connect(fixture->db), ERR_OK);
}

void relay_fixture_close(struct relay_fixture *fixture)
{
    relay_fixture_run(fixture, str_format(fixture->arena, "DROP SCHEMA %s CASCADE", fixture->schema).at);
    db_close(fixture->db);
    arena_free(fixture->arena);
}

int64_t relay_fixture_number(const struct relay_fixture *fixture, const struct db_statement *statement)
{
    struct db_rows rows;
    arena_reset(fixture->arena);
    assert_int_equal(db_run(fixture->db, statement, NULL, fixture->arena, &rows), ERR_OK);
    return db_get_int(&rows, 0, 0);
}

void relay_fixture_await(const struct relay_fixture *fixture, const struct db_statement *statement, int64_t wanted, int seconds)
{
    int64_t until_us = clock_monotonic_us() + seconds * INT64_C(1000000), last = -1;
    while (clock_monotonic_us() < until_us) {
        last = relay_fixture_number(fixture, statement);
        if (last >= wanted)
            return;
        clock_sleep_us(20000);
    }
    fail_msg("%s is %lld after %d s, not %lld", statement->name, (long long)last, seconds, (long long)wanted);
}

/* ── By hand ── */

static void on_report(void *owner, void *tag, enum err err)
{
    (void)tag;
    *(enum err *)owner = err;
}

void relay_fixture_produce(const char *topic, const char *key, const struct bus_header *headers, const char *value)
{
    struct producer *producer;
    enum err reported = ERR_INTERNAL;
    const struct bus_options bus = relay_fixture_bus();
    assert_int_equal(producer_open(&bus, on_report, &reported, &producer), ERR_OK);
    struct bus_record record = {.topic = topic, .key = str_from(key), .value = str_from(value), .headers = headers};
    while (headers[record.header_count].name)
        record.header_count++;
    assert_int_equal(producer_send(producer, &record), ERR_OK);
    for (int i = 0; i < 600 && producer_waiting(producer) > 0; i++) /* the broker may be restarting */
        producer_poll(producer, 100);
    assert_int_equal(reported, ERR_OK);
    producer_close(producer);
}

/* ── The service ── */

static bool contains(struct str text, const char *word)
{
    return text.size > 0 && memmem(text.at, text.size, word, strlen(word)) != NULL;
}

/* The applications that have an effect already. */
static enum err find_known(struct feed_call *call, struct db_rows *ret_rows)
{
    struct db_column keys;
    struct db_args args;
    db_column_init(&keys, call->arena, DB_UUID);
    for (size_t i = 0; i < call->count; i++)
        db_column_id(&keys, call->events[i]->key);
    db_args_init(&args, call->arena);
    db_arg_column(&args, &keys);
    return db_run(call->db, &RELAY_CHECKS_KNOWN, &args, call->arena, ret_rows);
}

static bool is_known(const struct db_rows *rows, struct id key)
{
    for (size_t i = 0; i < rows->count; i++)
        if (id_compare(db_get_id(rows, i, 0), key) == 0)
            return true;
    return false;
}

/* Every first version of an application makes a decision, which comes back to this service by its own topic. */
static void decide(struct feed_call *call, const struct event *event)
{
    struct outbox_row row = {.key = event->key,
                             .aggregate_id = event->key,
                             .version = 1,
                             .type = EVENT_DECISION_ASSESSED,
                             .data = STR("{}"),
                             .at = call->now,
                             .actor = STR("service:test"),
                             .action = STR("assess")};
    assert_int_equal(getrandom(&row.event_id, sizeof(row.event_id), 0), sizeof(row.event_id));
    outbox_add(call->outbox, &row);
}

/* The first time there is no memory to read it in. */
static bool is_unlucky(struct feed_call *call, const struct event *event, const char *word, atomic_int *times)
{
    if (!contains(event->data, word) || atomic_fetch_add(times, 1) > 0)
        return false;
    starve(call->arena);
    return true;
}

static void judge(const struct db_rows *known, struct event *event)
{
    if (contains(event->data, "poison")) {
        event->outcome = ERR_MALFORMED;
        event->reason = "poisoned on purpose";
    } else if (str_equal(event->type, STR(EVENT_DECISION_ASSESSED)) && !is_known(known, event->key)) {
        event->outcome = ERR_NO_CAUSE;
        event->reason = "its application is not here yet";
    }
}

static enum err count_effects(struct feed_call *call)
{
    const struct relay_fixture *fixture = call->service;
    static atomic_int misread, overlooked;
    enum { TOPIC, KEY, VERSION, COLUMNS };
    struct db_column columns[COLUMNS];
    struct db_rows known;
    enum err err = find_known(call, &known);
    if (err != ERR_OK)
        return err;
    db_column_init(&columns[TOPIC], call->arena, DB_TEXT);
    db_column_init(&columns[KEY], call->arena, DB_UUID);
    db_column_init(&columns[VERSION], call->arena, DB_INT8);
    for (size_t i = 0; i < call->count; i++) {
        struct event *event = call->events[i];
        if (!str_equal(event->source, str_from(fixture->source)))
            continue; /* another test's */
        if (fixture->folds && !feed_may_take(call, i))
            continue;
        if (contains(event->data, "explode"))
            return ERR_INVALID;
        judge(&known, event);
        if (is_unlucky(call, event, "misread", &misread))
            event->outcome = ERR_MALFORMED;
        if (event->outcome != ERR_OK || is_unlucky(call, event, "overlooked", &overlooked))
            continue;
        db_column_str(&columns[TOPIC], str_from(event->topic));
        db_column_id(&columns[KEY], event->key);
        db_column_int(&columns[VERSION], event->version);
        if (event->version == 1 && str_equal(event->type, STR(EVENT_APPLICATION_SUBMITTED)) && contains(event->data, "{}"))
            decide(call, event);
    }
    struct db_args args;
    db_args_init(&args, call->arena);
    for (int i = 0; i < COLUMNS; i++)
        db_arg_column(&args, &columns[i]);
    return db_queue(call->db, &RELAY_CHECKS_RECORD, &args);
}

struct relay_options relay_fixture_relay_options(const struct relay_fixture *fixture)
{
    return (struct relay_options){
        .db = relay_fixture_db_options(fixture),
        .bus = relay_fixture_bus(),
        .service = fixture->service,
        .max_in_flight = 5000,
        .poll_ms = 10,
        .silence_ms = 15000,
        .outbox_days = 30,
        .inbox_days = 30,
    };
}

void relay_fixture_start(const struct relay_fixture *fixture, struct relay **ret_relay, struct feed **ret_feed)
{
    union {
        const struct relay_fixture *in;
        void *out;
    } context = {.in = fixture};
    const struct relay_options relay_options = relay_fixture_relay_options(fixture);
    assert_int_equal(relay_start(&relay_options, ret_relay), ERR_OK);
    const struct feed_options feed_options = {
        .db = relay_fixture_db_options(fixture),
        .bus = relay_fixture_bus(),
        .service = fixture->service,
        .topics = topics,
        .max_events = 500,
        .arena_bytes = NO_CEILING,
        .folds = fixture->folds,
        .handle = count_effects,
        .context = context.out,
        .relay = *ret_relay,
    };
    assert_int_equal(feed_start(&feed_options, ret_feed), ERR_OK);
}
