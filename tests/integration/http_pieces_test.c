/* Answers that a worker fetches piece by piece. */
#include "http_support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/app.h"

#define MS INT64_C(1000)

struct taker {
    struct desk *desk;
    int fd;
    _Atomic bool goes_on;
};

static void *take_the_rest(void *context)
{
    struct taker *taker = context;
    static char bytes[65536];
    while (!atomic_load(&taker->goes_on))
        clock_sleep_us(MS);
    clock_sleep_us(700 * MS); /* past the moment for which a stop waits for answers */
    while (recv(taker->fd, bytes, sizeof(bytes), 0) > 0)
        continue;
    return NULL;
}

static void await_a_full_socket(struct desk *desk)
{
    for (int pieces = -1; pieces != atomic_load(&desk->pieces) || pieces < 2;) {
        pieces = atomic_load(&desk->pieces);
        clock_sleep_us(100 * MS);
    }
}

static void a_stop_cuts_off_who_wants_the_next_piece_when_the_workers_have_gone(void **state)
{
    (void)state;
    struct http_options options = {.worker_threads = 1, .response_deadline_ms = 30000};
    struct taker taker = {.desk = desk_open(&options)};
    pthread_t thread;
    atomic_store(&taker.desk->lingers, true);
    taker.fd = client_connect(taker.desk);
    client_send(taker.fd, STR("GET /v1/pieces HTTP/1.1\r\nHost: jisr\r\n\r\n"));
    await_a_full_socket(taker.desk);
    assert_int_equal(pthread_create(&thread, NULL, take_the_rest, &taker), 0);
    http_server_drain(taker.desk->server, clock_monotonic_us());
    atomic_store(&taker.goes_on, true);
    desk_close(taker.desk); /* its worker takes a while to close, and meanwhile nobody fetches anything */
    pthread_join(thread, NULL);
    close(taker.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_cuts_off_who_wants_the_next_piece_when_the_workers_have_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
