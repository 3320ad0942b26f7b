/* jisrctl demo: the programme's own opening as real HTTP through the front door, and what the platform then counts. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "commands.h"
#include "demo_run.h"
#include "json/wire.h"

static int run(int argc, char **argv);
const struct command COMMAND_DEMO = {"demo", "", "send invented applications through the front door", run};

static volatile sig_atomic_t stopped; /* SIGINT has come */

#define STATISTICS_LAG_US INT64_C(1200000) /* 1 s at most, and a moment */
#define COUNT_WAIT_US INT64_C(5000000)     /* a loaded machine gets more */
#define LOOK_AGAIN_US 200000
#define BAR_WIDTH 30

struct platform_count {
    int64_t women, auto_entrepreneurs, cooperative_members, cooperatives, applications;
};

static int64_t member_int(const struct json_value *object, const char *name)
{
    const struct json_value *value = json_member(object, str_from(name));
    return value && value->kind == JSON_KIND_NUMBER ? (int64_t)value->number : -1;
}

static enum err platform_count(const char *url, struct platform_count *ret_count)
{
    struct arena *arena = arena_new(4 << 20);
    struct str body;
    const struct json_value *value = NULL;
    enum err err = arena ? demo_get(url, "/intake/v1/statistics?call=fes-meknes-2026", arena, &body) : ERR_MEMORY;
    if (err == ERR_OK)
        err = json_parse(body, arena, &value);
    if (err == ERR_OK)
        *ret_count =
            (struct platform_count){member_int(value, "women"), member_int(value, "auto_entrepreneurs"), member_int(value, "cooperative_members"),
                                    member_int(value, "cooperatives"), member_int(value, "applications")};
    arena_free(arena);
    return err;
}

static void show_progress(const struct demo_tally *tally)
{
    double seconds = (double)tally->duration_us / 1e6;
    int filled = (int)(tally->done * BAR_WIDTH / (tally->planned > 0 ? tally->planned : 1));
    double rate = seconds > 0 ? (double)tally->done / seconds : 0;
    if (isatty(STDERR_FILENO)) {
        (void)fputs("\r[", stderr);
        for (int i = 0; i < BAR_WIDTH; i++)
            (void)fputs(i < filled ? "█" : "·", stderr);
        (void)fprintf(stderr, "] %" PRId64 "/%" PRId64 "  %.0f/s ", tally->done, tally->planned, rate);
    } else {
        static int64_t next_line;
        if (tally->duration_us < next_line)
            return;
        next_line = tally->duration_us + 2000000;
        (void)fprintf(stderr, "demo: %" PRId64 " of %" PRId64 " applications, %.0f/s\n", tally->done, tally->planned, rate);
    }
}

static void print_text(const struct demo_plan *plan, const struct demo_tally *tally, const struct platform_count *count)
{
    printf("seed     %" PRIu64 " (the same seed sends the same, which counts once)\n", plan->seed);
    printf("sent     %" PRId64 " requests in %.1f s: %" PRId64 " accepted, %" PRId64 " refused as meant, %" PRId64
           " sent twice and answered the same, %" PRId64 " resent, %" PRId64 " wrong\n",
           tally->sent, (double)tally->duration_us / 1e6, tally->accepted, tally->refused, tally->replayed, tally->resent, tally->wrong);
    printf("made of  %" PRId64 " women = %" PRId64 " auto-entrepreneurs + %" PRId64 " members of %" PRId64 " cooperatives\n",
           tally->persons + tally->members, tally->persons, tally->members, tally->cooperatives);
    printf("platform %" PRId64 " women = %" PRId64 " auto-entrepreneurs + %" PRId64 " members of %" PRId64 " cooperatives\n", count->women,
           count->auto_entrepreneurs, count->cooperative_members, count->cooperatives);
}

static void print_json(const struct demo_plan *plan, const struct demo_tally *tally, const struct platform_count *count)
{
    printf("{\"seed\":%" PRIu64 ",\"sent\":%" PRId64 ",\"accepted\":%" PRId64 ",\"refused\":%" PRId64 ",\"replayed\":%" PRId64 ",\"resent\":%" PRId64
           ",\"wrong\":%" PRId64 ",\"duration_ms\":%" PRId64 ",\"persons\":%" PRId64 ",\"members\":%" PRId64 ",\"cooperatives\":%" PRId64,
           plan->seed, tally->sent, tally->accepted, tally->refused, tally->replayed, tally->resent, tally->wrong, tally->duration_us / 1000,
           tally->persons, tally->members, tally->cooperatives);
    printf(",\"platform\":{\"women\":%" PRId64 ",\"auto_entrepreneurs\":%" PRId64 ",\"cooperative_members\":%" PRId64 ",\"cooperatives\":%" PRId64
           ",\"applications\":%" PRId64 "}}\n",
           count->women, count->auto_entrepreneurs, count->cooperative_members, count->cooperatives, count->applications);
}

/* The platform's count, once it lags no more: it holds what was accepted here, and stands still. Nothing is added for what was sent before. */
static enum err settled_count(const char *url, int64_t women, struct platform_count *ret_count)
{
    int64_t deadline_us = clock_monotonic_us() + COUNT_WAIT_US, before = -1;
    clock_sleep_us(STATISTICS_LAG_US);
    enum err err = platform_count(url, ret_count);
    while ((err != ERR_OK || ret_count->women < women || ret_count->women != before) && clock_monotonic_us() < deadline_us) {
        before = err == ERR_OK ? ret_count->women : -1;
        clock_sleep_us(LOOK_AGAIN_US);
        err = platform_count(url, ret_count);
    }
    return err;
}

static void stop(int number)
{
    stopped = number;
}

/* Once: who asks again does not want to wait for what is under way. */
static void watch_for_interrupt(void)
{
    struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
}

static int send(const struct demo_plan *plan, bool json)
{
    struct demo_tally tally;
    struct platform_count count;
    enum err err = platform_count(plan->url, &count); /* is anybody there? */
    if (err == ERR_OK)
        err = demo_run(plan, show_progress, &tally);
    if (isatty(STDERR_FILENO))
        (void)fputc('\n', stderr);
    if (err == ERR_OK)
        err = settled_count(plan->url, tally.persons + tally.members, &count);
    if (err != ERR_OK) {
        (void)fprintf(stderr, "jisrctl demo: %s: %s\n", plan->url, err_info(err)->text);
        return 1;
    }
    (json ? print_json : print_text)(plan, &tally, &count);
    if (stopped)
        (void)fprintf(stderr, "jisrctl demo: stopped after %" PRId64 " of %" PRId64 " applications\n", tally.done, tally.planned);
    return stopped ? 128 + stopped : tally.wrong > 0;
}

static int run(int argc, char **argv)
{
    int64_t seed = clock_wall_us() / 1000, first = 0, persons = 3000, members = 674, connections = 64;
    const char *rate = "max";
    bool json = false;
    const struct option_row rows[] = {
        {"persons", OPTION_COUNT, &persons, "N", "auto-entrepreneurs (default 3000)"},
        {"members", OPTION_COUNT, &members, "N", "members of cooperatives (default 674)"},
        {"rate", OPTION_TEXT, &rate, "N|max", "applications a second (default max)"},
        {"seed", OPTION_COUNT, &seed, "N", "the same seed sends the same women; default: others each time"},
        {"first", OPTION_COUNT, &first, "N", "number of the first one: to go on where another run ended (default 0)"},
        {"connections", OPTION_COUNT, &connections, "N", "at once (default 64, at most 1024)"},
        {"json", OPTION_FLAG, &json, NULL, "the result as one JSON object"},
    };
    int words = options_parse(&COMMAND_DEMO, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    int64_t rate_per_s = 0;
    bool max = strcmp(rate, "max") == 0;
    if ((!max && (!str_parse_int64(str_from(rate), &rate_per_s) || rate_per_s < 1)) || connections < 1 || connections > 1024) {
        (void)fputs("jisrctl demo: --rate is a number from 1 or `max`; --connections is 1 to 1024\n", stderr);
        return 2;
    }
    const char *url = need_env("JISR_URL");
    if (!url)
        return 2;
    struct demo_plan plan = {url, (uint64_t)seed, (uint64_t)first, persons, members, rate_per_s, connections, &stopped};
    watch_for_interrupt();
    return send(&plan, json);
}
