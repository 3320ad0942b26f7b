/* Documents over HTTP: announcing one, sending its bytes piece by piece over a bad link, looking at what became of it. Handlers that run on a worker.
 * Bytes are sealed as they arrive and never whole in memory; a thread of the service has each finished upload cleaned by jisr-cleaner. */
#ifndef JISR_INTAKE_DOCUMENTS_H
#define JISR_INTAKE_DOCUMENTS_H

#include "store_documents.h"
#include "services/intake/application/opening.h"

enum err documents_get(struct http_request *request, void *context) MUST_CHECK;
/* {"items":[…]} of a file that is read. */
enum err documents_list_json(const struct opening *opening, struct db *db, struct str *ret_json) MUST_CHECK;
enum err document_post(struct http_request *request, void *context) MUST_CHECK;
enum err document_get(struct http_request *request, void *context) MUST_CHECK;
/* The {document} of the path, with the file it belongs to. */
enum err document_take(struct opening *opening, struct db *db, struct document_row *ret_row) MUST_CHECK;
enum err document_delete(struct http_request *request, void *context) MUST_CHECK;
/* uploads.c: tus 1.0 and draft-ietf-httpbis-resumable-upload agree on these: PATCH with Upload-Offset, HEAD tells it. */
enum err upload_get(struct http_request *request, void *context) MUST_CHECK;
enum err upload_patch(struct http_request *request, void *context) MUST_CHECK;
/* document_content.c */
enum err document_content_get(struct http_request *request, void *worker) MUST_CHECK;
enum err document_thumbnail_get(struct http_request *request, void *worker) MUST_CHECK;

/* document_work.c: the thread that has uploads cleaned. */
struct document_work;
enum err document_work_start(struct intake *intake, struct document_work **ret_work) MUST_CHECK;
void document_work_wake(struct document_work *work);
void document_work_stop(struct document_work *work);

#endif
