/* A network that goes silent or is cut: a thread never waits for ever, and what nobody can know is called unknown. */
#include "tests/integration/db_play.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/app.h"
#include "db_transaction_statements.h"

/* ── A proxy of one connection, whose way back can be stopped ── */

enum way_back { OPEN, SILENT, CUT /* at the next answer */ };

struct proxy {
    int listener, port;
    pthread_t thread;
    _Atomic enum way_back way_back;
    atomic_bool over;
};

static const char *setting(PQconninfoOption *options, const char *name, const char *standard)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, name) == 0 && options->val)
            return options->val;
    return standard;
}

static int connect_to_server(void)
{
    PQconninfoOption *options = PQconninfoParse(fixture_conninfo(), NULL);
    assert_non_null(options);
    const char *host = setting(options, "host", "/var/run/postgresql"), *port = setting(options, "port", "5432");
    int server;
    if (host[0] == '/') {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/.s.PGSQL.%.10s", host, port);
        server = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(server, (const struct sockaddr *)&address, sizeof(address)), 0);
    } else {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
        inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &address.sin_addr);
        server = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(server, (const struct sockaddr *)&address, sizeof(address)), 0);
    }
    PQconninfoFree(options);
    return server;
}

static bool pass(int from, int to)
{
    char bytes[16384];
    ssize_t size = read(from, bytes, sizeof(bytes));
    return size > 0 && (to < 0 || write(to, bytes, (size_t)size) == size);
}

static void *proxy_main(void *argument)
{
    struct proxy *proxy = argument;
    int client = accept(proxy->listener, NULL, NULL), server = connect_to_server();
    bool open = client >= 0;
    while (open && !proxy->over) {
        struct pollfd sockets[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (poll(sockets, 2, 20) <= 0)
            continue;
        if (sockets[0].revents)
            open = pass(client, server);
        if (open && sockets[1].revents)
            open = proxy->way_back != CUT && pass(server, proxy->way_back == SILENT ? -1 : client);
    }
    close(client);
    close(server);
    return NULL;
}

static void proxy_start(struct proxy *proxy)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    proxy->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(proxy->listener, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(proxy->listener, 1), 0);
    assert_int_equal(getsockname(proxy->listener, (struct sockaddr *)&address, &size), 0);
    proxy->port = ntohs(address.sin_port);
    proxy->way_back = OPEN;
    proxy->over = false;
    assert_int_equal(pthread_create(&proxy->thread, NULL, proxy_main, proxy), 0);
}

static void proxy_stop(struct proxy *proxy)
{
    proxy->over = true;
    pthread_join(proxy->thread, NULL);
    close(proxy->listener);
}

/* ── What is lost when ── */

enum moment { IN_A_STATEMENT, AT_COMMIT };

static const struct loss_case {
    const char *why;
    enum moment moment;
    enum way_back way_back;
    enum err gives;
    int64_t things;
    int64_t at_most_ms;
} LOSSES[] = {
    {"silence in a statement: nothing was committed", IN_A_STATEMENT, SILENT, ERR_UNAVAILABLE, 0, 6500},
    {"cut in a statement: the same, at once", IN_A_STATEMENT, CUT, ERR_UNAVAILABLE, 0, 1000},
    {"silence after COMMIT was sent: unknown, though it did happen", AT_COMMIT, SILENT, ERR_COMMIT_UNKNOWN, 1, 6500},
    {"cut after COMMIT was sent: the same, at once", AT_COMMIT, CUT, ERR_COMMIT_UNKNOWN, 1, 1000},
};

struct loss {
    const struct loss_case *loss_case;
    struct proxy proxy;
};

static enum err lose(struct db *db, void *context)
{
    struct loss *loss = context;
    struct db_args first = play_thing_1(), second = play_thing_2();
    enum err err = db_run(db, INSERT, &first, NULL, NULL);
    assert_int_equal(err, ERR_OK);
    loss->proxy.way_back = loss->loss_case->way_back;
    return loss->loss_case->moment == IN_A_STATEMENT ? db_run(db, INSERT, &second, NULL, NULL) : ERR_OK;
}

static void a_silent_or_cut_network_ends_in_time_and_with_the_truth(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LOSSES); i++) {
        fixture_script(play_fixture.db, "TRUNCATE thing");
        struct loss loss = {.loss_case = &LOSSES[i]};
        proxy_start(&loss.proxy);
        struct str conninfo =
            str_format(play_fixture.arena, "%s host=127.0.0.1 port=%d sslmode=disable gssencmode=disable", fixture_conninfo(), loss.proxy.port);
        const struct db_options options = {.conninfo = conninfo.at,
                                           .application_name = "db-test",
                                           .schema = play_fixture.schema,
                                           .catalogs = PLAY_CATALOGS,
                                           .statement_timeout_ms = 500};
        struct db *db = NULL;
        assert_int_equal(db_open(&options, &db), ERR_OK);
        assert_int_equal(db_connect(db), ERR_OK);
        int64_t started_at = clock_monotonic_us();
        enum err err = db_transaction(db, lose, &loss);
        int64_t took_ms = (clock_monotonic_us() - started_at) / 1000;
        db_close(db);
        proxy_stop(&loss.proxy);
        if (err != LOSSES[i].gives || took_ms > LOSSES[i].at_most_ms || play_count() != LOSSES[i].things)
            fail_msg("%s: %s after %ld ms, %ld things", LOSSES[i].why, err_info(err)->name, (long)took_ms, (long)play_count());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_silent_or_cut_network_ends_in_time_and_with_the_truth, play_empty_tables),
    };
    return cmocka_run_group_tests(tests, play_open, play_close);
}
