/* The client against a small server of its own on loopback, whose path says how it misbehaves. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "net/client.h"

static int listener;
static unsigned port;
static atomic_int connections;

static const struct behaviour {
    const char *path, *answer; /* NULL: says nothing */
} behaviours[] = {
    {"/ok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
    {"/500", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"},
    {"/301", "HTTP/1.1 301 Moved\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n"},
    {"/429", "HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"},
    {"/503", "HTTP/1.1 503 Later\r\nRetry-After: Fri, 31 Dec 2099 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n"},
    {"/long", "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n0123456789012345678901234567890123456789"},
    {"/garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
    {"/hangup", ""},
    {"/silent", NULL},
};

static char *read_request(int socket, char *text, size_t room)
{
    size_t size = 0;
    for (;;) {
        text[size] = 0;
        char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length: ");
        if (end && size >= (size_t)(end + 4 - text) + (length && length < end ? strtoul(length + 16, NULL, 10) : 0))
            return text;
        ssize_t got = read(socket, text + size, room - 1 - size);
        if (got <= 0)
            return NULL;
        size += (size_t)got;
    }
}

static void *serve(void *given)
{
    int socket = (int)(intptr_t)given;
    static _Thread_local char text[65536];
    bool open = true;
    while (open && read_request(socket, text, sizeof(text))) {
        const struct behaviour *behaviour = NULL;
        char echo[512];
        for (size_t i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
            if (!strncmp(strchr(text, ' ') + 1, behaviours[i].path, strlen(behaviours[i].path)))
                behaviour = &behaviours[i];
        const char *answer = behaviour ? behaviour->answer : echo;
        if (!behaviour) /* says what came */
            snprintf(echo, sizeof(echo), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%.300s", strnlen(text, 300), text);
        if (!answer)
            sleep(1);
        else
            open = *answer && write(socket, answer, strlen(answer)) > 0;
    }
    close(socket);
    return NULL;
}

static void *accept_all(void *unused)
{
    (void)unused;
    for (int socket; (socket = accept(listener, NULL, NULL)) >= 0;) {
        pthread_t thread;
        atomic_fetch_add(&connections, 1);
        pthread_create(&thread, NULL, serve, (void *)(intptr_t)socket);
        pthread_detach(thread);
    }
    return NULL;
}

static int start_server(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    pthread_t thread;
    (void)state;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 512) || getsockname(listener, (struct sockaddr *)&address, &size))
        return -1;
    port = ntohs(address.sin_port);
    pthread_create(&thread, NULL, accept_all, NULL);
    return pthread_detach(thread);
}

struct call {
    struct net_request request;
    char url[128], answer[1024], failure[32];
    int status;
    int64_t retry_after_s;
    atomic_int done;
};

static void note(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer)
{
    struct call *call = request->owner;
    call->status = status;
    call->retry_after_s = retry_after_s;
    snprintf(call->failure, sizeof(call->failure), "%s", failure ? failure : "");
    snprintf(call->answer, sizeof(call->answer), "%.*s", (int)answer.size, answer.at ? answer.at : "");
    atomic_fetch_add(&call->done, 1);
}

static void prepare(struct call *call, const char *scheme_host, const char *path)
{
    memset(call, 0, sizeof(*call));
    snprintf(call->url, sizeof(call->url), "%s:%u%s", scheme_host, port, path);
    call->request = (struct net_request){.url = str_from(call->url),
                                         .body = STR("{}"),
                                         .done = note,
                                         .owner = call,
                                         .header_count = 1,
                                         .headers = {{STR("content-type"), STR("application/cloudevents+json")}}};
}

static void wait_for(struct call *call)
{
    int64_t deadline_us = clock_monotonic_us() + 20 * 1000000;
    while (!atomic_load(&call->done) && clock_monotonic_us() < deadline_us)
        clock_sleep_us(500);
    assert_int_equal(atomic_load(&call->done), 1);
}

static struct net_client *client_with(bool allow_local, int64_t timeout_ms, size_t max_answer_bytes)
{
    const struct net_options options = {.max_connections = 16,
                                        .max_connections_per_host = 8,
                                        .connect_timeout_ms = 1000,
                                        .timeout_ms = timeout_ms,
                                        .max_answer_bytes = max_answer_bytes,
                                        .allow_local = allow_local};
    struct net_client *client;
    assert_int_equal(net_client_start(&options, &client), ERR_OK);
    return client;
}

static void each_way_to_answer_is_told_apart(void **state)
{
    static const struct {
        const char *path, *failure, *answer, *why;
        int status;
        int64_t retry_after_s; /* -2: some large number */
    } rows[] = {
        {"/ok", "", "ok", "an answer", 200, -1},
        {"/500", "", "", "an answer too", 500, -1},
        {"/301", "", "", "redirects are not followed", 301, -1},
        {"/429", "", "", "seconds to wait", 429, 7},
        {"/503", "", "", "a date to wait for", 503, -2},
        {"/long", "", NULL, "1 GB is not read: the status counts, the rest is cut", 200, -1},
        {"/garbage", "not-http", "", "another protocol", 0, -1},
        {"/hangup", "no-answer", "", "closed without a word", 0, -1},
        {"/silent", "timeout", "", "accepted and silent", 0, -1},
    };
    struct net_client *client = client_with(true, 400, 30);
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct call call;
        prepare(&call, "http://127.0.0.1", rows[i].path);
        net_client_send(client, &call.request);
        wait_for(&call);
        bool waits = rows[i].retry_after_s == -2 ? call.retry_after_s > 1000000 : call.retry_after_s == rows[i].retry_after_s;
        if (call.status != rows[i].status || strcmp(call.failure, rows[i].failure) != 0 || !waits ||
            (rows[i].answer && strcmp(call.answer, rows[i].answer) != 0))
            fail_msg("%s: %s: %d %s %ld", rows[i].path, rows[i].why, call.status, call.failure, (long)call.retry_after_s);
    }
    net_client_stop(client);
}

static void what_is_sent_is_what_was_asked_for(void **state)
{
    struct net_client *client = client_with(true, 2000, 300);
    struct call call;
    (void)state;
    prepare(&call, "http://127.0.0.1", "/echo?x=1");
    call.request.header_count = 3;
    call.request.headers[1] = (struct net_header){STR("webhook-id"), STR("msg_1")};
    call.request.headers[2] = (struct net_header){STR("user-agent"), STR("Jisr/0.1")};
    net_client_send(client, &call.request);
    wait_for(&call);
    assert_non_null(strstr(call.answer, "POST /echo?x=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(call.answer, "content-type: application/cloudevents+json\r\n"));
    assert_non_null(strstr(call.answer, "webhook-id: msg_1\r\n"));
    assert_non_null(strstr(call.answer, "user-agent: Jisr/0.1\r\n"));
    assert_non_null(strcasestr(call.answer, "content-length: 2\r\n"));
    assert_null(strcasestr(call.answer, "expect"));
    assert_non_null(strstr(call.answer, "\r\n\r\n{}"));
    prepare(&call, "http://127.0.0.1", "/echo");
    call.request.get = true;
    net_client_send(client, &call.request);
    wait_for(&call);
    assert_non_null(strstr(call.answer, "GET /echo HTTP/1.1\r\n"));
    net_client_stop(client);
}

static void production_refuses_loopback_however_it_is_named(void **state)
{
    static const struct {
        const char *url, *failure;
    } rows[] = {
        {"https://127.0.0.1", "refused-address"},
        {"https://localhost", "refused-address"},
        {"https://0x7f.1", "refused-address"},
        {"https://2130706433", "refused-address"},
        {"https://[::1]", "refused-address"},
        {"http://127.0.0.1", "url"},
        {"ftp://127.0.0.1", "url"},
    };
    struct net_client *client = client_with(false, 2000, 300);
    (void)state;
    int before = atomic_load(&connections);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct call call;
        prepare(&call, rows[i].url, "/ok");
        net_client_send(client, &call.request);
        wait_for(&call);
        if (call.status != 0 || strcmp(call.failure, rows[i].failure) != 0)
            fail_msg("%s: %d %s", rows[i].url, call.status, call.failure);
    }
    assert_int_equal(atomic_load(&connections), before);
    net_client_stop(client);
}

static void a_port_where_nobody_listens_and_a_bad_certificate_have_their_names(void **state)
{
    struct net_client *client = client_with(true, 2000, 300);
    struct call call;
    (void)state;
    prepare(&call, "http://127.0.0.1", "/ok");
    snprintf(call.url, sizeof(call.url), "http://127.0.0.1:1/");
    call.request.url = str_from(call.url);
    net_client_send(client, &call.request);
    wait_for(&call);
    assert_string_equal(call.failure, "connect");
    prepare(&call, "https://127.0.0.1", "/ok"); /* the server speaks no TLS */
    net_client_send(client, &call.request);
    wait_for(&call);
    assert_true(!strcmp(call.failure, "tls") || !strcmp(call.failure, "timeout"));
    net_client_stop(client);
}

static void many_requests_share_few_connections(void **state)
{
    enum { MANY = 2000 };
    struct net_client *client = client_with(true, 20000, 300);
    struct call *calls = calloc(MANY, sizeof(*calls));
    (void)state;
    int before = atomic_load(&connections);
    for (size_t i = 0; i < MANY; i++) {
        prepare(&calls[i], "http://127.0.0.1", "/ok");
        net_client_send(client, &calls[i].request);
    }
    for (size_t i = 0; i < MANY; i++) {
        wait_for(&calls[i]);
        assert_int_equal(calls[i].status, 200);
    }
    assert_in_range(atomic_load(&connections) - before, 1, 16);
    net_client_stop(client);
    free(calls);
}

static void stopping_ends_every_request_once(void **state)
{
    enum { MANY = 40 }; /* more than may run at once */
    struct net_client *client = client_with(true, 20000, 300);
    struct call *calls = calloc(MANY, sizeof(*calls));
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        prepare(&calls[i], "http://127.0.0.1", "/silent");
        net_client_send(client, &calls[i].request);
    }
    clock_sleep_us(50000);
    net_client_stop(client);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(atomic_load(&calls[i].done), 1);
        assert_string_equal(calls[i].failure, "stopped");
    }
    free(calls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_answer_is_told_apart),
        cmocka_unit_test(what_is_sent_is_what_was_asked_for),
        cmocka_unit_test(production_refuses_loopback_however_it_is_named),
        cmocka_unit_test(a_port_where_nobody_listens_and_a_bad_certificate_have_their_names),
        cmocka_unit_test(many_requests_share_few_connections),
        cmocka_unit_test(stopping_ends_every_request_once),
    };
    return cmocka_run_group_tests(tests, start_server, NULL);
}
