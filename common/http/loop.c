#include "http/loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/app.h"

#define STACK_BYTES ((size_t)512 * 1024)
#define NAP_MS 1000

static _Thread_local struct loop *current;

/* The daemon gives its copy of the listening socket back. */
static void become_quiet(struct loop *loop)
{
    if (!atomic_load(&loop->quiet) || atomic_load(&loop->is_quiet))
        return;
    int listen_fd = MHD_quiesce_daemon(loop->daemon);
    if (listen_fd >= 0)
        close(listen_fd);
    atomic_store(&loop->is_quiet, true);
}

static void sleep_until_needed(struct loop *loop)
{
    MHD_UNSIGNED_LONG_LONG left_ms = NAP_MS;
    struct pollfd fds[] = {{.fd = loop->epoll_fd, .events = POLLIN}, {.fd = loop->wake_fd, .events = POLLIN}};
    if (MHD_get_timeout(loop->daemon, &left_ms) == MHD_NO || left_ms > NAP_MS)
        left_ms = NAP_MS;
    if (left_ms == 0)
        return;
    poll(fds, 2, (int)left_ms);
    eventfd_t count;
    if (fds[1].revents)
        eventfd_read(loop->wake_fd, &count);
}

/* The library looks for resumed connections when it begins to run, so all that are resumed here are seen by the run that follows. */
static void resume_all(struct loop *loop)
{
    struct resume *resume = atomic_exchange(&loop->resumes, NULL);
    while (resume) {
        struct resume *next = resume->next;
        MHD_resume_connection(resume->mhd);
        resume = next;
    }
}

static void *run(void *context)
{
    struct loop *loop = context;
    current = loop;
    while (!atomic_load(&loop->stopping)) {
        sleep_until_needed(loop);
        become_quiet(loop);
        resume_all(loop);
        MHD_run(loop->daemon);
    }
    resume_all(loop);
    return NULL;
}

struct loop *loop_current(void)
{
    return current;
}

void loop_resume(struct loop *loop, struct resume *resume)
{
    struct resume *first = atomic_load(&loop->resumes);
    do
        resume->next = first;
    while (!atomic_compare_exchange_weak(&loop->resumes, &first, resume));
    if (!first)
        eventfd_write(loop->wake_fd, 1);
}

enum err loop_start(struct loop *loop, struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    pthread_attr_t attributes;
    loop->daemon = daemon;
    loop->epoll_fd = info ? info->epoll_fd : -1;
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->epoll_fd < 0 || loop->wake_fd < 0)
        return ERR_UNAVAILABLE;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    loop->started = pthread_create(&loop->thread, &attributes, run, loop) == 0;
    pthread_attr_destroy(&attributes);
    return loop->started ? ERR_OK : ERR_MEMORY;
}

void loop_quiet(struct loop *loop)
{
    if (!loop->started)
        return;
    atomic_store(&loop->quiet, true);
    eventfd_write(loop->wake_fd, 1);
    while (!atomic_load(&loop->is_quiet))
        clock_sleep_us(200);
}

void loop_stop(struct loop *loop)
{
    if (loop->started) {
        atomic_store(&loop->stopping, true);
        eventfd_write(loop->wake_fd, 1);
        pthread_join(loop->thread, NULL);
    }
    if (loop->daemon)
        MHD_stop_daemon(loop->daemon);
    if (loop->wake_fd > 0)
        close(loop->wake_fd);
}
