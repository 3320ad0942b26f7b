/* A receiver of webhooks: a thread a connection, one table of behaviours by path. */
#include "tests/integration/notifier_support.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"

#define RECEIVED_MAX 20000
#define OK "HTTP/1.1 204 No Content\r\n\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"

static const struct behaviour {
    const char *path, *first, *then; /* the first answer, and those after it; NULL: silence */
} behaviours[] = {
    {"/ok", OK, OK},
    {"/second", OK, OK},
    {"/500-once", "HTTP/1.1 500 Oops\r\n" EMPTY, OK},
    {"/500", "HTTP/1.1 500 Oops\r\n" EMPTY, "HTTP/1.1 500 Oops\r\n" EMPTY},
    {"/301-once", "HTTP/1.1 301 Moved\r\nLocation: /ok\r\n" EMPTY, OK},
    {"/410", "HTTP/1.1 410 Gone\r\n" EMPTY, "HTTP/1.1 410 Gone\r\n" EMPTY},
    {"/429-once", "HTTP/1.1 429 Slow down\r\nRetry-After: 2\r\n" EMPTY, OK},
    {"/silent", NULL, NULL},
    {"/silent-once", NULL, OK},
};

static int listener = -1;
static unsigned port;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct received *received;
static size_t received_count;

/* Caller holds the lock. */
static size_t count_of(const char *path)
{
    size_t count = 0;
    for (size_t i = 0; i < received_count; i++)
        count += strcmp(received[i].path, path) == 0;
    return count;
}

size_t receiver_count(const char *path)
{
    pthread_mutex_lock(&lock);
    size_t count = count_of(path);
    pthread_mutex_unlock(&lock);
    return count;
}

struct received receiver_get(const char *path, size_t index)
{
    struct received found = {0};
    size_t seen = 0;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < received_count; i++)
        if (strcmp(received[i].path, path) == 0 && seen++ == index)
            found = received[i];
    pthread_mutex_unlock(&lock);
    assert_true(found.path[0]);
    return found;
}

void receiver_wait(const char *path, size_t count)
{
    int64_t deadline_us = clock_monotonic_us() + 10 * INSTANT_SECOND;
    while (receiver_count(path) < count) {
        if (clock_monotonic_us() > deadline_us)
            fail_msg("%s was asked %zu times, not %zu", path, receiver_count(path), count);
        clock_sleep_us(1000);
    }
}

unsigned receiver_port(void)
{
    return port;
}

static void copy_header(const char *text, const char *name, char *ret_value, size_t room)
{
    const char *at = strcasestr(text, name);
    if (at) {
        at += strlen(name);
        snprintf(ret_value, room, "%.*s", (int)strcspn(at, "\r"), at);
    }
}

/* True: the first time that this path and id are seen. */
static bool note(const char *text, const char *body)
{
    struct received one = {.at_us = clock_monotonic_us()};
    const char *path = strchr(text, ' ') + 1;
    snprintf(one.path, sizeof(one.path), "%.*s", (int)strcspn(path, " "), path);
    snprintf(one.body, sizeof(one.body), "%s", body);
    copy_header(text, "webhook-id: ", one.id, sizeof(one.id));
    copy_header(text, "webhook-timestamp: ", one.timestamp, sizeof(one.timestamp));
    copy_header(text, "webhook-signature: ", one.signature, sizeof(one.signature));
    copy_header(text, "content-type: ", one.content_type, sizeof(one.content_type));
    copy_header(text, "traceparent: ", one.traceparent, sizeof(one.traceparent));
    pthread_mutex_lock(&lock);
    bool is_first = true;
    for (size_t i = 0; i < received_count && is_first; i++)
        is_first = strcmp(received[i].id, one.id) != 0 || strcmp(received[i].path, one.path) != 0;
    if (received_count < RECEIVED_MAX)
        received[received_count++] = one;
    pthread_mutex_unlock(&lock);
    return is_first;
}

static const char *read_request(int socket, char *text, size_t room)
{
    for (size_t size = 0;;) {
        text[size] = 0;
        char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length: ");
        if (end && size >= (size_t)(end + 4 - text) + (length && length < end ? strtoul(length + 16, NULL, 10) : 0))
            return end + 4;
        ssize_t got = read(socket, text + size, room - 1 - size);
        if (got <= 0)
            return NULL;
        size += (size_t)got;
    }
}

static void *serve(void *given)
{
    int socket = (int)(intptr_t)given;
    char *text = malloc(65536);
    bool open = true;
    for (const char *body; open && (body = read_request(socket, text, 65536));) {
        bool is_first = note(text, body);
        const char *answer = OK;
        for (size_t i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++) {
            size_t size = strlen(behaviours[i].path);
            if (!strncmp(strchr(text, ' ') + 1, behaviours[i].path, size) && strchr(text, ' ')[1 + size] == ' ')
                answer = is_first ? behaviours[i].first : behaviours[i].then;
        }
        if (!answer)
            clock_sleep_us(3 * INSTANT_SECOND);
        open = answer && write(socket, answer, strlen(answer)) > 0;
    }
    close(socket);
    free(text);
    return NULL;
}

static void *accept_all(void *unused)
{
    (void)unused;
    for (int socket; (socket = accept(listener, NULL, NULL)) >= 0;) {
        pthread_t thread;
        pthread_create(&thread, NULL, serve, (void *)(intptr_t)socket);
        pthread_detach(thread);
    }
    return NULL;
}

void receiver_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    pthread_t thread;
    received = calloc(RECEIVED_MAX, sizeof(*received));
    listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 512), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&thread, NULL, accept_all, NULL), 0);
    pthread_detach(thread);
}

void receiver_clear(void)
{
    pthread_mutex_lock(&lock);
    received_count = 0;
    pthread_mutex_unlock(&lock);
}
