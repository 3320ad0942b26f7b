/* What all uploads share on the wire: tus 1.0 and draft-ietf-httpbis-resumable-upload agree on PATCH with Upload-Offset, and HEAD that tells it. */
#ifndef JISR_INTAKE_UPLOAD_H
#define JISR_INTAKE_UPLOAD_H

#include "http/server.h"

struct upload_head {
    int64_t offset; /* of the request's first byte */
    int64_t length; /* that it announces */
};
/* ERR_MEDIA_TYPE, ERR_BAD_REQUEST. */
enum err upload_read_head(const struct http_request *request, struct upload_head *ret_head) MUST_CHECK;
/* Upload-Offset and Upload-Length of the answer. */
void upload_say_offset(struct http_request *request, int64_t received, int64_t size);
/* The answer to GET and HEAD. */
void upload_answer(struct http_request *request, int64_t received, int64_t size, const char *state);

#endif
