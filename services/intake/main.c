/* The intake service: calls, applications, receipts, and the public figure. Its parts, as a table of contents. */
#include "awaiting_statements.h"
#include "documents_statements.h"
#include "duplicates_statements.h"
#include "intake.h"
#include "editor_statements.h"
#include "expiry_statements.h"
#include "funding_statements.h"
#include "imports_statements.h"
#include "listing_statements.h"
#include "papers_statements.h"
#include "retention_statements.h"
#include "store_statements.h"
#include "services/intake/application/submission.h"

static const struct db_catalog *const MORE_STORES[] = {
    &AWAITING_CATALOG,
    &DOCUMENTS_CATALOG,
    &DUPLICATES_CATALOG,
    &EDITOR_CATALOG,
    &EXPIRY_CATALOG,
    &FUNDING_CATALOG,
    &IMPORTS_CATALOG,
    &LISTING_CATALOG,
    &PAPERS_CATALOG,
    &RETENTION_CATALOG,
    NULL,
};

int main(int argc, char **argv)
{
    static struct intake_settings settings;
    const struct service_program intake = {
        .name = "intake",
        .what = "takes applications, keeps their life, counts them",
        .settings = INTAKE_SETTINGS, /* config.c */
        .setting_count = INTAKE_SETTING_COUNT,
        .store = &STORE_CATALOG, /* store.sql */
        .more_stores = MORE_STORES,
        .routes = INTAKE_ROUTES, /* routes.c */
        .route_count = INTAKE_ROUTE_COUNT,
        .admits = submission_admits, /* submission.c */
        .request_arena_bytes = (size_t)8 << 20,
        .max_events = 125,       /* beside 256 submissions at work */
        .topics = INTAKE_TOPICS, /* events.c */
        .folds = true,
        .handle = intake_handle,
        .parts = INTAKE_PARTS, /* parts.c */
        .part_count = INTAKE_PART_COUNT,
        .verify_basic = intake_verify_basic, /* access.c */
    };
    return service_main(&intake, &settings, argc, argv);
}
