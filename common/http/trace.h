/* W3C Trace Context, level 1: the `traceparent` field. Pure: the caller brings randomness. */
#ifndef JISR_HTTP_TRACE_H
#define JISR_HTTP_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "http/server.h"

/* True and a version-00 parent when `value` is one that may be followed (§3.2.2: lower-case hex, ids not zero, version not ff). */
bool trace_take(struct str value, struct http_trace *ret_trace);
void trace_make(const uint8_t entropy[24], struct http_trace *ret_trace);

#endif
