#include "net/client.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/app.h"
#include "net/exchange.h"

enum { EVENTS_A_TURN = 128, NO_TIMER = -1 };

/* libcurl's event interface rather than curl_multi_perform: a turn costs what is ready, not what is open. */
struct net_client {
    struct net_options options;
    CURLM *multi;
    int epoll, wake;
    int64_t timer_at_us; /* when libcurl wants a turn; NO_TIMER: not */
    pthread_t thread;

    struct net_exchange **running, **pool;
    size_t running_count, pool_count;

    pthread_mutex_t lock; /* the rest is shared */
    struct net_request *first, **last;
    bool stopping;
};

static int watch(CURL *easy, curl_socket_t socket, int what, void *owner, void *watched)
{
    struct net_client *client = owner;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(client->epoll, EPOLL_CTL_DEL, socket, NULL); /* closed already, perhaps */
        return 0;
    }
    struct epoll_event event = {.data.fd = socket};
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (!watched)
        curl_multi_assign(client->multi, socket, client);
    return epoll_ctl(client->epoll, watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
}

static int set_timer(CURLM *multi, long timeout_ms, void *owner)
{
    struct net_client *client = owner;
    (void)multi;
    client->timer_at_us = timeout_ms < 0 ? NO_TIMER : clock_monotonic_us() + timeout_ms * 1000;
    return 0;
}

static void end_at_once(struct net_request *request, const char *failure)
{
    request->done(request, 0, failure, -1, (struct str){0});
}

static void start_one(struct net_client *client, struct net_request *request)
{
    struct net_exchange *exchange = client->pool_count ? client->pool[--client->pool_count] : net_exchange_new(&client->options);
    if (!exchange || !net_exchange_load(exchange, request) || curl_multi_add_handle(client->multi, exchange->easy) != CURLM_OK) {
        if (exchange)
            net_exchange_free(exchange);
        end_at_once(request, "memory");
        return;
    }
    exchange->place = client->running_count;
    client->running[client->running_count++] = exchange;
}

static void settle(struct net_client *client, struct net_exchange *exchange, CURLcode code)
{
    curl_multi_remove_handle(client->multi, exchange->easy);
    struct net_exchange *moved = client->running[--client->running_count];
    client->running[exchange->place] = moved;
    moved->place = exchange->place;
    net_exchange_finish(exchange, code);
    client->pool[client->pool_count++] = exchange; /* never more than max_connections in both lists together */
}

static struct net_request *take_one(struct net_client *client)
{
    pthread_mutex_lock(&client->lock);
    struct net_request *request = client->first;
    if (request) {
        client->first = request->next;
        if (!client->first)
            client->last = &client->first;
    }
    pthread_mutex_unlock(&client->lock);
    return request;
}

static bool is_stopping(struct net_client *client)
{
    pthread_mutex_lock(&client->lock);
    bool stopping = client->stopping;
    pthread_mutex_unlock(&client->lock);
    return stopping;
}

static void start_waiting(struct net_client *client)
{
    struct net_request *request;
    while (client->running_count < client->options.max_connections && (request = take_one(client)))
        start_one(client, request);
}

static void settle_finished(struct net_client *client)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(client->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        void *owner = NULL;
        CURLcode code = message->data.result; /* the message is gone once the handle is removed */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        settle(client, owner, code);
    }
}

static void wait_and_work(struct net_client *client)
{
    struct epoll_event events[EVENTS_A_TURN];
    int running, wait_ms = -1;
    if (client->timer_at_us != NO_TIMER) {
        int64_t left_us = client->timer_at_us - clock_monotonic_us();
        wait_ms = left_us <= 0 ? 0 : (int)((left_us + 999) / 1000);
    }
    int count = epoll_wait(client->epoll, events, EVENTS_A_TURN, wait_ms);
    for (int i = 0; i < count; i++) {
        if (events[i].data.fd == client->wake) {
            eventfd_t value;
            (void)eventfd_read(client->wake, &value);
            continue;
        }
        uint32_t ready = events[i].events;
        int mask = (ready & EPOLLIN ? CURL_CSELECT_IN : 0) | (ready & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (ready & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(client->multi, events[i].data.fd, mask, &running);
    }
}

static void run_timer(struct net_client *client)
{
    int running;
    if (client->timer_at_us != NO_TIMER && client->timer_at_us <= clock_monotonic_us()) {
        client->timer_at_us = NO_TIMER; /* before the call: it may set the next one */
        curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

static void *run(void *owner)
{
    struct net_client *client = owner;
    while (!is_stopping(client)) {
        run_timer(client);
        settle_finished(client);
        start_waiting(client); /* last before the wait: a place that has become free must not wait for an event */
        wait_and_work(client);
    }
    while (client->running_count)
        settle(client, client->running[client->running_count - 1], CURLE_ABORTED_BY_CALLBACK);
    for (struct net_request *request; (request = take_one(client));)
        end_at_once(request, "stopped");
    return NULL;
}

static enum err set_up(struct net_client *client)
{
    const struct net_options *options = &client->options;
    client->multi = curl_multi_init();
    client->epoll = epoll_create1(EPOLL_CLOEXEC);
    client->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    client->running = calloc(options->max_connections, sizeof(struct net_exchange *));
    client->pool = calloc(options->max_connections, sizeof(struct net_exchange *));
    if (!client->multi || client->epoll < 0 || client->wake < 0 || !client->running || !client->pool)
        return ERR_MEMORY;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = client->wake};
    int bad = epoll_ctl(client->epoll, EPOLL_CTL_ADD, client->wake, &event);
    bad |= (int)curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, watch);
    bad |= (int)curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    bad |= (int)curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    bad |= (int)curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    bad |= (int)curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)options->max_connections);
    bad |= (int)curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)options->max_connections);
    bad |= (int)curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)options->max_connections_per_host);
    return bad ? ERR_INTERNAL : ERR_OK;
}

static void tear_down(struct net_client *client)
{
    for (size_t i = 0; i < client->pool_count; i++)
        net_exchange_free(client->pool[i]);
    if (client->multi)
        curl_multi_cleanup(client->multi);
    if (client->epoll >= 0)
        close(client->epoll);
    if (client->wake >= 0)
        close(client->wake);
    free(client->running);
    free(client->pool);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

static void set_up_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool start_thread(struct net_client *client)
{
    sigset_t all, before; /* signals are the main thread's */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&client->thread, NULL, run, client) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

enum err net_client_start(const struct net_options *options, struct net_client **ret_client)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up_library);
    struct net_client *client = calloc(1, sizeof(*client));
    if (!client)
        return ERR_MEMORY;
    *client = (struct net_client){.options = *options, .timer_at_us = NO_TIMER, .epoll = -1, .wake = -1, .last = &client->first};
    pthread_mutex_init(&client->lock, NULL);
    enum err err = set_up(client);
    if (!err && !start_thread(client))
        err = ERR_MEMORY;
    if (err) {
        tear_down(client);
        return err;
    }
    *ret_client = client;
    return ERR_OK;
}

void net_client_send(struct net_client *client, struct net_request *request)
{
    request->next = NULL;
    pthread_mutex_lock(&client->lock);
    bool was_empty = client->first == NULL;
    *client->last = request;
    client->last = &request->next;
    pthread_mutex_unlock(&client->lock);
    if (was_empty) /* otherwise the client has been woken already, or is at its bound and looks whenever one ends */
        (void)eventfd_write(client->wake, 1);
}

void net_client_stop(struct net_client *client)
{
    pthread_mutex_lock(&client->lock);
    client->stopping = true;
    pthread_mutex_unlock(&client->lock);
    (void)eventfd_write(client->wake, 1);
    pthread_join(client->thread, NULL);
    tear_down(client);
}
