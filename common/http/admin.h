/* The admin port: /livez (the process turns), /readyz (not starting, not draining: never follows PostgreSQL or Kafka),
 * /startupz, /metrics. Never routed by the front door. */
#ifndef JISR_HTTP_ADMIN_H
#define JISR_HTTP_ADMIN_H

#include <stdint.h>

#include "base/err.h"

struct http_admin;
enum err http_admin_start(const char *host, uint16_t port, struct http_admin **ret_admin) MUST_CHECK;
void http_admin_stop(struct http_admin *admin);

#endif
