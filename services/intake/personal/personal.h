/* What law 09-08 gives her: to take back a consent, to see all that is kept and who has read it, to have it destroyed. Handlers that run on a worker.
 */
#ifndef JISR_INTAKE_PERSONAL_H
#define JISR_INTAKE_PERSONAL_H

#include "services/intake/application/changes.h"

enum err consents_get(struct http_request *request, void *context) MUST_CHECK;
enum err consent_withdrawal_post(struct http_request *request, void *worker) MUST_CHECK;
enum err export_get(struct http_request *request, void *context) MUST_CHECK;
/* The same as a page to read and to print. */
enum err export_page_get(struct http_request *request, void *context) MUST_CHECK;
/* rectification.c: a mistake in name, phone or commune is put right, at any time. */
enum err rectification_post(struct http_request *request, void *worker) MUST_CHECK;
enum err reads_get(struct http_request *request, void *context) MUST_CHECK;
/* By her with receipt and code (a token is not enough: it may have been left open on a shared phone), or by an administrator with a reason. */
enum err erasure_post(struct http_request *request, void *worker) MUST_CHECK;
/* One of many files whose time is over (retention.c); the class is the request's first parameter. ERR_INVALID: it is held;
 * ERR_NOT_FOUND: it is due no longer. */
enum err erase_kept(struct http_request *request, struct service_worker *worker, struct id id) MUST_CHECK;
enum err erasure_get(struct http_request *request, void *context) MUST_CHECK;

#endif
