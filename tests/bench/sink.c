/* The quick receiver of the webhook benches: one thread, epoll, HTTP/1.1 with keep-alive; verifies each v1 signature (HMAC-SHA256, libsodium) by
 * itself and writes a line a webhook. It shares no code with the services. Usage: sink PORT LOG SECRETS; SECRETS holds base64 secrets, a line each
 * (without `whsec_`), read again on SIGHUP. GET / answers with its counts. A line of LOG: microseconds since 1970, webhook-id, the event's subject, 1
 * when verified. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_BYTES_MAX 65536
#define SECRETS_MAX 8
#define EVENTS_MAX 256
#define TOLERANCE_S 300

struct secret {
    unsigned char bytes[64];
    size_t size;
};

static struct {
    struct secret secrets[SECRETS_MAX];
    size_t secret_count;
    FILE *log;
    unsigned long taken, verified;
} sink;

struct peer {
    int socket;
    size_t used;
    char bytes[REQUEST_BYTES_MAX + 1];
};

struct span {
    const char *at;
    size_t size;
};

static volatile sig_atomic_t read_again = 1, stopping;

static void on_signal(int number)
{
    if (number == SIGHUP)
        read_again = 1;
    else
        stopping = 1;
}

static void fail(const char *what)
{
    fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void read_secrets(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    if (!file)
        fail(path);
    sink.secret_count = 0;
    while (sink.secret_count < SECRETS_MAX && fgets(line, sizeof line, file)) {
        struct secret *secret = &sink.secrets[sink.secret_count];
        size_t length = strcspn(line, "\r\n");
        if (length > 0 &&
            sodium_base642bin(secret->bytes, sizeof secret->bytes, line, length, NULL, &secret->size, NULL, sodium_base64_VARIANT_ORIGINAL) == 0)
            sink.secret_count++;
    }
    fclose(file);
}

/* The value of a header in the head [at, end), whose lines all end in CRLF. */
static struct span header(const char *at, const char *end, const char *name)
{
    size_t name_size = strlen(name);
    while (at < end) {
        const char *line_end = memchr(at, '\r', (size_t)(end - at));
        if (!line_end)
            break;
        if ((size_t)(line_end - at) > name_size && at[name_size] == ':' && strncasecmp(at, name, name_size) == 0) {
            const char *value = at + name_size + 1;
            while (value < line_end && *value == ' ')
                value++;
            return (struct span){value, (size_t)(line_end - value)};
        }
        at = line_end + 2;
    }
    return (struct span){NULL, 0};
}

static bool signed_with(const struct secret *secret, struct span id, struct span timestamp, struct span body, const unsigned char *signature)
{
    crypto_auth_hmacsha256_state state;
    unsigned char made[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, secret->bytes, secret->size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)id.at, id.size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)timestamp.at, timestamp.size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.at, body.size);
    crypto_auth_hmacsha256_final(&state, made);
    return sodium_memcmp(made, signature, sizeof made) == 0;
}

/* True when one of the v1 signatures is of one of the secrets. */
static bool verify(struct span id, struct span timestamp, struct span signatures, struct span body, int64_t now_s)
{
    int64_t sent_at_s = timestamp.at ? strtoll(timestamp.at, NULL, 10) : 0;
    if (!id.at || !signatures.at || llabs(now_s - sent_at_s) > TOLERANCE_S)
        return false;
    for (const char *at = signatures.at, *end = at + signatures.size; at < end;) {
        const char *space = memchr(at, ' ', (size_t)(end - at));
        size_t size = (size_t)((space ? space : end) - at), made = 0;
        unsigned char signature[crypto_auth_hmacsha256_BYTES];
        if (size > 3 && memcmp(at, "v1,", 3) == 0 &&
            sodium_base642bin(signature, sizeof signature, at + 3, size - 3, NULL, &made, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
            made == sizeof signature)
            for (size_t i = 0; i < sink.secret_count; i++)
                if (signed_with(&sink.secrets[i], id, timestamp, body, signature))
                    return true;
        at += size + 1;
    }
    return false;
}

static struct span subject_of(struct span body)
{
    static const char before[] = "\"subject\":\"";
    const char *at = memmem(body.at, body.size, before, sizeof before - 1);
    const char *value = at ? at + sizeof before - 1 : NULL, *end = value ? memchr(value, '"', (size_t)(body.at + body.size - value)) : NULL;
    return end ? (struct span){value, (size_t)(end - value)} : (struct span){"-", 1};
}

static void take(struct peer *peer, const char *head, const char *head_end, struct span body)
{
    static const char ok[] = "HTTP/1.1 204 No Content\r\n\r\n", refused[] = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
    char counts[128], text[256];
    struct timespec now;
    if (*head == 'G') {
        int size = snprintf(counts, sizeof counts, "{\"taken\":%lu,\"verified\":%lu}", sink.taken, sink.verified);
        int whole = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s", size, counts);
        (void)!write(peer->socket, text, (size_t)whole);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    struct span id = header(head, head_end, "webhook-id"), subject = subject_of(body);
    bool good = verify(id, header(head, head_end, "webhook-timestamp"), header(head, head_end, "webhook-signature"), body, now.tv_sec);
    sink.taken++;
    sink.verified += good;
    (void)!write(peer->socket, good ? ok : refused, good ? sizeof ok - 1 : sizeof refused - 1);
    fprintf(sink.log, "%lld %.*s %.*s %d\n", (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000, (int)id.size, id.at ? id.at : "",
            (int)subject.size, subject.at, good);
}

/* Takes the first whole request out of the buffer; false when there is none yet. */
static bool take_next(struct peer *peer)
{
    const char *end = memmem(peer->bytes, peer->used, "\r\n\r\n", 4);
    if (!end)
        return false;
    struct span length = header(peer->bytes, end + 2, "content-length");
    size_t body_size = length.at ? strtoul(length.at, NULL, 10) : 0, whole = (size_t)(end + 4 - peer->bytes) + body_size;
    if (peer->used < whole)
        return false;
    take(peer, peer->bytes, end + 2, (struct span){end + 4, body_size});
    memmove(peer->bytes, peer->bytes + whole, peer->used - whole);
    peer->used -= whole;
    return true;
}

static void on_readable(struct peer *peer)
{
    ssize_t got = read(peer->socket, peer->bytes + peer->used, REQUEST_BYTES_MAX - peer->used);
    if (got <= 0) { /* also where a request doesn't fit: nothing that is sent here is that long */
        close(peer->socket);
        free(peer);
        return;
    }
    peer->used += (size_t)got;
    while (take_next(peer))
        ;
}

static void on_connection(int poll, int listener)
{
    int on = 1, socket = accept(listener, NULL, NULL);
    if (socket < 0)
        return;
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        fail("memory");
    peer->socket = socket;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &(struct epoll_event){.events = EPOLLIN, .data.ptr = peer}) != 0)
        fail("epoll");
}

static int listen_on(const char *port)
{
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0)
        fail("listen");
    return listener;
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS_MAX];
    if (argc != 4 || sodium_init() < 0) {
        fprintf(stderr, "usage: sink PORT LOG SECRETS\n");
        return 2;
    }
    sink.log = fopen(argv[2], "w");
    if (!sink.log)
        fail(argv[2]);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    int poll = epoll_create1(0), listener = listen_on(argv[1]);
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN});
    while (!stopping) {
        if (read_again) {
            read_again = 0;
            read_secrets(argv[3]);
        }
        int count = epoll_wait(poll, events, EVENTS_MAX, 200);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                on_readable(events[i].data.ptr);
            else
                on_connection(poll, listener);
        }
        fflush(sink.log);
    }
    return fclose(sink.log) == 0 ? 0 : 1;
}
