/* Static pages: a folder read at start, each file kept compressed (gzip) and plain with a strong ETag, served with a strict
 * Content-Security-Policy. Names with a content hash (app.3f2a….js) are immutable for a year, others revalidate.
 * HTML may be made of parts (http/web_parts.h); the folder parts/ itself is not served. */
#ifndef JISR_HTTP_WEB_H
#define JISR_HTTP_WEB_H

#include "base/err.h"

struct http_web;

/* Reads every regular file below `folder` (at most 200 files, 4 MB). "/" is index.html; "/status" is status.html. */
enum err http_web_load(const char *folder, struct http_web **ret_web) MUST_CHECK;
/* Before the server starts: scripts of the pages may also speak to this origin ("https://id.example.ma", a path behind it is cut off). */
enum err http_web_allow_origin(struct http_web *web, const char *url) MUST_CHECK;
void http_web_free(struct http_web *web);

#endif
