#include "app/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/log.h"
#include "app/metrics_process.h"

#define BUCKET_COUNT 16 /* 0.5 ms × 2^0 … 2^15 */
#define FIRST_BUCKET_US INT64_C(500)

enum kind { KIND_COUNTER, KIND_GAUGE, KIND_HISTOGRAM };

static const char *const KINDS[] = {[KIND_COUNTER] = "counter", [KIND_GAUGE] = "gauge", [KIND_HISTOGRAM] = "histogram"};

struct metric {
    struct metric *next;
    enum kind kind;
    const char *name, *labels, *help;
    atomic_int_least64_t value;    /* histogram: sum, in microseconds */
    atomic_int_least64_t *buckets; /* histogram: each counts its own span only; the last one counts what is beyond */
};

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *registry, **registry_end = &registry; /* only ever grows: readers keep what they found without the lock */

static void *need(void *memory)
{
    if (!memory) {
        log_plain(LOG_ERROR, "no-memory-for-metrics");
        abort();
    }
    return memory;
}

static const char *keep(const char *text)
{
    return need(strdup(text));
}

static struct metric *find(const char *name, const char *labels)
{
    for (struct metric *metric = registry; metric; metric = metric->next)
        if (strcmp(metric->name, name) == 0 && strcmp(metric->labels, labels) == 0)
            return metric;
    return NULL;
}

static struct metric *find_or_add(enum kind kind, const char *name, const char *labels, const char *help)
{
    (void)pthread_mutex_lock(&registry_lock);
    struct metric *metric = find(name, labels);
    if (!metric) {
        metric = need(calloc(1, sizeof(*metric)));
        metric->kind = kind;
        metric->name = keep(name);
        metric->labels = keep(labels);
        metric->help = keep(help);
        if (kind == KIND_HISTOGRAM)
            metric->buckets = need(calloc(BUCKET_COUNT + 1, sizeof(*metric->buckets)));
        *registry_end = metric;
        registry_end = &metric->next;
    }
    (void)pthread_mutex_unlock(&registry_lock);
    return metric;
}

struct metric *metric_counter(const char *name, const char *labels, const char *help)
{
    return find_or_add(KIND_COUNTER, name, labels, help);
}

struct metric *metric_gauge(const char *name, const char *labels, const char *help)
{
    return find_or_add(KIND_GAUGE, name, labels, help);
}

struct metric *metric_histogram_s(const char *name, const char *labels, const char *help)
{
    return find_or_add(KIND_HISTOGRAM, name, labels, help);
}

void metric_add(struct metric *metric, int64_t amount)
{
    atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

void metric_set(struct metric *metric, int64_t value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe_us(struct metric *metric, int64_t duration_us)
{
    int bucket = 0;
    while (bucket < BUCKET_COUNT && duration_us > FIRST_BUCKET_US << bucket)
        bucket++;
    atomic_fetch_add_explicit(&metric->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metric->value, duration_us, memory_order_relaxed);
}

int64_t metric_value(const struct metric *metric)
{
    return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

static void print_series(struct buf *out, const struct metric *metric, const char *suffix, const char *more_labels)
{
    const char *comma = *metric->labels && *more_labels ? "," : "";
    buf_format(out, "%s%s", metric->name, suffix);
    if (*metric->labels || *more_labels)
        buf_format(out, "{%s%s%s}", metric->labels, comma, more_labels);
}

static void print_histogram(struct buf *out, const struct metric *metric)
{
    int64_t count = 0;
    char label[40];
    for (int i = 0; i <= BUCKET_COUNT; i++) {
        count += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
        int64_t bound_us = FIRST_BUCKET_US << i;
        if (i < BUCKET_COUNT)
            (void)snprintf(label, sizeof(label), "le=\"%g\"", (double)bound_us / 1e6);
        print_series(out, metric, "_bucket", i < BUCKET_COUNT ? label : "le=\"+Inf\"");
        buf_format(out, " %lld\n", (long long)count);
    }
    print_series(out, metric, "_sum", "");
    buf_format(out, " %.6f\n", (double)metric_value(metric) / 1e6);
    print_series(out, metric, "_count", "");
    buf_format(out, " %lld\n", (long long)count);
}

/* All series of one name together, as the format demands, in the order of first registration. */
static void print_family(struct buf *out, const struct metric *first)
{
    buf_format(out, "# HELP %s %s\n# TYPE %s %s\n", first->name, first->help, first->name, KINDS[first->kind]);
    for (const struct metric *metric = first; metric; metric = metric->next) {
        if (strcmp(metric->name, first->name) != 0)
            continue;
        if (metric->kind == KIND_HISTOGRAM) {
            print_histogram(out, metric);
            continue;
        }
        print_series(out, metric, "", "");
        buf_format(out, " %lld\n", (long long)metric_value(metric));
    }
}

static bool seen_before(const struct metric *metric)
{
    for (const struct metric *earlier = registry; earlier != metric; earlier = earlier->next)
        if (strcmp(earlier->name, metric->name) == 0)
            return true;
    return false;
}

void metrics_print(struct buf *out)
{
    (void)pthread_mutex_lock(&registry_lock);
    for (const struct metric *metric = registry; metric; metric = metric->next)
        if (!seen_before(metric))
            print_family(out, metric);
    metrics_print_process(out);
    (void)pthread_mutex_unlock(&registry_lock);
}
