/* The open-loop load of P8: applications at their times, whatever became of those before; each is counted from the time at which it was to be sent.
 * One thread, epoll, HTTP/1.1 with keep-alive. A due request takes an idle connection, or a new one while fewer than CONNECTIONS are open, or waits:
 * that wait is part of its latency. Usage: flood PORT RATE SECONDS CONNECTIONS MARK; MARK makes identity numbers and keys of their own. Prints one
 * JSON object. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_BYTES 2048
#define ANSWER_BYTES 4096
#define EVENTS_MAX 512
#define SAMPLES_MAX 4000000
#define LAST_ANSWER_US 10000000

enum kind { ACCEPTED, REFUSED, SLOPPY, OTHER, KIND_COUNT }; /* SLOPPY: a 503 without Retry-After or problem document */
static const char *const KIND_NAMES[KIND_COUNT] = {"accepted", "refused", "sloppy", "other"};

struct peer {
    int socket;
    bool busy, connecting;
    int64_t due_us, sent_us;
    size_t to_send, sent, used;
    char request[REQUEST_BYTES], answer[ANSWER_BYTES + 1];
    struct peer *next; /* idle */
};

static struct {
    uint16_t port;
    uint64_t mark, number;
    unsigned connections, connections_max;
    int epoll;
    struct peer *idle;
    uint64_t busy, lost, by_status[6];
    struct {
        uint32_t *us;
        size_t count;
    } latencies[KIND_COUNT];
    uint64_t refusal_service_us; /* from sending to the answer, summed */
} flood;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ── Requests ── */

static const char *const PROVINCES[] = {"MA-FES", "MA-MEK", "MA-TAO", "MA-TAZ", "MA-SEF", "MA-HAJ", "MA-BOM", "MA-IFR"};

static void make_request(struct peer *peer)
{
    char body[REQUEST_BYTES - 300];
    uint64_t n = flood.number++, run = flood.mark * 4 + 2;
    int size = snprintf(
        body, sizeof body,
        "{\"call\":\"fes-meknes-2026\",\"kind\":\"person\",\"applicant\":{\"name\":{\"ar\":\"فاطمة الزهراء العلوي\",\"latin\":\"Fatima Zahra El "
        "Alaoui\"},"
        "\"identity\":{\"type\":\"cnie\",\"number\":\"%c%c%02u%06u\"},\"birth_date\":\"19%02u-04-12\",\"phone\":\"06%08u\",\"address\":{\"province\":"
        "\"%s\","
        "\"commune\":\"Ghafsai\",\"milieu\":\"rural\"}},\"project\":{\"title\":\"Huile d'olive\",\"sector\":\"agrifood\",\"stage\":\"idea\","
        "\"requested_centimes\":4500000,\"own_contribution_centimes\":300000,\"jobs\":2},\"situation\":{\"household_size\":6,\"monthly_income_"
        "centimes\":"
        "180000,\"head_of_household\":true,\"disability\":false,\"rsu_index\":9.12,\"auto_entrepreneur_number\":null},\"consents\":[{\"purpose\":"
        "\"processing\",\"version\":\"2026-1\",\"given\":true,\"language\":\"ar\"},{\"purpose\":\"partner-referral\",\"version\":\"2026-1\","
        "\"given\":"
        "true,\"language\":\"ar\"}]}",
        (char)('A' + run / 26 % 26), (char)('A' + run % 26), (unsigned)(run / 676 % 100), (unsigned)(n % 1000000), (unsigned)(70 + n % 30),
        (unsigned)(n * 7919 % 100000000), PROVINCES[n % 8]);
    int whole = snprintf(
        peer->request, sizeof peer->request,
        "POST /intake/v1/applications HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: application/json\r\nIdempotency-Key: \"flood-%llu-%llu\"\r\n"
        "Content-Length: %d\r\n\r\n%s",
        flood.port, (unsigned long long)flood.mark, (unsigned long long)n, size, body);
    peer->to_send = (size_t)whole;
    peer->sent = peer->used = 0;
}

/* ── Connections ── */

static void watch(struct peer *peer, uint32_t events, int operation)
{
    struct epoll_event event = {.events = events, .data.ptr = peer};
    if (epoll_ctl(flood.epoll, operation, peer->socket, &event) != 0)
        fail("epoll_ctl");
}

static struct peer *connect_new(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(flood.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct peer *peer = calloc(1, sizeof *peer);
    int yes = 1;
    if (!peer || (peer->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0)
        fail("socket");
    setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(peer->socket, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        fail("connect");
    flood.connections++;
    watch(peer, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
    return peer;
}

static void drop(struct peer *peer)
{
    if (peer->busy) {
        flood.lost++;
        flood.busy--;
    }
    close(peer->socket);
    flood.connections--;
    free(peer);
}

/* False: the connection is gone. */
static bool push(struct peer *peer)
{
    while (peer->sent < peer->to_send) {
        ssize_t wrote = send(peer->socket, peer->request + peer->sent, peer->to_send - peer->sent, MSG_NOSIGNAL);
        if (wrote < 0 && (errno == EAGAIN || errno == ENOTCONN))
            return true;
        if (wrote <= 0)
            return false;
        peer->sent += (size_t)wrote;
    }
    watch(peer, EPOLLIN, EPOLL_CTL_MOD);
    return true;
}

static void start(struct peer *peer, int64_t due_us)
{
    peer->busy = true;
    peer->due_us = due_us;
    peer->sent_us = now_us();
    flood.busy++;
    make_request(peer);
    if (!push(peer))
        drop(peer);
}

/* ── Answers ── */

static const char *header(const char *head, const char *end, const char *name)
{
    size_t size = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line && line < end; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, size) == 0 && line[2 + size] == ':')
            return line + 2 + size + 1;
    return NULL;
}

static enum kind kind_of(const char *head, const char *end, long status)
{
    const char *type = header(head, end, "content-type");
    if (status == 201)
        return ACCEPTED;
    if (status != 503)
        return OTHER;
    return header(head, end, "retry-after") && type && strncmp(type + (*type == ' '), "application/problem+json", 24) == 0 ? REFUSED : SLOPPY;
}

static void count(const struct peer *peer, enum kind kind, long status)
{
    int64_t now = now_us();
    flood.by_status[status / 100 % 6]++;
    if (kind == REFUSED)
        flood.refusal_service_us += (uint64_t)(now - peer->sent_us);
    if (flood.latencies[kind].count < SAMPLES_MAX)
        flood.latencies[kind].us[flood.latencies[kind].count++] = (uint32_t)(now - peer->due_us);
}

/* Whole: counted, and the connection is idle again, or closed as the answer says. */
static void settle(struct peer *peer)
{
    peer->answer[peer->used] = 0;
    char *end = strstr(peer->answer, "\r\n\r\n");
    if (!end)
        return;
    const char *length = header(peer->answer, end, "content-length"), *closing = header(peer->answer, end, "connection");
    if (!length || peer->used < (size_t)(end + 4 - peer->answer) + strtoul(length, NULL, 10))
        return;
    long status = strtol(peer->answer + 9, NULL, 10);
    count(peer, kind_of(peer->answer, end, status), status);
    peer->busy = false;
    flood.busy--;
    if (closing && strncasecmp(closing + (*closing == ' '), "close", 5) == 0) {
        drop(peer);
        return;
    }
    peer->next = flood.idle;
    flood.idle = peer;
}

static void unlink_idle(const struct peer *peer)
{
    for (struct peer **at = &flood.idle; *at; at = &(*at)->next)
        if (*at == peer) {
            *at = peer->next;
            return;
        }
}

static void on_event(struct peer *peer, uint32_t events)
{
    if (events & EPOLLOUT && peer->busy && !push(peer)) {
        drop(peer);
        return;
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return;
    ssize_t got = recv(peer->socket, peer->answer + peer->used, ANSWER_BYTES - peer->used, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        if (!peer->busy)
            unlink_idle(peer);
        drop(peer);
        return;
    }
    peer->used += (size_t)got;
    if (peer->busy)
        settle(peer);
}

/* ── The run ── */

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void print_kind(enum kind kind)
{
    uint32_t *us = flood.latencies[kind].us;
    size_t n = flood.latencies[kind].count;
    qsort(us, n, sizeof *us, by_size);
    printf("\"%s\":{\"count\":%zu", KIND_NAMES[kind], n);
    if (n > 0)
        printf(",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f", us[n / 2] / 1e3, us[(n - 1) * 99 / 100] / 1e3, us[n - 1] / 1e3);
    printf("},");
}

static void wait_for_events(int64_t until_us)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t left_us = until_us - now_us();
    int count = epoll_wait(flood.epoll, events, EVENTS_MAX, left_us <= 0 ? 0 : (int)((left_us + 999) / 1000));
    for (int i = 0; i < count; i++)
        on_event(events[i].data.ptr, events[i].events);
}

/* Sends what is due while a connection is to be had; returns how many have been begun. */
static uint64_t send_due(int64_t began_us, double rate, uint64_t begun, uint64_t total)
{
    for (int64_t due_us; begun < total && (due_us = began_us + (int64_t)((double)begun * 1e6 / rate)) <= now_us(); begun++) {
        struct peer *peer = flood.idle;
        if (peer)
            flood.idle = peer->next;
        else if (flood.connections < flood.connections_max)
            peer = connect_new();
        else
            break;
        start(peer, due_us);
    }
    return begun;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("flood PORT RATE SECONDS CONNECTIONS MARK\n", stderr);
        return 2;
    }
    double rate = strtod(argv[2], NULL), seconds = strtod(argv[3], NULL);
    uint64_t total = (uint64_t)(rate * seconds), begun = 0;
    flood.port = (uint16_t)strtoul(argv[1], NULL, 10);
    flood.connections_max = (unsigned)strtoul(argv[4], NULL, 10);
    flood.mark = strtoull(argv[5], NULL, 10);
    flood.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (!(flood.latencies[kind].us = calloc(SAMPLES_MAX, sizeof(uint32_t))))
            fail("memory");
    int64_t began_us = now_us(), ends_us = began_us + (int64_t)(seconds * 1e6);
    while (begun < total && now_us() < ends_us) {
        begun = send_due(began_us, rate, begun, total);
        wait_for_events(now_us() + (flood.idle || flood.connections < flood.connections_max ? 500 : 1000));
    }
    size_t accepted_in_time = flood.latencies[ACCEPTED].count;
    while (flood.busy > 0 && now_us() < ends_us + LAST_ANSWER_US)
        wait_for_events(now_us() + 10000);
    printf("{\"offered\":%llu,\"sent\":%llu,\"lost\":%llu,\"unanswered\":%llu,\"connections\":%u,\"goodput\":%.1f,\"refusal_mean_ms\":%.3f,",
           (unsigned long long)total, (unsigned long long)begun, (unsigned long long)flood.lost, (unsigned long long)flood.busy, flood.connections,
           (double)accepted_in_time / seconds,
           flood.latencies[REFUSED].count ? (double)flood.refusal_service_us / 1e3 / (double)flood.latencies[REFUSED].count : 0.0);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        print_kind((enum kind)kind);
    printf("\"status_5xx\":%llu}\n", (unsigned long long)flood.by_status[5]);
    return 0;
}
