/* Many at once: parking, refusing, draining, stopping, streaming. */
#include "http_support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/app.h"

#define H "Host: jisr\r\n"
#define J "Content-Type: application/json\r\n"
#define CLIENTS 32
#define ROUNDS 60

struct crowd {
    struct desk *desk;
    const char *path;
    int rounds;
    bool stops_on_close;
    int fds[CLIENTS]; /* one each, open before the first of them sends: a server that stops takes no more */
    _Atomic unsigned started, number, good, refused, wrong, ended;
};

static struct str park(char *request, size_t capacity, const char *path, unsigned number)
{
    char body[32];
    int body_size = snprintf(body, sizeof(body), "\"%u\"", number);
    int size = snprintf(request, capacity, "POST %s HTTP/1.1\r\n" H J "Content-Length: %d\r\n\r\n%s", path, body_size, body);
    return (struct str){request, (size_t)size};
}

/* Each client sends numbers, one after the other on one connection, and wants its own back. */
static void *be_client(void *context)
{
    struct crowd *crowd = context;
    int fd = crowd->fds[atomic_fetch_add(&crowd->started, 1)];
    for (int i = 0; i < crowd->rounds; i++) {
        char request[256], expected[32];
        struct answer answer;
        unsigned number = atomic_fetch_add(&crowd->number, 1);
        snprintf(expected, sizeof(expected), "\"%u\"", number);
        client_send(fd, park(request, sizeof(request), crowd->path, number));
        client_read(fd, false, &answer);
        if (answer.status / 100 == 2 && strcmp(answer.body, expected) == 0)
            atomic_fetch_add(&crowd->good, 1);
        else if (answer.status == 503 && !str_empty(answer_header(&answer, "Retry-After")))
            atomic_fetch_add(&crowd->refused, 1);
        else
            atomic_fetch_add(answer.status == 0 ? &crowd->ended : &crowd->wrong, 1);
        if (answer.status == 0 || str_equal(answer_header(&answer, "Connection"), STR("close"))) {
            close(fd);
            if (crowd->stops_on_close)
                return NULL;
            fd = client_connect(crowd->desk);
        }
    }
    close(fd);
    return NULL;
}

static void run_crowd(struct crowd *crowd, pthread_t threads[CLIENTS])
{
    for (int i = 0; i < CLIENTS; i++)
        crowd->fds[i] = client_connect(crowd->desk);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, be_client, crowd), 0);
}

static void join_crowd(pthread_t threads[CLIENTS])
{
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
}

static void every_parked_request_gets_its_own_answer(void **state)
{
    (void)state;
    static const char *const PATHS[] = {"/v1/park", "/v1/work", "/v1/echo"};
    struct http_options options = {.worker_threads = 4};
    struct desk *desk = desk_open(&options);
    for (size_t i = 0; i < ROWS(PATHS); i++) {
        struct crowd crowd = {.desk = desk, .path = PATHS[i], .rounds = ROUNDS};
        pthread_t threads[CLIENTS];
        run_crowd(&crowd, threads);
        join_crowd(threads);
        check_int(crowd.good, CLIENTS * ROUNDS, PATHS[i]);
    }
    desk_close(desk);
}

static void a_parked_request_may_end_in_an_error(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct desk *desk = desk_open(&options);
    int fd = client_connect(desk);
    for (int i = 0; i < 300; i++) {
        struct answer answer;
        client_send(fd, STR("POST /v1/park HTTP/1.1\r\n" H J "Content-Length: 6\r\n\r\n\"fail\""));
        client_read(fd, false, &answer);
        check_int(answer.status, 409, "however soon it is finished");
        check(strstr(answer.body, "urn:jisr:problem:conflict"), "as a problem");
    }
    close(fd);
    desk_close(desk);
}

static void await_held(struct desk *desk, size_t count)
{
    for (int i = 0; i < 5000 && desk_held(desk) < count; i++)
        clock_sleep_us(1000);
    check_int(desk_held(desk), count, "held");
}

static void past_the_limit_requests_are_refused_and_connections_kept(void **state)
{
    (void)state;
    struct http_options options = {.max_in_flight = 3};
    struct desk *desk = desk_open(&options);
    int fds[5];
    char request[256];
    struct answer answer;
    atomic_store(&desk->hold, true);
    for (unsigned i = 0; i < 3; i++) {
        fds[i] = client_connect(desk);
        client_send(fds[i], park(request, sizeof(request), "/v1/park", i));
    }
    await_held(desk, 3);
    int fd = client_connect(desk);
    for (unsigned i = 0; i < 3; i++) {
        client_send(fd, park(request, sizeof(request), "/v1/park", i));
        client_read(fd, false, &answer);
        check_int(answer.status, 503, "the fourth");
        check_text(answer_header(&answer, "Retry-After"), "1", "with when to come again");
        check_text(answer_header(&answer, "Content-Type"), "application/problem+json", "as a problem");
    }
    client_send(fd, STR("POST /v1/park HTTP/1.1\r\n" H J "Content-Length: 900000\r\n\r\n"));
    client_read(fd, false, &answer);
    check_int(answer.status, 503, "a large body is not waited for");
    check(client_sees_end(fd, WAIT_MS), "so the connection ends");
    close(fd);
    atomic_store(&desk->hold, false);
    for (unsigned i = 0; i < 3; i++) {
        client_read(fds[i], false, &answer);
        check_int(answer.status, 201, "those that were taken are answered");
        close(fds[i]);
    }
    client_ask(desk, "GET /v1/things/1 HTTP/1.1\r\n" H "\r\n", &answer);
    check_int(answer.status, 200, "and there is room again");
    desk_close(desk);
}

static void past_nine_tenths_of_the_connections_requests_are_refused(void **state)
{
    (void)state;
    struct http_options options = {.max_connections = 20};
    struct desk *desk = desk_open(&options);
    int fds[19], refused = 0;
    struct answer answer;
    for (size_t i = 0; i < ROWS(fds); i++)
        fds[i] = client_connect(desk);
    for (size_t i = 0; i < ROWS(fds); i++) {
        client_send(fds[i], STR("GET /v1/things/1 HTTP/1.1\r\n" H "\r\n"));
        client_read(fds[i], false, &answer);
        refused += answer.status == 503 && client_sees_end(fds[i], WAIT_MS);
    }
    check(refused >= 1 && refused < 19, "the excess is refused and closed, the others are served");
    int beyond[30];
    for (size_t i = 0; i < ROWS(beyond); i++)
        beyond[i] = client_connect(desk);
    check(client_sees_end(beyond[29], WAIT_MS), "past the limit itself a connection is closed at once");
    for (size_t i = 0; i < ROWS(beyond); i++)
        close(beyond[i]);
    for (size_t i = 0; i < ROWS(fds); i++)
        close(fds[i]);
    clock_sleep_us(50 * 1000);
    client_ask(desk, "GET /v1/things/1 HTTP/1.1\r\n" H "\r\n", &answer);
    check_int(answer.status, 200, "and there is room again");
    desk_close(desk);
}

static void a_drain_answers_all_that_was_sent(void **state)
{
    (void)state;
    struct http_options options = {.worker_threads = 2};
    struct desk *desk = desk_open(&options);
    struct crowd crowd = {.desk = desk, .path = "/v1/park", .rounds = 100000, .stops_on_close = true};
    pthread_t threads[CLIENTS];
    run_crowd(&crowd, threads);
    while (atomic_load(&crowd.good) < 500)
        clock_sleep_us(1000);
    http_server_drain(desk->server, clock_monotonic_us() + 5 * INSTANT_SECOND);
    join_crowd(threads);
    check_int(crowd.wrong, 0, "no wrong answer");
    check_int(crowd.ended, 0, "no connection ended without one");
    check_int(crowd.refused, 0, "none refused");
    desk_close(desk);
}

static void a_stop_ends_what_is_parked_with_503(void **state)
{
    (void)state;
    struct http_options options = {.worker_threads = 2};
    struct desk *desk = desk_open(&options);
    int fds[20];
    char request[256];
    atomic_store(&desk->hold, true);
    for (unsigned i = 0; i < ROWS(fds); i++) {
        fds[i] = client_connect(desk);
        client_send(fds[i], park(request, sizeof(request), "/v1/park", i));
    }
    await_held(desk, ROWS(fds));
    int64_t began_us = clock_monotonic_us();
    http_server_drain(desk->server, clock_monotonic_us() + 50 * 1000);
    check(clock_monotonic_us() - began_us < INSTANT_SECOND, "a drain ends at its deadline");
    desk_close(desk); /* the finisher gives its requests back after the server is gone */
    for (size_t i = 0; i < ROWS(fds); i++) {
        struct answer answer;
        client_read(fds[i], false, &answer);
        check_int(answer.status, 503, "each client is told to try again");
        check_text(answer_header(&answer, "Retry-After"), "1", "and when");
        close(fds[i]);
    }
}

static void a_stop_under_load_loses_nobody_silently_and_leaks_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct http_options options = {.worker_threads = 2};
        struct desk *desk = desk_open(&options);
        struct crowd crowd = {.desk = desk, .path = i % 2 ? "/v1/park" : "/v1/work", .rounds = 100000, .stops_on_close = true};
        pthread_t threads[CLIENTS];
        run_crowd(&crowd, threads);
        while (atomic_load(&crowd.good) < 200)
            clock_sleep_us(1000);
        http_server_drain(desk->server, clock_monotonic_us());
        join_crowd(threads);
        desk_close(desk);
        check_int(crowd.wrong, 0, "no wrong answer");
    }
}

static int subscribe(struct desk *desk)
{
    int fd = client_connect(desk);
    client_send(fd, STR("GET /v1/stream HTTP/1.1\r\n" H "Accept: text/event-stream\r\n\r\n"));
    return fd;
}

static void a_subscriber_gets_the_latest_at_once_and_each_next_one(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct desk *desk = desk_open(&options);
    char text[4096];
    http_hub_publish(desk->hub, STR("statistics"), STR("{\"n\":1}"));
    http_hub_publish(desk->hub, STR("statistics"), STR("{\"n\":2}"));
    int fd = subscribe(desk);
    check(client_awaits(fd, "\"n\":2}\n\n", text, sizeof(text)), "the latest");
    check(strstr(text, "Content-Type: text/event-stream") && strstr(text, "Cache-Control: no-store") && strstr(text, "X-Accel-Buffering: no"),
          "its head");
    check(strstr(text, "event: statistics\ndata: {\"n\":2}\n\n") && !strstr(text, "\"n\":1"), "and only it");
    for (int i = 3; i < 10; i++) {
        char data[32];
        snprintf(data, sizeof(data), "{\"n\":%d}", i);
        http_hub_publish(desk->hub, STR("statistics"), str_from(data));
        check(client_awaits(fd, data, text, sizeof(text)), "each next one when the reader is quick");
    }
    http_hub_publish(desk->hub, STR("x"), STR("a\nb"));
    check(client_awaits(fd, "data: a\ndata: b\n\n", text, sizeof(text)), "lines are fields");
    http_server_drain(desk->server, clock_monotonic_us() + INSTANT_SECOND);
    check(client_awaits(fd, "0\r\n\r\n", text, sizeof(text)), "a drain ends the stream properly");
    close(fd);
    desk_close(desk);
}

/* Reads on until `end` has come; how often `part` did before it. -1: the end did not come. */
static int count_until(int fd, const char *part, const char *end)
{
    static char text[65536];
    size_t size = 0;
    int seen = 0;
    for (;;) {
        ssize_t got = recv(fd, text + size, sizeof(text) / 2, 0);
        if (got <= 0)
            return -1;
        size += (size_t)got;
        text[size] = 0;
        const char *rest = text;
        for (const char *at = text; (at = strstr(at, part)) != NULL; rest = at += strlen(part))
            seen++;
        if (strstr(rest, end))
            return seen;
        size_t kept = (size_t)(text + size - rest) < 64 ? (size_t)(text + size - rest) : 64;
        memmove(text, text + size - kept, kept);
        size = kept;
    }
}

static void a_slow_subscriber_skips_to_the_newest(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct desk *desk = desk_open(&options);
    static char data[40000], text[4096];
    int fd = subscribe(desk);
    check(client_awaits(fd, "retry: 3000\n\n", text, sizeof(text)), "opened");
    memset(data, 'x', sizeof(data));
    for (int i = 0; i < 1000; i++)
        http_hub_publish(desk->hub, STR("step"), (struct str){data, sizeof(data)});
    http_hub_publish(desk->hub, STR("last"), STR("{}"));
    int seen = count_until(fd, "event: step", "event: last");
    check(seen >= 0, "the newest arrives");
    check(seen < 1000, "without all of those in between");
    close(fd);
    desk_close(desk);
}

static void subscribers_come_and_go(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct desk *desk = desk_open(&options);
    int fds[60];
    char text[4096];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ROWS(fds); i++)
            fds[i] = subscribe(desk);
        http_hub_publish(desk->hub, STR("s"), STR("{\"hello\":1}"));
        for (size_t i = 0; i < ROWS(fds); i++)
            check(client_awaits(fds[i], "hello", text, sizeof(text)), "each gets it");
        for (size_t i = 0; i < ROWS(fds); i++)
            close(fds[i]);
        http_hub_publish(desk->hub, STR("s"), STR("{\"bye\":1}"));
    }
    int left_open = subscribe(desk);
    check(client_awaits(left_open, "bye", text, sizeof(text)), "one is still there when the server stops");
    desk_close(desk);
    check(client_awaits(left_open, "0\r\n\r\n", text, sizeof(text)), "and sees its end");
    close(left_open);
}

static void head_of_a_stream_is_only_its_head(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct desk *desk = desk_open(&options);
    struct answer answer;
    client_ask(desk, "HEAD /v1/stream HTTP/1.1\r\n" H "\r\n", &answer);
    check_int(answer.status, 200, "HEAD");
    check_text(answer_header(&answer, "Content-Type"), "text/event-stream", "HEAD");
    desk_close(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_parked_request_gets_its_own_answer),
        cmocka_unit_test(a_parked_request_may_end_in_an_error),
        cmocka_unit_test(past_the_limit_requests_are_refused_and_connections_kept),
        cmocka_unit_test(past_nine_tenths_of_the_connections_requests_are_refused),
        cmocka_unit_test(a_drain_answers_all_that_was_sent),
        cmocka_unit_test(a_stop_ends_what_is_parked_with_503),
        cmocka_unit_test(a_stop_under_load_loses_nobody_silently_and_leaks_nothing),
        cmocka_unit_test(a_subscriber_gets_the_latest_at_once_and_each_next_one),
        cmocka_unit_test(a_slow_subscriber_skips_to_the_newest),
        cmocka_unit_test(subscribers_come_and_go),
        cmocka_unit_test(head_of_a_stream_is_only_its_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
