/* One request on the wire: an easy handle of libcurl, set up once and used again and again (its connections live in the multi handle).
 * Inside common/net only; owned by the client's thread. */
#ifndef JISR_NET_EXCHANGE_H
#define JISR_NET_EXCHANGE_H

#include <curl/curl.h>

#include "net/client.h"

struct net_exchange {
    CURL *easy;
    struct net_request *request; /* NULL: in the pool */
    size_t place;                /* in the client's list of running exchanges */
    bool refused_address, cut;
    bool allow_local;
    char *answer;
    size_t answer_size, answer_ceiling;
    struct curl_slist nodes[NET_HEADERS_MAX + 1]; /* libcurl reads the list, so it need not be allocated piece by piece */
    char *headers;                                /* their texts */
    size_t headers_capacity;
    char *url;
    size_t url_capacity;
};

struct net_exchange *net_exchange_new(const struct net_options *options); /* NULL without memory */
void net_exchange_free(struct net_exchange *exchange);
/* Makes the handle ready for `request`. False without memory. */
bool net_exchange_load(struct net_exchange *exchange, struct net_request *request);
/* Ends its request: calls done() with what libcurl said; the exchange may be loaded again afterwards. */
void net_exchange_finish(struct net_exchange *exchange, CURLcode code);

#endif
