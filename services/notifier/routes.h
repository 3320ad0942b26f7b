/* Notifier's HTTP: the table of routes, and the handlers that the other files of routes hold. All run on a worker (struct service_worker). */
#ifndef NOTIFIER_ROUTES_H
#define NOTIFIER_ROUTES_H

#include "http/page.h"
#include "notifier.h"
#include "service/service.h"

extern const struct http_route NOTIFIER_ROUTES[];
extern const size_t NOTIFIER_ROUTE_COUNT;

/* Bearer jisr_pk_…: the partner whose key it is. */
enum err notifier_verify_partner(void *context, struct str api_key, struct arena *arena, struct principal *ret_who) MUST_CHECK;

/* routes_partners.c */
enum err partner_post(struct http_request *request, void *context);
enum err partner_list(struct http_request *request, void *context);
enum err partner_get(struct http_request *request, void *context);
enum err endpoint_post(struct http_request *request, void *context);
enum err endpoint_list(struct http_request *request, void *context);
enum err endpoint_get(struct http_request *request, void *context);
enum err secret_rotation_post(struct http_request *request, void *context);
enum err enablement_post(struct http_request *request, void *context);

/* closure.c */
enum err closure_post(struct http_request *request, void *context);

/* routes_referrals.c */
enum err referral_list(struct http_request *request, void *context);
enum err referral_get(struct http_request *request, void *context);
enum err acceptance_post(struct http_request *request, void *context);
enum err rejection_post(struct http_request *request, void *context);
enum err outcome_post(struct http_request *request, void *context);

/* routes_contact.c */
enum err contact_get(struct http_request *request, void *context);

/* A list by id, oldest first. Its statement's first column is the id, its last two parameters are the id to go on after and one row more than a page.
 */
struct listing {
    struct http_page_terms terms;
    const struct db_statement *statement;
    const struct wire_table *page; /* of a struct page */
    size_t item_bytes;
    void (*read_item)(const struct db_rows *rows, size_t row, struct arena *arena, void *ret_item);
};
/* Answers with the page that the request asks for. `args`: the statement's other parameters. What a query already got wrong comes first. */
enum err listing_answer(struct http_request *request, const struct service_worker *worker, const struct listing *listing,
                        struct db_args *args) MUST_CHECK;
/* The rows of a statement that only reads: for staff as its reader role (service/service_read.h), for others as the service. */
enum err read_for(struct http_request *request, const struct service_worker *worker, const struct db_statement *statement, const struct db_args *args,
                  struct db_rows *ret_rows) MUST_CHECK;
/* 200 with `from` as `table` writes it. */
enum err answer_text(struct http_request *request, const struct wire_table *table, const void *from) MUST_CHECK;

struct notifier *notifier_of(const struct service_worker *worker);
/* The {id} of the path. ERR_NOT_FOUND when it is none: no such thing can be there. */
enum err path_id(const struct http_request *request, struct id *ret_id) MUST_CHECK;
struct str partner_actor(const struct http_request *request); /* "partner:<id>": for audit rows; {NULL,0} without memory */

#endif
