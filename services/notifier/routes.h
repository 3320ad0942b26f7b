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

/* routes_referrals.c */
enum err referral_list(struct http_request *request, void *context);
enum err referral_get(struct http_request *request, void *context);
enum err acceptance_post(struct http_request *request, void *context);
enum err rejection_post(struct http_request *request, void *context);
enum err outcome_post(struct http_request *request, void *context);

/* routes_contact.c */
enum err contact_get(struct http_request *request, void *context);

/* The next page of a list by id: reads what the request asks for and adds the last two parameters of the list's statement, the id to go on after and one row
 * more than the page. */
enum err list_page(struct http_request *request, const struct http_page_terms *terms, struct db_args *args, struct http_page *ret_page) MUST_CHECK;

struct notifier *notifier_of(const struct service_worker *worker);
/* The {id} of the path. ERR_NOT_FOUND when it is none: no such thing can be there. */
enum err path_id(const struct http_request *request, struct id *ret_id) MUST_CHECK;
struct str partner_actor(const struct http_request *request); /* "partner:<id>": for audit rows; {NULL,0} without memory */

#endif
