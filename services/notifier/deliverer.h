/* The webhook engine: takes due deliveries from the queue (claim), signs and sends them, and hands what came of them to the recorder (write-back).
 * One thread here, one in net/client.h, one in the recorder. Any number of copies may run: a delivery is leased to one of them. */
#ifndef NOTIFIER_DELIVERER_H
#define NOTIFIER_DELIVERER_H

#include "config.h"
#include "crypto/sign.h"
#include "service/service.h"

struct deliverer;

struct deliverer_options {
    struct service *service;
    const struct notifier_settings *settings;
    struct seal_key secret_key; /* endpoints' secrets are sealed under it */
    struct webhook_key webhook_key;
};

enum err deliverer_start(const struct deliverer_options *options, struct deliverer **ret_deliverer) MUST_CHECK;
void deliverer_wake(struct deliverer *deliverer);   /* something was committed: look now. Any thread; NULL allowed */
void deliverer_reload(struct deliverer *deliverer); /* endpoints have changed. Any thread; NULL allowed */
/* Takes no more, waits up to 5 s for what is out, gives the rest back to the queue. */
void deliverer_stop(struct deliverer *deliverer);

#endif
