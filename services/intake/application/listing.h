/* GET applications: what staff find within their territory, newest first or by due date. Receipts, states and days; nothing about the woman. */
#ifndef JISR_INTAKE_LISTING_H
#define JISR_INTAKE_LISTING_H

#include "db/db.h"
#include "http/server.h"

enum err applications_list(struct http_request *request, void *context) MUST_CHECK;

#endif
