/* Notifier's settings: the common ones, and how webhooks are sent. */
#ifndef NOTIFIER_CONFIG_H
#define NOTIFIER_CONFIG_H

#include "app/settings.h"

struct notifier_settings {
    struct service_settings common;
    int64_t in_flight, per_endpoint, connections, connections_per_host;
    int64_t connect_timeout_ms, timeout_ms, lease_ms;
    int64_t offer_days;
    const char *webhook_ca_file;
};

extern const struct setting NOTIFIER_SETTINGS[];
extern const size_t NOTIFIER_SETTING_COUNT;

#endif
