/* Inside common/app: figures of the process itself, from /proc, under the names that Prometheus' client libraries use. */
#ifndef JISR_APP_METRICS_PROCESS_H
#define JISR_APP_METRICS_PROCESS_H

#include "base/str.h"

void metrics_print_process(struct buf *out);

#endif
