/* HTTP threads. libmicrohttpd's own threads stall: version 0.9.75 asks epoll again, without limit of time, after every 128 events it got at once, and
 * leaves those 128 waiting (256 clients in step stop all of them). So each loop here owns a daemon in external mode, sleeps on that daemon's
 * epoll descriptor itself, and lets it run only when there is something to do. Resumes are handed to the loop too, many to one wake-up: given from
 * other threads, 0.9.75 in external mode may take the wake-up and overlook the resume until the next one. */
#ifndef JISR_HTTP_LOOP_H
#define JISR_HTTP_LOOP_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

/* A suspended connection's place in the queue of those to resume. */
struct resume {
    struct resume *next;
    struct MHD_Connection *mhd;
};

struct loop {
    struct MHD_Daemon *daemon; /* owned; only its thread touches it */
    _Atomic(struct resume *) resumes;
    int epoll_fd, wake_fd;
    pthread_t thread;
    bool started;
    _Atomic bool quiet, is_quiet, stopping;
};

/* Takes the daemon, which must be in external mode with MHD_USE_EPOLL. */
enum err loop_start(struct loop *loop, struct MHD_Daemon *daemon) MUST_CHECK;
/* The loop of the calling thread, an HTTP thread. */
struct loop *loop_current(void);
/* From any thread, for a connection that is suspended (or will be before its handler returns). `resume` is free again when the connection runs. */
void loop_resume(struct loop *loop, struct resume *resume);
void loop_quiet(struct loop *loop); /* accepts no more; returns when that is so */
void loop_stop(struct loop *loop);  /* ends the thread, then the daemon; nothing may stay suspended */

#endif
