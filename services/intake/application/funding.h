/* What follows the committee's yes: the payment, the accompaniment, its end. Each is a change like others (changes.h); the payment has an audit row
 * with its amount beside that of the change. No project is paid twice: what its likely double has received is looked at under one lock for all
 * payments. Handlers that run on a worker. */
#ifndef JISR_INTAKE_FUNDING_H
#define JISR_INTAKE_FUNDING_H

#include "http/server.h"

enum err payment_post(struct http_request *request, void *worker) MUST_CHECK;
enum err follow_up_post(struct http_request *request, void *worker) MUST_CHECK;
enum err follow_up_end_post(struct http_request *request, void *worker) MUST_CHECK;

#endif
