/* Inside of service.c: the parts that every service has. */
#ifndef JISR_SERVICE_SERVICE_PARTS_H
#define JISR_SERVICE_SERVICE_PARTS_H

#include "service/service.h"

/* Admin port, database check, the program's own parts, relay, feed, HTTP: in the order they start. Aborts when `max` is too small. */
size_t service_collect_parts(const struct service_program *program, struct app_part *ret_parts, size_t max);
struct db_options service_db_options(struct service *service, const char *application_name);

#endif
