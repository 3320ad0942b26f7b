#include "notifier.h"

#include <stdlib.h>

#include "app/log.h"

static enum err read_webhook_key(struct service *service, struct webhook_key *ret_key)
{
    struct str hex;
    enum err err = service_read_secret(service, "webhook.key", &hex);
    if (err == ERR_OK && (err = webhook_key_parse(hex, ret_key)) != ERR_OK)
        log_line(LOG_ERROR, "key-not-usable", LOG_TEXT("file", "webhook.key"), LOG_ERR(err));
    return err;
}

static enum err start_keys(void *context)
{
    struct service *service = context;
    struct seal_key api;
    struct notifier *notifier = calloc(1, sizeof(*notifier));
    if (!notifier)
        return ERR_MEMORY;
    service->own = notifier;
    enum err err = service_read_key(service, "api.key", &api);
    if (err == ERR_OK)
        err = service_read_key(service, "contact.key", &notifier->contact);
    if (err == ERR_OK)
        err = read_webhook_key(service, &notifier->webhook);
    if (err != ERR_OK)
        return err;
    seal_key_derive(&api, "partner", &notifier->api_key_hash);
    seal_key_derive(&api, "webhook", &notifier->secret);
    seal_key_derive(&api, "replay", &notifier->replay);
    seal_key_derive(&api, "note", &notifier->note);
    secret_wipe(&api, sizeof(api));
    return ERR_OK;
}

static void stop_keys(void *context)
{
    struct service *service = context;
    if (service->own)
        secret_wipe(service->own, sizeof(struct notifier));
    free(service->own);
    service->own = NULL;
}

static enum err start_deliverer(void *context)
{
    struct service *service = context;
    struct notifier *notifier = service->own;
    const struct deliverer_options options = {
        .service = service,
        .settings = (const struct notifier_settings *)service->settings,
        .secret_key = notifier->secret,
        .webhook_key = notifier->webhook,
    };
    return deliverer_start(&options, &notifier->deliverer);
}

static void stop_deliverer(void *context)
{
    struct service *service = context;
    struct notifier *notifier = service->own;
    deliverer_stop(notifier->deliverer);
    notifier->deliverer = NULL;
}

static enum err start_expiry(void *context)
{
    struct service *service = context;
    struct notifier *notifier = service->own;
    const struct notifier_settings *settings = (const struct notifier_settings *)service->settings;
    return expiry_start(service, settings->offer_days, notifier_changed, &notifier->expiry);
}

static void stop_expiry(void *context)
{
    struct service *service = context;
    struct notifier *notifier = service->own;
    expiry_stop(notifier->expiry);
    notifier->expiry = NULL;
}

const struct app_part NOTIFIER_PARTS[] = {
    {"keys", start_keys, NULL, stop_keys},
    {"deliverer", start_deliverer, NULL, stop_deliverer},
    {"expiry", start_expiry, NULL, stop_expiry},
};
const size_t NOTIFIER_PART_COUNT = sizeof(NOTIFIER_PARTS) / sizeof(NOTIFIER_PARTS[0]);

void notifier_committed(void *context)
{
    struct service *service = context;
    const struct notifier *notifier = service->own;
    deliverer_wake(notifier->deliverer);
}

void notifier_changed(void *context)
{
    struct service *service = context;
    if (service->relay)
        relay_wake(service->relay, 1);
    notifier_committed(context);
}
