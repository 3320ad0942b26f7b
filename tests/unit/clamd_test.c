/* The scanner's protocol against a small daemon that says what each case wants it to say. */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/app.h"
#include "base/instant.h"
#include "clamd/clamd.h"
#include "support/check.h"

struct daemon {
    char path[64];
    int fd;
    pthread_t thread;
    const char *answer; /* NULL: hangs up */
    bool slow;          /* with its answer */
    char file[64];      /* what it was sent */
    size_t file_size;
    bool framed; /* the command and the lengths were as they should be */
};

static bool take(int fd, void *bytes, size_t size)
{
    return recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

static void *serve(void *context)
{
    struct daemon *daemon = context;
    int fd = accept(daemon->fd, NULL, NULL);
    char command[10];
    uint32_t size = 1;
    daemon->framed = take(fd, command, 10) && memcmp(command, "zINSTREAM", 10) == 0;
    while (daemon->framed && size > 0) {
        daemon->framed = take(fd, &size, 4);
        size = ntohl(size);
        daemon->framed =
            daemon->framed && size <= sizeof(daemon->file) - daemon->file_size && (size == 0 || take(fd, daemon->file + daemon->file_size, size));
        daemon->file_size += size;
    }
    if (daemon->slow)
        clock_sleep_us(INSTANT_SECOND / 5);
    if (daemon->answer && send(fd, daemon->answer, strlen(daemon->answer) + 1, MSG_NOSIGNAL) < 0)
        daemon->framed = false;
    close(fd);
    return NULL;
}

static void daemon_start(struct daemon *daemon)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(daemon->path, sizeof(daemon->path), "/tmp/jisr-clamd-test-%d", (int)getpid());
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", daemon->path);
    unlink(daemon->path);
    daemon->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(daemon->fd, (struct sockaddr *)(void *)&address, sizeof(address)), 0);
    assert_int_equal(listen(daemon->fd, 1), 0);
    assert_int_equal(pthread_create(&daemon->thread, NULL, serve, daemon), 0);
}

static const struct {
    const char *why, *answer;
    enum err err;
    enum clamd_verdict verdict;
} CASES[] = {
    {"nothing found", "stream: OK", ERR_OK, CLAMD_CLEAN},
    {"something found", "stream: Eicar-Signature FOUND", ERR_OK, CLAMD_FOUND},
    {"larger than it takes: no verdict", "INSTREAM size limit exceeded. ERROR", ERR_UNAVAILABLE, CLAMD_CLEAN},
    {"it hangs up: no verdict", NULL, ERR_UNAVAILABLE, CLAMD_CLEAN},
    {"it says something else: no verdict", "stream: OK, I think", ERR_UNAVAILABLE, CLAMD_CLEAN},
};

static void a_verdict_is_taken_only_when_it_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct daemon daemon = {.answer = CASES[i].answer};
        struct clamd *clamd;
        enum clamd_verdict verdict = CLAMD_CLEAN;
        daemon_start(&daemon);
        assert_int_equal(clamd_open(daemon.path, clock_monotonic_us() + 5 * INSTANT_SECOND, &clamd), ERR_OK);
        assert_int_equal(clamd_write(clamd, STR("a file ")), ERR_OK);
        assert_int_equal(clamd_write(clamd, (struct str){0}), ERR_OK); /* must not end the stream */
        assert_int_equal(clamd_write(clamd, STR("in pieces")), ERR_OK);
        assert_int_equal(clamd_verdict(clamd, &verdict), CASES[i].err);
        assert_int_equal(verdict, CASES[i].verdict);
        clamd_close(clamd);
        pthread_join(daemon.thread, NULL);
        assert_true(daemon.framed);
        assert_true(str_equal((struct str){daemon.file, daemon.file_size}, STR("a file in pieces")));
        close(daemon.fd);
        unlink(daemon.path);
    }
}

static void a_daemon_that_is_not_there_is_no_clean_file(void **state)
{
    (void)state;
    struct clamd *clamd;
    assert_int_equal(clamd_open("/nowhere/clamd.socket", clock_monotonic_us() + INSTANT_SECOND, &clamd), ERR_UNAVAILABLE);
    assert_int_equal(clamd_open("127.0.0.1:1", clock_monotonic_us() + INSTANT_SECOND, &clamd), ERR_UNAVAILABLE);
    assert_int_equal(clamd_open("no address", clock_monotonic_us() + INSTANT_SECOND, &clamd), ERR_UNAVAILABLE);
}

/* A full queue lets a connection hang as a host that answers nothing does. */
static void a_daemon_that_never_answers_is_waited_for_until_the_deadline(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *any = (struct sockaddr *)(void *)&address;
    socklen_t size = sizeof(address);
    struct clamd *clamd;
    char text[32];
    int fds[8] = {socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_int_equal(bind(fds[0], any, size), 0);
    assert_int_equal(listen(fds[0], 0), 0);
    assert_int_equal(getsockname(fds[0], any, &size), 0);
    for (size_t i = 1; i < sizeof(fds) / sizeof(fds[0]); i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(fds[i], any, size);
    }
    (void)snprintf(text, sizeof(text), "127.0.0.1:%d", ntohs(address.sin_port));
    int64_t began_us = clock_monotonic_us();
    assert_int_equal(clamd_open(text, began_us + INSTANT_SECOND / 2, &clamd), ERR_UNAVAILABLE);
    assert_in_range(clock_monotonic_us() - began_us, INSTANT_SECOND / 2, 5 * INSTANT_SECOND);
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        close(fds[i]);
}

static void nothing_to_do(int signal)
{
    (void)signal;
}

struct bell {
    pthread_t sleeper, thread;
    atomic_bool stopped;
};

static void *ring(void *context)
{
    struct bell *bell = context;
    while (!atomic_load(&bell->stopped)) {
        (void)pthread_kill(bell->sleeper, SIGUSR1);
        clock_sleep_us(5000);
    }
    return NULL;
}

/* A signal ends the wait for the daemon, not what is waited for: nothing is connected by it, and nothing is said. */
static void a_signal_is_neither_a_connection_nor_a_verdict(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = nothing_to_do}; /* without SA_RESTART */
    struct daemon daemon = {.answer = "stream: OK", .slow = true};
    struct bell bell = {.sleeper = pthread_self()};
    struct clamd *clamd;
    enum clamd_verdict verdict = CLAMD_FOUND;
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    daemon_start(&daemon);
    assert_int_equal(pthread_create(&bell.thread, NULL, ring, &bell), 0);
    assert_int_equal(clamd_open(daemon.path, clock_monotonic_us() + 5 * INSTANT_SECOND, &clamd), ERR_OK);
    assert_int_equal(clamd_write(clamd, STR("a file in pieces")), ERR_OK);
    assert_int_equal(clamd_verdict(clamd, &verdict), ERR_OK);
    assert_int_equal(verdict, CLAMD_CLEAN);
    atomic_store(&bell.stopped, true);
    pthread_join(bell.thread, NULL);
    clamd_close(clamd);
    pthread_join(daemon.thread, NULL);
    close(daemon.fd);
    unlink(daemon.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_is_taken_only_when_it_is_one),
        cmocka_unit_test(a_daemon_that_is_not_there_is_no_clean_file),
        cmocka_unit_test(a_daemon_that_never_answers_is_waited_for_until_the_deadline),
        cmocka_unit_test(a_signal_is_neither_a_connection_nor_a_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
