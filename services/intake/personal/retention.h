/* Retention by class (law 09-08: no longer than its purpose needs): the classes with their reasons and lengths, what is due, and its destruction, a
 * chunk a request, in the way that an erasure takes (personal_changes.c). What a legal hold protects stays. Handlers that run on a worker. */
#ifndef JISR_INTAKE_RETENTION_H
#define JISR_INTAKE_RETENTION_H

#include "http/server.h"

enum err retention_get(struct http_request *request, void *context) MUST_CHECK;
enum err retention_length_post(struct http_request *request, void *context) MUST_CHECK;
/* {"dry_run","call","after"} → what is due, or what was destroyed and where to go on. Safe to send again at any time. */
enum err retention_run_post(struct http_request *request, void *context) MUST_CHECK;

#endif
