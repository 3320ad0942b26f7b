/* GET applications: what staff find within their territory, newest first or by due date. Receipts, states and days; nothing about the woman. */
#ifndef JISR_INTAKE_LISTING_H
#define JISR_INTAKE_LISTING_H

#include "db/db.h"
#include "http/server.h"

enum err applications_list(struct http_request *request, void *worker) MUST_CHECK;

/* The names of the states in which a file awaits its answer, as an array parameter; a paused clock only where asked for. */
void listing_awaiting(struct db_column *ret_column, struct arena *arena, bool paused_too);

#endif
