#include "net/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/ssrf.h"

enum { RECEIVE_BUFFER_BYTES = 4096 }; /* answers to webhooks are short; libcurl's own 16 kB times 512 would be half our memory */

static size_t take_answer(char *bytes, size_t size, size_t count, void *owner)
{
    struct net_exchange *exchange = owner;
    size_t given = size * count, room = exchange->answer_ceiling - exchange->answer_size, taken = given < room ? given : room;
    memcpy(exchange->answer + exchange->answer_size, bytes, taken);
    exchange->answer_size += taken;
    exchange->cut = taken < given;
    return taken; /* fewer than given: libcurl ends the transfer, so nobody can keep us reading */
}

/* The very address that is about to be connected to: what a name resolved to a moment ago does not matter. */
static curl_socket_t open_guarded(void *owner, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct net_exchange *exchange = owner;
    if (purpose != CURLSOCKTYPE_IPCXN || !ssrf_address_allowed(&address->addr, exchange->allow_local)) {
        exchange->refused_address = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool set_up(struct net_exchange *exchange, const struct net_options *options)
{
    CURL *easy = exchange->easy;
    bool bad = false;
    bad |= curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, options->allow_local ? "https,http" : "https") != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK; /* not even one that the environment names */
    bad |= curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER_BYTES) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_guarded) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) != CURLE_OK;
    if (options->ca_file)
        bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file) != CURLE_OK;
    return !bad;
}

struct net_exchange *net_exchange_new(const struct net_options *options)
{
    struct net_exchange *exchange = calloc(1, sizeof(*exchange));
    if (!exchange)
        return NULL;
    exchange->allow_local = options->allow_local;
    exchange->answer_ceiling = options->max_answer_bytes;
    exchange->answer = malloc(options->max_answer_bytes + 1);
    exchange->easy = curl_easy_init();
    if (!exchange->answer || !exchange->easy || !set_up(exchange, options)) {
        net_exchange_free(exchange);
        return NULL;
    }
    return exchange;
}

void net_exchange_free(struct net_exchange *exchange)
{
    if (exchange->easy)
        curl_easy_cleanup(exchange->easy);
    free(exchange->answer);
    free(exchange->headers);
    free(exchange->url);
    free(exchange);
}

static bool make_room(char **text, size_t *capacity, size_t size)
{
    if (size <= *capacity)
        return true;
    char *grown = realloc(*text, size);
    if (!grown)
        return false;
    *text = grown;
    *capacity = size;
    return true;
}

static char *put(char *at, struct str text)
{
    if (text.size)
        memcpy(at, text.at, text.size);
    return at + text.size;
}

/* "name: value" one after the other, and the nodes that point at them. */
static bool load_headers(struct net_exchange *exchange, const struct net_request *request)
{
    static char no_expect[] = "Expect:"; /* libcurl would wait for "100 Continue" with a large body */
    size_t size = 0, count = request->header_count < NET_HEADERS_MAX ? request->header_count : NET_HEADERS_MAX;
    for (size_t i = 0; i < count; i++)
        size += request->headers[i].name.size + request->headers[i].value.size + sizeof(": ");
    if (!make_room(&exchange->headers, &exchange->headers_capacity, size))
        return false;
    char *at = exchange->headers;
    for (size_t i = 0; i < count; i++) {
        exchange->nodes[i] = (struct curl_slist){at, &exchange->nodes[i + 1]};
        at = put(put(put(at, request->headers[i].name), STR(": ")), request->headers[i].value);
        *at++ = 0;
    }
    exchange->nodes[count] = (struct curl_slist){no_expect, NULL};
    return curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->nodes) == CURLE_OK;
}

bool net_exchange_load(struct net_exchange *exchange, struct net_request *request)
{
    CURL *easy = exchange->easy;
    bool bad = false;
    exchange->request = request;
    exchange->refused_address = exchange->cut = false;
    exchange->answer_size = 0;
    if (!make_room(&exchange->url, &exchange->url_capacity, request->url.size + 1))
        return false;
    *put(exchange->url, request->url) = 0;
    bad |= curl_easy_setopt(easy, CURLOPT_URL, exchange->url) != CURLE_OK;
    if (request->get) {
        bad |= curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) != CURLE_OK;
    } else {
        bad |= curl_easy_setopt(easy, CURLOPT_POST, 1L) != CURLE_OK;
        bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size) != CURLE_OK;
        bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.at ? request->body.at : "") != CURLE_OK;
    }
    return load_headers(exchange, request) && !bad;
}

static const struct {
    CURLcode code;
    const char *failure;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "resolve"},
    {CURLE_COULDNT_CONNECT, "connect"},
    {CURLE_OPERATION_TIMEDOUT, "timeout"},
    {CURLE_SSL_CONNECT_ERROR, "tls"},
    {CURLE_PEER_FAILED_VERIFICATION, "tls"},
    {CURLE_SSL_CIPHER, "tls"},
    {CURLE_SSL_ISSUER_ERROR, "tls"},
    {CURLE_SSL_CACERT_BADFILE, "tls"},
    {CURLE_GOT_NOTHING, "no-answer"},
    {CURLE_SEND_ERROR, "broken"},
    {CURLE_RECV_ERROR, "broken"},
    {CURLE_PARTIAL_FILE, "broken"},
    {CURLE_URL_MALFORMAT, "url"},
    {CURLE_UNSUPPORTED_PROTOCOL, "url"},
    {CURLE_WEIRD_SERVER_REPLY, "not-http"},
    {CURLE_HTTP2, "not-http"},
    {CURLE_ABORTED_BY_CALLBACK, "stopped"},
    {CURLE_OUT_OF_MEMORY, "memory"},
};

static const char *failure_of(const struct net_exchange *exchange, CURLcode code)
{
    long sent_bytes = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
    if (code == CURLE_COULDNT_CONNECT && exchange->refused_address)
        return "refused-address";
    if (code == CURLE_UNSUPPORTED_PROTOCOL && sent_bytes > 0) /* of the answer, not of the URL */
        return "not-http";
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
        if (failures[i].code == code)
            return failures[i].failure;
    return "failed";
}

void net_exchange_finish(struct net_exchange *exchange, CURLcode code)
{
    struct net_request *request = exchange->request;
    long status = 0;
    curl_off_t retry_after_s = 0;
    exchange->request = NULL;
    if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && exchange->cut)) {
        request->done(request, 0, failure_of(exchange, code), -1, (struct str){0});
        return;
    }
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(exchange->easy, CURLINFO_RETRY_AFTER, &retry_after_s); /* 0: none, or none to wait */
    struct str answer = {exchange->answer, exchange->answer_size};
    request->done(request, (int)status, NULL, retry_after_s > 0 ? (int64_t)retry_after_s : -1, answer);
}
