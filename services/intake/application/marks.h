/* What is noted on a file beside its state: a legal hold, her objection to its use, what a register said of it. Each is a change like others
 * (changes.h): one version, one event, one audit row, and a second audit row with the reason. Handlers that run on a worker. */
#ifndef JISR_INTAKE_MARKS_H
#define JISR_INTAKE_MARKS_H

#include "changes.h"

/* By an administrator, with a reason that she reads: while it stands, neither she nor the end of its time may destroy the file. */
enum err hold_post(struct http_request *request, void *worker) MUST_CHECK;
enum err hold_release_post(struct http_request *request, void *worker) MUST_CHECK;

/* Law 09-08, opposition: no partner hears of her, she is compared with nobody, and of the staff administrators and auditors alone may open her form
 * or documents. The file keeps its state and is answered in time: whoever wants no answer withdraws. */
enum err opposition_post(struct http_request *request, void *worker) MUST_CHECK;
enum err opposition_undo_post(struct http_request *request, void *worker) MUST_CHECK;

/* What somebody found in a public register (of cooperatives, of ICE, of auto-entrepreneurs), as they looked there. */
enum err register_check_post(struct http_request *request, void *worker) MUST_CHECK;

#endif
