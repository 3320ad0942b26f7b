/* jisrctl topics: creates the topics of proto/topics.h that are missing; waits for a broker that is still starting. */
#include <stdio.h>

#include "app/app.h"
#include "bus/admin.h"
#include "commands.h"
#include "proto/topics.h"

static int run(int argc, char **argv);
const struct command COMMAND_TOPICS = {"topics", "", "create the Kafka topics that are missing", run};

#define TRY_MS 3000

struct topic_row {
    const char *name;
    int days, partitions;
};
static const struct topic_row TOPICS[] = {
#define X(topic, producer, days, partitions) {topic, days, partitions},
    TOPIC_LIST(X)
#undef X
};
#define TOPIC_COUNT (sizeof(TOPICS) / sizeof(TOPICS[0]))

static int run(int argc, char **argv)
{
    int64_t wait_s = 0, partitions = 12, replicas = 1;
    const struct option_row rows[] = {
        {"wait", OPTION_COUNT, &wait_s, "SECONDS", "how long to wait for a broker (default 0)"},
        {"partitions", OPTION_COUNT, &partitions, "N", "of each new topic (default 12; of the calls: 1)"},
        {"replicas", OPTION_COUNT, &replicas, "N", "of each new topic (default 1; production: 3)"},
    };
    int words = options_parse(&COMMAND_TOPICS, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    struct bus_options bus;
    if (!kafka_settings(&bus))
        return 2;
    static char retention[TOPIC_COUNT][24];
    const char *config[TOPIC_COUNT][5];
    struct topic_plan plans[TOPIC_COUNT];
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        (void)snprintf(retention[i], sizeof retention[i], "%lld", (long long)TOPICS[i].days * 86400000);
        config[i][0] = "retention.ms";
        config[i][1] = retention[i];
        config[i][2] = replicas >= 3 ? "min.insync.replicas" : NULL;
        config[i][3] = "2";
        config[i][4] = NULL;
        int count = TOPICS[i].partitions ? TOPICS[i].partitions : (int)partitions;
        plans[i] = (struct topic_plan){TOPICS[i].name, count, (int)replicas, config[i]};
    }
    int64_t deadline_us = clock_monotonic_us() + wait_s * 1000000;
    enum err err = bus_create_topics(&bus, plans, TOPIC_COUNT, TRY_MS);
    while (err == ERR_UNAVAILABLE && clock_monotonic_us() < deadline_us) {
        clock_sleep_us(200000);
        err = bus_create_topics(&bus, plans, TOPIC_COUNT, TRY_MS);
    }
    if (err != ERR_OK)
        (void)fprintf(stderr, "jisrctl topics: Kafka at %s: %s\n", bus.brokers, err_info(err)->text);
    return err == ERR_OK ? 0 : 1;
}
