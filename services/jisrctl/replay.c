/* jisrctl replay: a topic that came back empty is made again from the outboxes, which outlive Kafka's retention. Raises the topic's generation for
 * its consumers (they start at 0; their inboxes know what is already done) and sets the relay of the producing service back to its first row. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "proto/topics.h"
#include "store_statements.h"

static int run(int argc, char **argv);
const struct command COMMAND_REPLAY = {"replay", "TOPIC", "make an emptied topic again from the outbox", run};

static const struct {
    const char *topic, *producer;
} PRODUCERS[] = {
#define X(topic, producer, days, partitions) {topic, producer},
    TOPIC_LIST(X)
#undef X
};

static const char *producer_of(const char *topic)
{
    for (size_t i = 0; i < sizeof(PRODUCERS) / sizeof(PRODUCERS[0]); i++)
        if (strcmp(PRODUCERS[i].topic, topic) == 0)
            return PRODUCERS[i].producer;
    return NULL;
}

static enum err change(const char *schema, const struct db_statement *statement, const char *topic)
{
    struct arena *arena = arena_new(1 << 20);
    struct db *db = arena ? open_schema(schema) : NULL;
    struct db_args args;
    struct db_rows rows;
    enum err err = db ? ERR_OK : ERR_UNAVAILABLE;
    if (err == ERR_OK) {
        db_args_init(&args, arena);
        if (topic)
            db_arg_str(&args, str_from(topic));
        err = db_run(db, statement, &args, arena, &rows);
    }
    if (err == ERR_OK)
        printf("%s: %zu rows set back\n", schema, rows.affected);
    db_close(db);
    arena_free(arena);
    return err;
}

static int run(int argc, char **argv)
{
    int words = options_parse(&COMMAND_REPLAY, NULL, 0, argc, argv);
    if (words < 0)
        return options_status(words);
    const char *producer = words == 1 ? producer_of(argv[0]) : NULL;
    if (!producer) {
        (void)fputs("jisrctl replay: name one topic of", stderr);
        for (size_t i = 0; i < sizeof(PRODUCERS) / sizeof(PRODUCERS[0]); i++)
            (void)fprintf(stderr, " %s", PRODUCERS[i].topic);
        (void)fputc('\n', stderr);
        return 2;
    }
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && PLUMBED_SCHEMAS[i]; i++)
        err = change(PLUMBED_SCHEMAS[i], &STORE_REPLAY_OFFSETS, argv[0]);
    if (err == ERR_OK)
        err = change(producer, &STORE_REPLAY_OUTBOX, NULL);
    if (err != ERR_OK)
        (void)fprintf(stderr, "jisrctl replay: %s\n", err_info(err)->text);
    return err == ERR_OK ? 0 : 1;
}
