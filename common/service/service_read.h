/* What staff read, under row-level security: in a transaction that goes on as the service's reader role and names the territories of who asks, so
 * that PostgreSQL shows no row of another one, whatever a handler has forgotten to ask. Applicants read as the service: their rows are chosen by id.
 */
#ifndef JISR_SERVICE_READ_H
#define JISR_SERVICE_READ_H

#include "db/db.h"
#include "http/server.h"

/* The codes of her territories, one array; NULL: everywhere. */
void service_arg_territories(struct db_args *args, const struct principal *who);
/* Runs `body`; for staff, in a transaction that begins with `as_staff`: a statement of the service that takes the territories, sets its reader role
 * and `jisr.territories` to the transaction's end, and gives no row that anybody needs. */
enum err service_read(struct db *db, const struct http_request *request, const struct db_statement *as_staff,
                      enum err (*body)(struct db *db, void *context), void *context) MUST_CHECK;

#endif
