/* Server-sent events (HTML living standard, §9.2). A hub holds the newest message; a subscriber that is slow gets the newest when it can take more,
 * and never sees those in between. A subscriber with nothing to send is suspended; whoever publishes resumes it. The hub's lock guards all of it. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "app/app.h"
#include "http/exchange.h"

#define SUBSCRIBERS_MAX 10000
#define HEARTBEAT_US (15 * INSTANT_SECOND)
#define DEAD_PEER_MS 45000
#define BLOCK_BYTES ((size_t)4096)

struct message {
    unsigned owners;
    size_t size;
    char text[];
};

struct http_hub {
    pthread_mutex_t lock;
    struct stream *first;
    unsigned count;
    struct message *newest;
    uint64_t number; /* of the newest; 0: none yet */
};

struct stream {
    struct stream *next, *previous;
    struct http_hub *hub;
    struct http_server *server;
    struct MHD_Connection *mhd;
    struct loop *loop;
    struct resume resume;
    struct message *sending;
    size_t sent;
    uint64_t seen;
    int64_t sent_at_us;
    bool asleep, opened, beat;
};

static void message_release(struct message *message)
{
    if (message && --message->owners == 0)
        free(message);
}

static struct message *message_new(size_t capacity)
{
    struct message *message = malloc(sizeof(*message) + capacity);
    if (message)
        *message = (struct message){.owners = 1};
    return message;
}

static void message_add(struct message *message, struct str text)
{
    if (text.size > 0)
        memcpy(message->text + message->size, text.at, text.size);
    message->size += text.size;
}

static struct message *message_from(const char *text)
{
    struct message *message = message_new(strlen(text));
    if (message)
        message_add(message, str_from(text));
    return message;
}

/* Data with line breaks becomes one `data:` field a line. */
static struct message *message_of_event(struct str name, struct str data)
{
    size_t lines = 1;
    for (size_t i = 0; i < data.size; i++)
        lines += data.at[i] == '\n';
    struct message *message = message_new(name.size + data.size + lines * 8 + 16);
    if (!message)
        return NULL;
    message_add(message, STR("event: "));
    message_add(message, name);
    message_add(message, STR("\n"));
    for (size_t i = 0; i < lines; i++) {
        message_add(message, STR("data: "));
        message_add(message, str_cut(&data, '\n'));
        message_add(message, STR("\n"));
    }
    message_add(message, STR("\n"));
    return message;
}

struct http_hub *http_hub_new(void)
{
    struct http_hub *hub = calloc(1, sizeof(*hub));
    if (hub)
        pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

void http_hub_free(struct http_hub *hub)
{
    if (!hub)
        return;
    message_release(hub->newest);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

static void wake(struct stream *stream)
{
    if (!stream->asleep)
        return;
    stream->asleep = false;
    loop_resume(stream->loop, &stream->resume);
}

void http_hub_publish(struct http_hub *hub, struct str event_name, struct str data)
{
    struct message *message = message_of_event(event_name, data);
    if (!message)
        return;
    pthread_mutex_lock(&hub->lock);
    message_release(hub->newest);
    hub->newest = message;
    hub->number++;
    for (struct stream *stream = hub->first; stream; stream = stream->next)
        wake(stream);
    pthread_mutex_unlock(&hub->lock);
}

void hub_wake(struct http_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    for (struct stream *stream = hub->first; stream; stream = stream->next)
        wake(stream);
    pthread_mutex_unlock(&hub->lock);
}

void hub_tick(struct http_hub *hub, int64_t now_us)
{
    pthread_mutex_lock(&hub->lock);
    for (struct stream *stream = hub->first; stream; stream = stream->next) {
        if (!stream->asleep || now_us - stream->sent_at_us < HEARTBEAT_US)
            continue;
        stream->beat = true;
        wake(stream);
    }
    pthread_mutex_unlock(&hub->lock);
}

/* The next thing to send, or NULL. Under the hub's lock. */
static struct message *next_message(struct stream *stream)
{
    struct http_hub *hub = stream->hub;
    if (!stream->opened) {
        stream->opened = true;
        return message_from("retry: 3000\n\n");
    }
    if (stream->seen != hub->number) {
        stream->seen = hub->number;
        hub->newest->owners++;
        return hub->newest;
    }
    if (!stream->beat)
        return NULL;
    stream->beat = false;
    return message_from(":\n\n");
}

/* As much as fits, of as many messages as there are: the answer's head, `retry` and the first message then leave together. */
static size_t fill(struct stream *stream, char *buffer, size_t capacity)
{
    size_t size = 0;
    while (size < capacity) {
        if (!stream->sending)
            stream->sending = next_message(stream);
        struct message *message = stream->sending;
        if (!message)
            break;
        size_t piece = message->size - stream->sent;
        if (piece > capacity - size)
            piece = capacity - size;
        memcpy(buffer + size, message->text + stream->sent, piece);
        stream->sent += piece;
        size += piece;
        if (stream->sent == message->size) {
            message_release(message);
            stream->sending = NULL;
            stream->sent = 0;
        }
    }
    return size;
}

static ssize_t read_stream(void *context, uint64_t position, char *buffer, size_t capacity)
{
    (void)position;
    struct stream *stream = context;
    struct http_hub *hub = stream->hub;
    ssize_t outcome = 0;
    pthread_mutex_lock(&hub->lock);
    size_t size = fill(stream, buffer, capacity);
    if (size > 0) {
        stream->sent_at_us = clock_monotonic_us();
        outcome = (ssize_t)size;
    } else if (atomic_load(&stream->server->draining)) {
        outcome = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        MHD_suspend_connection(stream->mhd);
        stream->asleep = true;
    }
    pthread_mutex_unlock(&hub->lock);
    return outcome;
}

/* A peer that is gone, or takes nothing, is ended by TCP itself. */
static void limit_dead_peer(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    int limit_ms = DEAD_PEER_MS;
    if (info)
        setsockopt(info->connect_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof(limit_ms));
}

struct MHD_Response *stream_response(struct stream *stream, struct MHD_Connection *mhd)
{
    stream->mhd = stream->resume.mhd = mhd;
    stream->loop = loop_current();
    limit_dead_peer(mhd);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, stream, NULL);
}

void stream_close(struct stream *stream)
{
    struct http_hub *hub = stream->hub;
    pthread_mutex_lock(&hub->lock);
    if (stream->next)
        stream->next->previous = stream->previous;
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        hub->first = stream->next;
    hub->count--;
    message_release(stream->sending);
    pthread_mutex_unlock(&hub->lock);
    free(stream);
}

static bool hub_is_known(struct http_server *server, struct http_hub *hub)
{
    bool known = false;
    pthread_mutex_lock(&server->hubs_lock);
    for (size_t i = 0; !known && i < HUBS_MAX; i++) {
        if (!server->hubs[i])
            server->hubs[i] = hub;
        known = server->hubs[i] == hub;
    }
    pthread_mutex_unlock(&server->hubs_lock);
    return known;
}

static bool join(struct http_hub *hub, struct stream *stream)
{
    pthread_mutex_lock(&hub->lock);
    bool room = hub->count < SUBSCRIBERS_MAX;
    if (room) {
        hub->count++;
        stream->next = hub->first;
        if (stream->next)
            stream->next->previous = stream;
        hub->first = stream;
    }
    pthread_mutex_unlock(&hub->lock);
    return room;
}

enum err http_subscribe(struct http_request *request, struct http_hub *hub)
{
    struct http_exchange *exchange = request->exchange;
    struct http_server *server = exchange->server;
    if (atomic_load(&server->draining))
        return ERR_DRAINING;
    struct stream *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return ERR_MEMORY;
    *stream = (struct stream){.hub = hub, .server = server, .sent_at_us = clock_monotonic_us()};
    if (!hub_is_known(server, hub) || !join(hub, stream)) {
        free(stream);
        return ERR_OVERLOADED;
    }
    exchange->stream = stream;
    request->response.content_type = STR("text/event-stream");
    http_set_header(request, "Cache-Control", STR("no-store"));
    http_set_header(request, "X-Accel-Buffering", STR("no"));
    return ERR_OK;
}
