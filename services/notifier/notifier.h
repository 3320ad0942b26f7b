/* What notifier holds beside what every service has (service->own): its keys, the webhook engine, the end of unanswered offers. */
#ifndef NOTIFIER_NOTIFIER_H
#define NOTIFIER_NOTIFIER_H

#include "crypto/seal.h"
#include "crypto/sign.h"
#include "deliverer.h"
#include "expiry.h"

struct notifier {
    struct seal_key api_key_hash; /* finds partners by their API key */
    struct seal_key secret;       /* seals endpoints' secrets */
    struct seal_key replay;       /* fingerprints idempotent requests and seals their answers */
    struct seal_key note;         /* seals partners' notes */
    struct seal_key contact;      /* opens her contact key (the master of that purpose) */
    struct webhook_key webhook;
    struct deliverer *deliverer;
    struct expiry *expiry;
};

extern const struct app_part NOTIFIER_PARTS[];
extern const size_t NOTIFIER_PART_COUNT;

void notifier_committed(void *context); /* after a commit of the feed: webhooks may be due */
void notifier_changed(void *context);   /* after any other commit with an event: its carriers look now */

#endif
