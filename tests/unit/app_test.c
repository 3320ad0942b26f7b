/* A service's life, its log and its metrics. Each life is a process of its own: signals and exit statuses are what is tested. */
#include "support/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "app/log.h"
#include "app/metrics.h"

static int told; /* a pipe to the test */

static void tell(const char *what)
{
    if (write(told, what, strlen(what)) < 0)
        abort();
}

static enum err start_one(void *service)
{
    (void)service;
    tell("start1 ");
    return ERR_OK;
}

static enum err start_two(void *service)
{
    tell("start2 ");
    return *(const enum err *)service;
}

static void drain_one(void *service)
{
    (void)service;
    tell(app_state() == APP_DRAINING ? "drain1 " : "drain1-while-ready ");
}

static void stop_one(void *service)
{
    (void)service;
    tell("stop1 ");
}

static void stop_two(void *service)
{
    (void)service;
    tell("stop2 ");
}

static enum err start_failing(void *service)
{
    (void)service;
    app_fail("broken for good");
    return ERR_OK;
}

static enum err signal_self(void *service)
{
    (void)service;
    return kill(getpid(), SIGTERM) == 0 ? ERR_OK : ERR_INTERNAL;
}

/* As a start does that waits for a database which is away. */
static enum err start_waiting(void *service)
{
    (void)service;
    for (int i = 0; i < 100 && !app_told_to_stop(); i++)
        clock_sleep_us(10000);
    tell(app_told_to_stop() ? "told " : "not-told ");
    return ERR_UNAVAILABLE;
}

static enum err signal_self_twice(void *service)
{
    (void)kill(getpid(), SIGPIPE);
    return kill(getpid(), SIGINT) == 0 ? signal_self(service) : ERR_INTERNAL;
}

static void drain_forever(void *service)
{
    (void)service;
    clock_sleep_us(60 * 1000000);
}

/* Runs the parts in a child; its exit status, and what it told. */
static int live(const struct app_part *parts, size_t count, enum err second_start, char *ret_told, size_t told_size)
{
    int ends[2];
    check_int(pipe(ends), 0, "a pipe");
    pid_t child = fork();
    if (child == 0) {
        told = ends[1];
        (void)close(ends[0]);
        (void)freopen("/dev/null", "w", stderr);
        (void)dup2(fileno(stderr), STDERR_FILENO);
        _exit(app_run(&(struct app){.name = "test", .drain_budget_ms = 300, .parts = parts, .part_count = count, .service = &second_start}));
    }
    (void)close(ends[1]);
    size_t size = 0;
    for (ssize_t got; size + 1 < told_size && (got = read(ends[0], ret_told + size, told_size - 1 - size)) > 0;)
        size += (size_t)got;
    ret_told[size] = '\0';
    (void)close(ends[0]);
    int status = -1;
    check_int(waitpid(child, &status, 0), child, "its end");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void a_life_ends_as_it_should(void **state)
{
    static const struct {
        struct app_part parts[3];
        size_t count;
        enum err second_start;
        int exit_status;
        const char *told, *why;
    } CASES[] = {
        {{{"one", start_one, drain_one, stop_one}, {"two", start_two, NULL, stop_two}, {"end", signal_self, NULL, NULL}},
         3,
         ERR_OK,
         0,
         "start1 start2 drain1 stop2 stop1 ",
         "started in order, drained, stopped in reverse order"},
        {{{"one", start_one, drain_one, stop_one}, {"end", signal_self_twice, NULL, NULL}},
         2,
         ERR_OK,
         0,
         "start1 drain1 stop1 ",
         "SIGINT is as good as SIGTERM, a second signal changes nothing, SIGPIPE is nothing"},
        {{{"one", start_one, drain_one, stop_one}, {"two", start_two, NULL, stop_two}},
         2,
         ERR_INTERNAL,
         1,
         "start1 start2 stop1 ",
         "a start that fails stops what had started, and that alone"},
        {{{"one", start_one, drain_one, stop_one}, {"early", signal_self, NULL, NULL}, {"waits", start_waiting, NULL, NULL}},
         3,
         ERR_OK,
         0,
         "start1 told stop1 ",
         "told to stop while a start still waits: it gives up, and that is no failure"},
        {{{"one", start_one, drain_one, stop_one}, {"waits", start_waiting, NULL, NULL}},
         2,
         ERR_OK,
         1,
         "start1 not-told stop1 ",
         "nobody has told it to stop: a start that fails is a failure"},
        {{{"one", start_one, drain_one, stop_one}, {"bad", start_failing, NULL, NULL}},
         2,
         ERR_OK,
         1,
         "start1 drain1 stop1 ",
         "a part that fails ends the process, orderly, with status 1"},
        {{{"one", start_one, NULL, stop_one}, {"slow", signal_self, drain_forever, NULL}},
         2,
         ERR_OK,
         1,
         "start1 ",
         "a drain that hangs is cut off when its budget is used up"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        char text[200];
        int status = live(CASES[i].parts, CASES[i].count, CASES[i].second_start, text, sizeof(text));
        check_int(status, CASES[i].exit_status, CASES[i].why);
        check_text(str_from(text), CASES[i].told, CASES[i].why);
    }
}

/* What `write_lines` writes to stderr. */
static const char *captured(void (*write_lines)(void))
{
    static char text[8192];
    FILE *file = tmpfile();
    check(file, "a file");
    int kept = dup(STDERR_FILENO);
    (void)dup2(fileno(file), STDERR_FILENO);
    write_lines();
    (void)dup2(kept, STDERR_FILENO);
    (void)close(kept);
    rewind(file);
    size_t size = fread(text, 1, sizeof(text) - 1, file);
    text[size] = '\0';
    (void)fclose(file);
    return text;
}

static void write_values(void)
{
    log_setup("intake", LOG_INFO);
    log_line(LOG_WARNING, "relay-stopped", LOG_ERR(ERR_UNAVAILABLE), LOG_INT("rows", -3), LOG_STR("key", STR("a\"b\n\xff")));
    log_plain(LOG_DEBUG, "below-the-lowest-level");
}

static void write_long_values(void)
{
    static char a[600];
    memset(a, 'a', sizeof(a));
    struct str value = {a, sizeof(a)};
    log_line(LOG_ERROR, "long", LOG_STR("a", value), LOG_STR("b", value), LOG_STR("c", value), LOG_STR("d", value), LOG_STR("e", value),
             LOG_STR("f", value), LOG_STR("g", value), LOG_STR("h", value), LOG_INT("n", 1));
}

static void a_log_line_is_one_json_object(void **state)
{
    (void)state;
    errno = ENOENT;
    const char *line = captured(write_values);
    check(
        strstr(
            line,
            "Z\",\"level\":\"warning\",\"service\":\"intake\",\"event\":\"relay-stopped\",\"err\":\"UNAVAILABLE\",\"rows\":-3,\"key\":\"a\\\"b\\u000a"
            "\xef\xbf\xbd\"}\n"),
        line);
    check_int(strncmp(line, "{\"time\":\"2", 10), 0, line);
    check(!strstr(line, "below-the-lowest"), "levels below the lowest are not written");

    line = captured(write_long_values);
    check(strlen(line) < 4096, "a line is bounded");
    check(strstr(line, ",\"cut\":true}\n"), "says when something was left out, and is still JSON");
    check(!strstr(line, "aaaaaaaaaa}"), "whole values alone");
}

static struct str metrics_text(struct arena *arena)
{
    struct buf out;
    struct str text = {0};
    buf_init(&out, arena, 100000);
    metrics_print(&out);
    check_int(buf_done(&out, &text), ERR_OK, "the registry fits");
    return text;
}

static void metrics_are_prometheus_text(void **state)
{
    (void)state;
    struct metric *ok = metric_counter("jisr_requests_total", "outcome=\"ok\"", "Requests.");
    struct metric *lag = metric_gauge("jisr_lag", "", "Events behind.");
    struct metric *bad = metric_counter("jisr_requests_total", "outcome=\"bad\"", "Requests.");
    struct metric *took = metric_histogram_s("jisr_request_seconds", "route=\"a\"", "Time.");
    check(metric_counter("jisr_requests_total", "outcome=\"ok\"", "Requests.") == ok, "the same series");
    metric_add(ok, 2);
    metric_add(bad, 1);
    metric_set(lag, -1);
    static const int64_t DURATIONS_US[] = {1, 500, 501, 16384000, 20000000};
    for (size_t i = 0; i < ROWS(DURATIONS_US); i++)
        metric_observe_us(took, DURATIONS_US[i]);
    static const struct {
        const char *piece, *why;
    } CASES[] = {
        {"# HELP jisr_requests_total Requests.\n# TYPE jisr_requests_total counter\njisr_requests_total{outcome=\"ok\"} "
         "2\njisr_requests_total{outcome=\"bad\"} 1\n",
         "the series of a name together, whenever they were registered"},
        {"# TYPE jisr_lag gauge\njisr_lag -1\n", "no labels, no braces"},
        {"jisr_request_seconds_bucket{route=\"a\",le=\"0.0005\"} 2\n", "up to and including 0.5 ms"},
        {"jisr_request_seconds_bucket{route=\"a\",le=\"0.001\"} 3\n", "buckets add up"},
        {"jisr_request_seconds_bucket{route=\"a\",le=\"16.384\"} 4\n", "the last bound"},
        {"jisr_request_seconds_bucket{route=\"a\",le=\"+Inf\"} 5\n", "all"},
        {"jisr_request_seconds_sum{route=\"a\"} 36.385002\njisr_request_seconds_count{route=\"a\"} 5\n", "sum in seconds"},
        {"# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes ", "the process itself"},
        {"process_start_time_seconds 1", "seconds since 1970, not since boot"},
        {"process_threads 1.00\n", "this test has one"},
    };
    struct arena *arena = arena_new(1024 * 1024);
    struct str text = metrics_text(arena);
    for (size_t i = 0; i < ROWS(CASES); i++)
        if (!strstr(text.at, CASES[i].piece))
            fail_msg("%s: no %s in\n%s", CASES[i].why, CASES[i].piece, text.at);
    arena_free(arena);
}

static void clocks_go_forward(void **state)
{
    (void)state;
    int64_t from_us = clock_monotonic_us();
    clock_sleep_us(2000);
    clock_sleep_us(-5);
    check(clock_monotonic_us() - from_us >= 2000, "slept at least so long");
    check(clock_wall_us() > INT64_C(1750000000) * 1000000, "a wall clock of these years");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_ends_as_it_should),
        cmocka_unit_test(a_log_line_is_one_json_object),
        cmocka_unit_test(metrics_are_prometheus_text),
        cmocka_unit_test(clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
