/* The eligibility service: assesses applications by rulesets and gives the places of each quota. Its parts, as a table of contents. */
#include "calls_statements.h"
#include "config.h"
#include "events.h"
#include "parts.h"
#include "routes.h"
#include "service/service.h"
#include "store_statements.h"

static const struct db_catalog *const MORE_STORES[] = {&CALLS_CATALOG, NULL};

int main(int argc, char **argv)
{
    static struct eligibility_settings settings;
    const struct service_program eligibility = {
        .name = "eligibility",
        .what = "assesses applications by rulesets, gives the places of each quota, keeps the waiting lists",
        .settings = ELIGIBILITY_SETTINGS,
        .setting_count = ELIGIBILITY_SETTING_COUNT,
        .store = &STORE_CATALOG, /* store.sql */
        .more_stores = MORE_STORES,
        .routes = ELIGIBILITY_ROUTES, /* routes.c */
        .route_count = ELIGIBILITY_ROUTE_COUNT,
        .topics = ELIGIBILITY_TOPICS, /* events.c */
        .urgent = ELIGIBILITY_URGENT,
        .handle = eligibility_handle,
        .max_events = 500,
        .parts = ELIGIBILITY_PARTS, /* parts.c: rulesets and the key of the facts */
        .part_count = ELIGIBILITY_PART_COUNT,
    };
    return service_main(&eligibility, &settings, argc, argv);
}
