/* The call editor: an administrator drafts a call, sees what is wrong with it, publishes it in versions, closes it. Handlers that run on a worker. */
#ifndef JISR_INTAKE_EDITOR_H
#define JISR_INTAKE_EDITOR_H

#include "http/server.h"

enum err call_post(struct http_request *request, void *context) MUST_CHECK;
enum err call_drafts_list(struct http_request *request, void *context) MUST_CHECK;
enum err call_draft_get(struct http_request *request, void *context) MUST_CHECK;
enum err call_draft_put(struct http_request *request, void *context) MUST_CHECK;
enum err call_publication_post(struct http_request *request, void *context) MUST_CHECK;
enum err call_closing_post(struct http_request *request, void *context) MUST_CHECK;

#endif
