#include "config.h"

#include "service/service.h"

const struct setting INTAKE_SETTINGS[] = {
    SERVICE_SETTINGS(intake_settings, service, "8101", "9101"),
    SETTING_TEXT_ROW(intake_settings, web, "JISR_WEB", "", "folder of the pages; empty: none are served"),
    SETTING_TEXT_ROW(intake_settings, oidc_client, "JISR_OIDC_CLIENT", "", "client id of the staff's pages at the OIDC issuer"),
    SETTING_TEXT_ROW(intake_settings, address, "JISR_ADDRESS", "http://127.0.0.1:8080", "where people reach the pages; printed on receipts"),
    SETTING_TEXT_ROW(intake_settings, clamd, "JISR_CLAMD", "", "ClamAV for documents: /path/of.socket or host:port; empty: none"),
    SETTING_INT_ROW(intake_settings, document_retry_s, "JISR_DOCUMENT_RETRY_S", "15", 1, 3600, "s",
                    "until a document is tried again that nothing could look at, as when ClamAV is away"),
    SETTING_INT_ROW(intake_settings, writers, "JISR_WRITERS", "1", 1, 16, "threads", "group commit: transactions in flight at once"),
    SETTING_INT_ROW(intake_settings, batch_items, "JISR_BATCH_ITEMS", "256", 1, 1024, "applications", "group commit: the most in one transaction"),
    SETTING_INT_ROW(intake_settings, match_likely, "JISR_MATCH_LIKELY", "64", 52, 100, "points", "from here on two files may be the same woman's"),
    SETTING_INT_ROW(intake_settings, match_same, "JISR_MATCH_SAME", "84", 1, 100, "points", "from here on they are taken for the same"),
};
const size_t INTAKE_SETTING_COUNT = sizeof(INTAKE_SETTINGS) / sizeof(INTAKE_SETTINGS[0]);

enum err intake_keys_read(struct service *service, struct intake_keys *ret_keys)
{
    const struct {
        const char *file;
        struct seal_key *key;
    } files[] = {
        {"facts.key", &ret_keys->facts}, {"contact.key", &ret_keys->contact},         {"identity.key", &ret_keys->identity},
        {"code.key", &ret_keys->code},   {"fingerprint.key", &ret_keys->fingerprint},
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        enum err err = service_read_key(service, files[i].file, files[i].key);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}
