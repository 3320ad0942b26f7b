/* Metrics in Prometheus' text format 0.0.4: counters, gauges and histograms, registered in tables at start, changed by atomics,
 * never freed. Label values come from small fixed sets (route, outcome), never from input. */
#ifndef JISR_APP_METRICS_H
#define JISR_APP_METRICS_H

#include <stdint.h>

#include "base/str.h"

struct metric; /* one time series; opaque */

/* Same (name, labels) gives the same series. `labels` is the finished text `route="applications",outcome="ok"` or "". Aborts when out of memory at
 * start. */
struct metric *metric_counter(const char *name, const char *labels, const char *help);
struct metric *metric_gauge(const char *name, const char *labels, const char *help);
/* Exponential buckets for seconds: 0.5 ms … 16 s, factor 2. */
struct metric *metric_histogram_s(const char *name, const char *labels, const char *help);

void metric_add(struct metric *metric, int64_t amount);             /* counter (amount ≥ 0) or gauge */
void metric_set(struct metric *metric, int64_t value);              /* gauge */
void metric_observe_us(struct metric *metric, int64_t duration_us); /* histogram; exported in seconds */
int64_t metric_value(const struct metric *metric);

/* The whole registry as text, process figures included (RSS, descriptors, threads, start time). */
void metrics_print(struct buf *out);

#endif
