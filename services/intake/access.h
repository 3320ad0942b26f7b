/* Who may do what to which application, and the answers about one application. Handlers that run on a worker. */
#ifndef JISR_INTAKE_ACCESS_H
#define JISR_INTAKE_ACCESS_H

#include "intake.h"
#include "service/service_read.h"
#include "services/intake/store/store.h"

/* Applicants see their own (others: ERR_NOT_FOUND), staff those of their territory (others: ERR_FORBIDDEN). */
enum err access_check(const struct principal *who, const struct application_row *row, const struct call *call) MUST_CHECK;
/* What she sent: not for staff below administrators and auditors once she objects to its use (marks.h). */
bool access_may_open(const struct principal *who, const struct application_row *row);
/* `body` as a read of what staff may see: one transaction in which the database, too, shows the files of their territory alone, whatever a statement
 * asks for (migrations/0080_territories.sql), and takes nothing but audit rows. Applicants read their own without it, statement by statement. */
enum err access_read(struct db *db, const struct http_request *request, enum err (*body)(struct db *db, void *context), void *context) MUST_CHECK;
/* The same of one statement: a list for staff. */
enum err access_list(struct db *db, const struct http_request *request, const struct db_statement *statement, const struct db_args *args,
                     struct db_rows *ret_rows) MUST_CHECK;
/* "applicant:XXXX…", "agent:<subject>": for audit rows. */
struct str access_actor(const struct principal *who, const struct application_row *row, struct arena *arena);
/* The legal clock of a file at `now`; false where no answer is waited for. */
bool access_clock(const struct application_row *row, const struct call *call, instant_us now, struct clock_view *ret_clock);
/* The application as JSON. */
enum err access_view(const struct application_row *row, const struct call *call, struct arena *arena, struct str *ret_json) MUST_CHECK;

/* The {id} of the route's path; ERR_NOT_FOUND when it is no id. */
enum err access_path_id(const struct http_request *request, struct id *ret_id) MUST_CHECK;

enum err application_get(struct http_request *request, void *context) MUST_CHECK;
enum err receipt_get(struct http_request *request, void *context) MUST_CHECK;
enum err token_post(struct http_request *request, void *context) MUST_CHECK;

#endif
