/* The training service: sessions, and a seat for each shortlisted woman. Its parts, as a table of contents. */
#include "config.h"
#include "events.h"
#include "routes.h"
#include "service/service.h"
#include "store_statements.h"

int main(int argc, char **argv)
{
    static struct training_settings settings;
    const struct service_program training = {
        .name = "training",
        .what = "sessions, enrolments, attendance: offers a seat to each shortlisted applicant",
        .settings = TRAINING_SETTINGS,
        .setting_count = TRAINING_SETTING_COUNT,
        .store = &STORE_CATALOG,   /* store.sql */
        .routes = TRAINING_ROUTES, /* routes.c */
        .route_count = TRAINING_ROUTE_COUNT,
        .topics = TRAINING_TOPICS, /* events.c */
        .handle = training_handle,
    };
    return service_main(&training, &settings, argc, argv);
}
