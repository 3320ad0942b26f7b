/* Two copies of a service (child processes with relay and feed), killed with SIGKILL at random times while events are made, repeated and poisoned.
 * Afterwards every event must have had its effect once, in the order of versions. */
#include "tests/integration/relay_support.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "app/log.h"
#include "proto/topics.h"
#include "relay_checks_statements.h"

#define COPIES 2
#define KILLS 10
#define AGGREGATES 400
#define GROUPS 8
#define VERSIONS 50 /* AGGREGATES * VERSIONS events */
#define WRITERS 2

/* ── The child ── */

static int serve(const char *schema)
{
    struct relay_fixture fixture = {0};
    struct relay *relay;
    struct feed *feed;
    snprintf(fixture.schema, sizeof(fixture.schema), "%s", schema);
    log_setup(schema, getenv("JISR_TEST_LOG") ? LOG_INFO : LOG_ERROR);
    relay_fixture_open(&fixture);
    relay_fixture_start(&fixture, &relay, &feed);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int received;
    sigwait(&signals, &received);
    feed_stop(feed);
    relay_stop(relay);
    db_close(fixture.db);
    arena_free(fixture.arena);
    return 0;
}

static pid_t start_copy(const struct relay_fixture *fixture)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* should the test fail */
        execl("/proc/self/exe", "relay_chaos_test", "serve", fixture->schema, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* ── Writers ── */

struct writer {
    const struct relay_fixture *fixture;
    struct db *db;
    struct arena *arena;
    int number, group;
    int64_t hold_us; /* between taking a transaction number and the change */
    enum err err;
};

/* Takes its transaction number early, its ids late: numbers and ids then run crosswise. */
static enum err change_body(struct db *db, void *context)
{
    struct writer *writer = context;
    struct db_args args;
    arena_reset(writer->arena);
    enum err err = db_run(db, &RELAY_CHECKS_TAKE_XID, NULL, writer->arena, NULL);
    if (err != ERR_OK)
        return err;
    clock_sleep_us(writer->hold_us);
    db_args_init(&args, writer->arena);
    db_arg_int4(&args, GROUPS);
    db_arg_int4(&args, writer->group);
    return db_queue(db, &RELAY_CHECKS_CHANGE, &args);
}

static void *write_events(void *context)
{
    struct writer *writer = context;
    unsigned seed = (unsigned)writer->number;
    for (int version = 0; version < VERSIONS / WRITERS && writer->err == ERR_OK; version++) {
        for (int group = 0; group < GROUPS && writer->err == ERR_OK; group++) {
            writer->group = (group + writer->number * 3) % GROUPS;
            writer->hold_us = rand_r(&seed) % 30000;
            writer->err = db_transaction(writer->db, change_body, writer);
            clock_sleep_us(rand_r(&seed) % 60000);
        }
    }
    return NULL;
}

static void start_writer(struct writer *writer, const struct relay_fixture *fixture, int number, pthread_t *ret_thread)
{
    struct db_options options = relay_fixture_db_options(fixture);
    *writer = (struct writer){.fixture = fixture, .number = number, .arena = arena_new((size_t)1024 * 1024)};
    assert_int_equal(db_open(&options, &writer->db), ERR_OK);
    assert_int_equal(pthread_create(ret_thread, NULL, write_events, writer), 0);
}

/* ── Trouble ── */

static void poison_log(void)
{
    const struct bus_header no_id[] = {{"ce_type", STR(EVENT_APPLICATION_SUBMITTED)}, {0}};
    const struct bus_header bad_type[] = {{"ce_id", STR("0193b2c0-0000-7000-8000-00000000000a")}, {"ce_type", STR("\xff\xfe")}, {0}};
    const struct bus_header no_key[] = {{"ce_id", STR("0193b2c0-0000-7000-8000-00000000000b")}, {"ce_type", STR(EVENT_APPLICATION_SUBMITTED)}, {0}};
    relay_fixture_produce(TOPIC_APPLICATION, "0193b2c0-0000-7000-8000-000000000001", no_id, "{}");
    relay_fixture_produce(TOPIC_APPLICATION, "0193b2c0-0000-7000-8000-000000000002", bad_type, "{}");
    relay_fixture_produce(TOPIC_APPLICATION, "not a uuid", no_key, "{}");
}

static void kill_at_random(const struct relay_fixture *fixture, pid_t *copies)
{
    unsigned seed = 7;
    for (int i = 0; i < KILLS; i++) {
        clock_sleep_us(200000 + rand_r(&seed) % 5000000);
        size_t victim = (size_t)rand_r(&seed) % COPIES;
        kill(copies[victim], SIGKILL);
        waitpid(copies[victim], NULL, 0);
        copies[victim] = start_copy(fixture);
        if (i == KILLS / 2) {
            poison_log();
            /* What a replay does: everything goes into the log once more. */
            relay_fixture_run(fixture, "UPDATE relay_cursor SET low = '0', high = '0', last_id = 0");
        }
    }
}

static void effects_are_made_once_and_in_order_however_often_copies_die(void **state)
{
    struct relay_fixture fixture = {0};
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    pid_t copies[COPIES];
    (void)state;
    relay_fixture_open(&fixture);
    relay_fixture_run(&fixture, "INSERT INTO aggregate (n) SELECT generate_series(1, 400)");
    for (size_t i = 0; i < COPIES; i++)
        copies[i] = start_copy(&fixture);
    for (int i = 0; i < WRITERS; i++)
        start_writer(&writers[i], &fixture, i, &threads[i]);
    kill_at_random(&fixture, copies);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].err, ERR_OK);
        db_close(writers[i].db);
        arena_free(writers[i].arena);
    }
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS, AGGREGATES * VERSIONS, 90);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_DECISIONS, AGGREGATES, 30);
    relay_fixture_await(&fixture, &RELAY_CHECKS_COUNT_POISON, 3, 30);
    clock_sleep_us(1000000); /* whatever comes twice would show now */
    for (size_t i = 0; i < COPIES; i++) {
        int status;
        kill(copies[i], SIGTERM);
        waitpid(copies[i], &status, 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_APPLICATIONS), AGGREGATES * VERSIONS);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DECISIONS), AGGREGATES);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_DISORDER), 0);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_HELD), 0);
    assert_int_equal(relay_fixture_number(&fixture, &RELAY_CHECKS_COUNT_UNSEALED), 0);
    relay_fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(argv[2]);
    log_setup("relay-chaos-test", LOG_ERROR);
    const struct CMUnitTest tests[] = {cmocka_unit_test(effects_are_made_once_and_in_order_however_often_copies_die)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
