/* The notifier service: referrals to partners, and the webhooks that tell of them. Its parts, as a table of contents. */
#include "config.h"
#include "events.h"
#include "notifier.h"
#include "routes.h"
#include "store_statements.h"

int main(int argc, char **argv)
{
    static struct notifier_settings settings;
    const struct service_program notifier = {
        .name = "notifier",
        .what = "partners, referrals and webhooks: tells partners of the women who agreed to be referred",
        .settings = NOTIFIER_SETTINGS,
        .setting_count = NOTIFIER_SETTING_COUNT,
        .store = &STORE_CATALOG,   /* store.sql */
        .routes = NOTIFIER_ROUTES, /* routes.c, its handlers in routes_….c */
        .route_count = NOTIFIER_ROUTE_COUNT,
        .request_arena_bytes = (size_t)4 << 20,
        .topics = NOTIFIER_TOPICS, /* events.c */
        .urgent = NOTIFIER_URGENT,
        .handle = notifier_handle,
        .committed = notifier_committed,
        .parts = NOTIFIER_PARTS, /* notifier.c: keys, deliverer, expiry */
        .part_count = NOTIFIER_PART_COUNT,
        .verify_partner = notifier_verify_partner,
    };
    return service_main(&notifier, &settings, argc, argv);
}
