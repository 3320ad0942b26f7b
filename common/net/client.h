/* Outgoing HTTP, on libcurl's multi interface: one thread drives many requests; connections are kept and reused. The only folder that includes
 * libcurl. Never follows redirects, never reads more than `max_answer_bytes`, never connects to an address that net/ssrf.h refuses (checked on the
 * very address being connected, in CURLOPT_OPENSOCKETFUNCTION, so DNS rebinding can't win), no proxies, no cookies, TLS ≥ 1.2 verified. */
#ifndef JISR_NET_CLIENT_H
#define JISR_NET_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct net_client;

struct net_header {
    struct str name, value;
};

#define NET_HEADERS_MAX 12

struct net_request {
    struct str url; /* borrowed until done(), as everything here */
    struct net_header headers[NET_HEADERS_MAX];
    size_t header_count;
    bool get; /* GET without a body; otherwise POST */
    struct str body;
    /* Called once, on the client's thread. `status` 0: no answer, `failure` says why (static: "refused-address", "timeout", "tls", "connect" …).
     * retry_after_s: from Retry-After (seconds or date), -1 when absent. `answer` (cut at max_answer_bytes) is borrowed for the call. */
    void (*done)(struct net_request *request, int status, const char *failure, int64_t retry_after_s, struct str answer);
    void *owner;
    struct net_request *next; /* the client's */
};

struct net_options {
    unsigned max_connections, max_connections_per_host;
    int64_t connect_timeout_ms, timeout_ms;
    size_t max_answer_bytes;
    bool allow_local;    /* the one-machine profile alone: http and loopback addresses */
    const char *ca_file; /* NULL: the system's */
};

enum err net_client_start(const struct net_options *options, struct net_client **ret_client) MUST_CHECK;
void net_client_send(struct net_client *client, struct net_request *request); /* any thread; never blocks */
void net_client_stop(struct net_client *client);                              /* running requests end with failure "stopped" */

#endif
