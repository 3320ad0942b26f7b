/* What is shown to anyone and rarely changes: kept plain and in a gzip frame, each with its strong ETag, so that it is compressed once and not once a
 * request. For answers without a secret only: a compressed length tells something of what was compressed. */
#ifndef JISR_HTTP_PACKED_H
#define JISR_HTTP_PACKED_H

#include "http/server.h"

struct packed {
    struct str plain, gzip; /* gzip is empty where it would not be smaller, or was not asked for */
    struct str tag, gzip_tag;
};

/* `plain` is borrowed and has to live as long as the arena. ERR_MEMORY without memory for the tags. */
enum err packed_make(struct arena *arena, struct str plain, bool compresses, struct packed *ret_packed) MUST_CHECK;
/* The body for this client, its Vary and Content-Encoding; with status 200 its ETag as well, and 304 where the client has it. */
void packed_answer(const struct packed *packed, struct http_request *request, int status);

#endif
