#include "config.h"

const struct setting NOTIFIER_SETTINGS[] = {
    SERVICE_SETTINGS(notifier_settings, common, "8140", "8141"),
    SETTING_INT_ROW(notifier_settings, in_flight, "JISR_WEBHOOK_IN_FLIGHT", "1024", 1, 16384, "deliveries",
                    "taken and not settled, all endpoints together"),
    SETTING_INT_ROW(notifier_settings, per_endpoint, "JISR_WEBHOOK_PER_ENDPOINT", "256", 1, 16384, "deliveries", "the same for one endpoint"),
    SETTING_INT_ROW(notifier_settings, connections, "JISR_WEBHOOK_CONNECTIONS", "512", 1, 16384, "connections", "open at once, all hosts together"),
    SETTING_INT_ROW(notifier_settings, connections_per_host, "JISR_WEBHOOK_CONNECTIONS_PER_HOST", "64", 1, 1024, "connections", "to one host"),
    SETTING_INT_ROW(notifier_settings, connect_timeout_ms, "JISR_WEBHOOK_CONNECT_TIMEOUT_MS", "5000", 10, 60000, "ms", "to connect, TLS included"),
    SETTING_INT_ROW(notifier_settings, timeout_ms, "JISR_WEBHOOK_TIMEOUT_MS", "15000", 10, 60000, "ms", "a whole POST and its answer"),
    SETTING_INT_ROW(notifier_settings, lease_ms, "JISR_WEBHOOK_LEASE_MS", "30000", 100, 600000, "ms",
                    "after which another copy takes over; longer than the timeout"),
    SETTING_INT_ROW(notifier_settings, offer_days, "JISR_OFFER_DAYS", "30", 1, 365, "days", "until an offer that nobody answers expires"),
    SETTING_TEXT_ROW(notifier_settings, webhook_ca_file, "JISR_WEBHOOK_CA_FILE", "", "CA for partners' certificates; empty: the system's"),
};
const size_t NOTIFIER_SETTING_COUNT = sizeof(NOTIFIER_SETTINGS) / sizeof(NOTIFIER_SETTINGS[0]);
