/* jisrctl retention: what is kept for how long, and the destruction of what its time is over. Intake does it (services/intake/personal/retention.h),
 * a chunk a request, by the same way as an erasure; a run that breaks off is begun again. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "commands.h"
#include "json/wire.h"
#include "net/client.h"
#include "staff_token.h"

#define TRIES 5
#define TRY_AGAIN_US INT64_C(1000000)

static int run(int argc, char **argv);
const struct command COMMAND_RETENTION = {"retention", "", "destroy what its time is over, or say what that would be; without options: the classes",
                                          run};

struct choice {
    const char *class, *call;
    bool dry_run, all;
};

/* ── One request at a time ── */

struct exchange {
    const char *url;
    struct str token; /* "Bearer …" */
    struct net_client *client;
    struct arena *arena; /* of one answer */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool answered;
    int status;
    struct str answer;
};

static void answered(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer)
{
    (void)failure;
    (void)retry_after_s;
    struct exchange *exchange = request->owner;
    pthread_mutex_lock(&exchange->lock);
    exchange->status = status;
    exchange->answer = str_copy(exchange->arena, answer);
    exchange->answered = true;
    pthread_cond_signal(&exchange->changed);
    pthread_mutex_unlock(&exchange->lock);
}

static void send_once(struct exchange *exchange, const char *path, struct str body)
{
    struct net_request request = {
        .url = str_format(exchange->arena, "%s%s", exchange->url, path),
        .headers = {{STR("Authorization"), exchange->token}, {STR("Content-Type"), STR("application/json")}, {STR("Accept-Language"), STR("en")}},
        .header_count = 3,
        .get = str_empty(body),
        .body = body,
        .done = answered,
        .owner = exchange,
    };
    exchange->answered = false;
    net_client_send(exchange->client, &request);
    pthread_mutex_lock(&exchange->lock);
    while (!exchange->answered)
        pthread_cond_wait(&exchange->changed, &exchange->lock);
    pthread_mutex_unlock(&exchange->lock);
}

/* The answer's JSON, or NULL after a sentence on stderr. Asking again is harmless: what was destroyed is not due any more. */
static const struct json_value *ask(struct exchange *exchange, const char *path, struct str body)
{
    const struct json_value *value = NULL;
    for (int tries = 0; tries < TRIES; tries++) {
        send_once(exchange, path, body);
        if (exchange->status == 200 && json_parse(exchange->answer, exchange->arena, &value) == ERR_OK)
            return value;
        if (exchange->status != 0 && exchange->status != 503 && exchange->status != 429)
            break;
        clock_sleep_us(TRY_AGAIN_US);
    }
    (void)fprintf(stderr, "jisrctl retention: %s%s: %d %.*s\n", exchange->url, path, exchange->status, (int)exchange->answer.size,
                  exchange->answer.at ? exchange->answer.at : "");
    return NULL;
}

static long long number_of(const struct json_value *value, const char *name)
{
    const struct json_value *member = json_member(value, str_from(name));
    return member && member->kind == JSON_KIND_NUMBER ? (long long)member->number : 0;
}

static struct str text_of(const struct json_value *value, const char *name)
{
    const struct json_value *member = json_member(value, str_from(name));
    return member && member->kind == JSON_KIND_STRING ? member->string : (struct str){0};
}

/* ── The classes ── */

static void print_class(const struct json_value *class)
{
    struct str name = text_of(class, "class"), how = text_of(class, "how"), since = text_of(class, "since");
    struct str reason = text_of(json_member(class, STR("reason")), "en");
    const struct json_value *days = json_member(class, STR("days"));
    if (days && days->kind == JSON_KIND_NUMBER)
        printf("%-14.*s %6.0f days after %-12.*s %-10.*s %.*s\n", (int)name.size, name.at, days->number, (int)since.size, since.at, (int)how.size,
               how.at, (int)reason.size, reason.at);
    else
        printf("%-14.*s %-30s %-10.*s %.*s\n", (int)name.size, name.at, "for good", (int)how.size, how.at, (int)reason.size, reason.at);
}

/* ── A run ── */

static struct str question(const struct choice *choice, struct str after, struct arena *arena)
{
    struct buf out;
    struct str text = {0};
    buf_init(&out, arena, 4096);
    buf_format(&out, "{\"dry_run\":%s", choice->dry_run ? "true" : "false");
    if (choice->call) {
        buf_add(&out, STR(",\"call\":"));
        json_add_string(&out, str_from(choice->call));
    }
    if (!str_empty(after)) {
        buf_add(&out, STR(",\"after\":"));
        json_add_string(&out, after);
    }
    buf_byte(&out, '}');
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

/* Chunk after chunk; 0: done. */
static int run_class(struct exchange *exchange, const struct choice *choice, const char *class)
{
    long long due = 0, destroyed = 0, held = 0, failed = 0;
    char after[ID_TEXT_SIZE + 1] = "";
    do {
        arena_reset(exchange->arena);
        const char *path = str_format(exchange->arena, "/intake/v1/retention/%s/run", class).at;
        const struct json_value *answer = ask(exchange, path, question(choice, str_from(after), exchange->arena));
        if (!answer)
            return 1;
        due += number_of(answer, "due");
        destroyed += number_of(answer, "destroyed");
        held += number_of(answer, "held");
        failed += number_of(answer, "failed");
        struct str next = text_of(answer, "after");
        (void)snprintf(after, sizeof(after), "%.*s", (int)next.size, next.size ? next.at : "");
    } while (after[0]);
    if (choice->dry_run)
        printf("%s: %lld due, %lld more under a legal hold; nothing was destroyed\n", class, due, held);
    else
        printf("%s: %lld due, %lld destroyed, %lld under a legal hold, %lld failed\n", class, due, destroyed, held, failed);
    return failed > 0;
}

static int run_classes(struct exchange *exchange, const struct choice *choice)
{
    const struct json_value *answer = ask(exchange, "/intake/v1/retention", (struct str){0});
    const struct json_value *items = answer ? json_member(answer, STR("items")) : NULL;
    char names[32][40];
    size_t count = 0;
    if (!items)
        return 1;
    for (size_t i = 0; i < items->count && count < 32; i++) {
        struct str name = text_of(&items->items[i], "class"), how = text_of(&items->items[i], "how");
        if (!choice->all && !choice->class)
            print_class(&items->items[i]);
        else if (choice->class ? str_equal(name, str_from(choice->class)) : (str_equal(how, STR("erase")) || str_equal(how, STR("remove"))))
            (void)snprintf(names[count++], sizeof(names[0]), "%.*s", (int)name.size, name.at);
    }
    if (choice->class && count == 0) {
        (void)fprintf(stderr, "jisrctl retention: no class %s; without options it lists them\n", choice->class);
        return 2;
    }
    int status = 0;
    for (size_t i = 0; i < count; i++)
        status |= run_class(exchange, choice, names[i]);
    return status;
}

static int work(struct exchange *exchange, const struct choice *choice, struct arena *arena)
{
    struct net_options options = {.max_connections = 1,
                                  .max_connections_per_host = 1,
                                  .connect_timeout_ms = 3000,
                                  .timeout_ms = 60000,
                                  .max_answer_bytes = 1 << 20,
                                  .allow_local = true};
    struct str token;
    exchange->url = need_env("JISR_URL");
    if (!exchange->url || !staff_token_make(&(struct staff_token){.role = "admin", .subject = "jisrctl", .life_s = 86400}, arena, &token))
        return 2;
    exchange->token = str_format(arena, "Bearer %.*s", (int)token.size, token.at);
    if (net_client_start(&options, &exchange->client) != ERR_OK) {
        (void)fputs("jisrctl retention: the HTTP client does not start\n", stderr);
        return 1;
    }
    int status = run_classes(exchange, choice);
    net_client_stop(exchange->client);
    return status;
}

static int run(int argc, char **argv)
{
    struct choice choice = {0};
    const struct option_row rows[] = {
        {"class", OPTION_TEXT, &choice.class, "CLASS", "this one"},
        {"all", OPTION_FLAG, &choice.all, NULL, "each that is destroyed by this command"},
        {"call", OPTION_TEXT, &choice.call, "ID", "of one call only"},
        {"dry-run", OPTION_FLAG, &choice.dry_run, NULL, "say how much is due, and destroy nothing"},
    };
    int words = options_parse(&COMMAND_RETENTION, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    if (words > 0 || (choice.all && choice.class) || ((choice.dry_run || choice.call) && !choice.all && !choice.class)) {
        (void)fputs("jisrctl retention: --class CLASS or --all says what to look at; see --help\n", stderr);
        return 2;
    }
    struct arena *arena = arena_new(1 << 20);
    struct exchange exchange = {.arena = arena_new((size_t)8 << 20), .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    int status = arena && exchange.arena ? work(&exchange, &choice, arena) : 1;
    arena_free(exchange.arena);
    arena_free(arena);
    return status;
}
