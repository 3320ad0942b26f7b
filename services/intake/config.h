/* Intake's settings and master keys. */
#ifndef JISR_INTAKE_CONFIG_H
#define JISR_INTAKE_CONFIG_H

#include "app/settings.h"
#include "crypto/seal.h"

struct service;

struct intake_settings {
    struct service_settings service; /* first: see service/service.h */
    const char *web, *address, *clamd, *oidc_client;
    int64_t document_retry_s, writers, batch_items, match_likely, match_same;
};

extern const struct setting INTAKE_SETTINGS[];
extern const size_t INTAKE_SETTING_COUNT;

/* Master keys: what each is for is in proto/README.md. */
struct intake_keys {
    struct seal_key facts, contact, identity, code, fingerprint;
};

enum err intake_keys_read(struct service *service, struct intake_keys *ret_keys) MUST_CHECK;

#endif
