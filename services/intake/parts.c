/* Intake's own parts, in the order they start; they stop in reverse, after the HTTP server. */
#include <stdlib.h>

#include "app/log.h"
#include "services/intake/documents/documents.h"
#include "services/intake/imports/import_work.h"
#include "intake.h"
#include "services/intake/duplicates/matching.h"
#include "services/intake/application/submission.h"

#define KEY_ID "jisr-1"

static enum err start_keys(void *context)
{
    struct service *service = context;
    struct intake *intake = calloc(1, sizeof(*intake));
    if (!intake)
        return ERR_MEMORY;
    service->own = intake;
    intake->service = service;
    intake->settings = (const struct intake_settings *)(const void *)service->settings;
    intake->calls = calls_new();
    intake->guesses = guesses_new();
    if (!intake->calls || !intake->guesses)
        return ERR_MEMORY;
    struct str seed;
    enum err err = intake_keys_read(service, &intake->keys);
    if (err == ERR_OK)
        err = service_read_secret(service, "issuer.key", &seed);
    return err == ERR_OK ? jwt_signer_load(seed, STR(KEY_ID), &intake->signer) : err;
}

static void stop_keys(void *context)
{
    struct service *service = context;
    struct intake *intake = service->own;
    if (!intake)
        return;
    jwt_signer_free(intake->signer);
    guesses_free(intake->guesses);
    calls_free(intake->calls);
    secret_wipe(&intake->keys, sizeof(intake->keys));
    free(intake);
    service->own = NULL;
}

static enum err start_statistics(void *context)
{
    struct intake *intake = intake_of(context);
    return statistics_start(intake, &intake->statistics);
}

static void stop_statistics(void *context)
{
    statistics_free(intake_of(context)->statistics);
}

static enum err start_writers(void *context)
{
    return submission_start(intake_of(context));
}

static void stop_writers(void *context)
{
    submission_stop(intake_of(context));
}

static enum err start_documents(void *context)
{
    struct intake *intake = intake_of(context);
    return document_work_start(intake, &intake->document_work);
}

static void stop_documents(void *context)
{
    document_work_stop(intake_of(context)->document_work);
}

static enum err start_imports(void *context)
{
    struct intake *intake = intake_of(context);
    return import_work_start(intake, &intake->import_work);
}

static void stop_imports(void *context)
{
    import_work_stop(intake_of(context)->import_work);
}

static enum err start_matching(void *context)
{
    struct intake *intake = intake_of(context);
    return matching_start(intake, &intake->matching);
}

static void stop_matching(void *context)
{
    matching_free(intake_of(context)->matching);
}

static enum err start_pages(void *context)
{
    struct service *service = context;
    const char *folder = intake_of(service)->settings->web;
    if (folder[0] == '\0')
        return ERR_OK;
    enum err err = http_web_load(folder, &service->web);
    if (err == ERR_OK && service->settings->staff_issuer[0])
        err = http_web_allow_origin(service->web, service->settings->staff_issuer);
    if (err == ERR_INVALID)
        log_line(LOG_ERROR, "issuer-no-address", LOG_TEXT("issuer", service->settings->staff_issuer));
    return err;
}

static void stop_pages(void *context)
{
    struct service *service = context;
    http_web_free(service->web);
}

const struct app_part INTAKE_PARTS[] = {
    {"keys", start_keys, NULL, stop_keys},          {"statistics", start_statistics, NULL, stop_statistics},
    {"writers", start_writers, NULL, stop_writers}, {"documents", start_documents, NULL, stop_documents},
    {"imports", start_imports, NULL, stop_imports}, {"duplicates", start_matching, NULL, stop_matching},
    {"pages", start_pages, NULL, stop_pages},
};
const size_t INTAKE_PART_COUNT = sizeof(INTAKE_PARTS) / sizeof(INTAKE_PARTS[0]);
