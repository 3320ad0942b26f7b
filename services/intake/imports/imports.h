/* Imports over HTTP: announcing a file, sending it piece by piece, looking at how far it is and at what became of each line. Handlers that run on a
 * worker. Staff see the imports that they have sent themselves, administrators those of their territory. */
#ifndef JISR_INTAKE_IMPORTS_H
#define JISR_INTAKE_IMPORTS_H

#include "services/intake/access.h"
#include "store_imports.h"

enum err import_post(struct http_request *request, void *context) MUST_CHECK;
enum err imports_list(struct http_request *request, void *context) MUST_CHECK;
enum err import_get(struct http_request *request, void *context) MUST_CHECK;
enum err import_delete(struct http_request *request, void *context) MUST_CHECK;
/* The columns that a file for a call may have. */
enum err import_columns_get(struct http_request *request, void *service) MUST_CHECK;
/* import_upload.c */
enum err import_upload_get(struct http_request *request, void *context) MUST_CHECK;
enum err import_upload_patch(struct http_request *request, void *context) MUST_CHECK;
/* import_report_get.c */
enum err import_report_get(struct http_request *request, void *context) MUST_CHECK;
enum err import_report_csv_get(struct http_request *request, void *context) MUST_CHECK;

/* The import that the path names, if this one may see it: ERR_NOT_FOUND, ERR_FORBIDDEN. */
enum err imports_find(struct http_request *request, struct intake *intake, struct db *db, bool lock, struct import_row *ret_row) MUST_CHECK;
/* An audit row about an import, or about an application of it. Queued. */
enum err imports_audit(const struct http_request *request, struct db *db, struct arena *arena, struct id subject, const char *action) MUST_CHECK;

#endif
