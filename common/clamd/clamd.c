#include "clamd/clamd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/app.h"
#include "app/log.h"

#define HOST_SIZE 256
#define ANSWER_SIZE 256

struct clamd {
    int fd;
    int64_t deadline_us;
};

static enum err wait_for(struct clamd *clamd, short events)
{
    struct pollfd item = {.fd = clamd->fd, .events = events};
    int ready = -1;
    errno = EINTR;
    while (ready < 0 && errno == EINTR) { /* a signal says nothing of the connection */
        int64_t left_us = clamd->deadline_us - clock_monotonic_us();
        if (left_us <= 0)
            return ERR_UNAVAILABLE;
        ready = poll(&item, 1, (int)(left_us / 1000) + 1);
    }
    return ready > 0 ? ERR_OK : ERR_UNAVAILABLE;
}

/* Where nothing answers at all, the kernel would try for two minutes: the deadline covers this too. Closed when it fails. */
static bool connect_in_time(struct clamd *clamd, const struct sockaddr *address, socklen_t size)
{
    int fault = 0;
    socklen_t fault_size = sizeof(fault);
    bool there = clamd->fd >= 0 && connect(clamd->fd, address, size) == 0;
    if (clamd->fd >= 0 && !there && errno == EINPROGRESS)
        there = wait_for(clamd, POLLOUT) == ERR_OK && getsockopt(clamd->fd, SOL_SOCKET, SO_ERROR, &fault, &fault_size) == 0 && fault == 0;
    if (clamd->fd >= 0 && !there) {
        close(clamd->fd);
        clamd->fd = -1;
    }
    return there;
}

static void connect_unix(struct clamd *clamd, const char *path)
{
    union {
        struct sockaddr any;
        struct sockaddr_un path;
    } address = {.path = {.sun_family = AF_UNIX}};
    if (strlen(path) >= sizeof(address.path.sun_path))
        return;
    memcpy(address.path.sun_path, path, strlen(path) + 1);
    clamd->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)connect_in_time(clamd, &address.any, sizeof(address.path));
}

static void connect_tcp(struct clamd *clamd, const char *address)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    char host[HOST_SIZE];
    const char *colon = strrchr(address, ':');
    if (!colon || (size_t)(colon - address) >= sizeof(host))
        return;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return;
    bool there = false;
    for (struct addrinfo *one = found; one && !there; one = one->ai_next) {
        clamd->fd = socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        there = connect_in_time(clamd, one->ai_addr, one->ai_addrlen);
    }
    freeaddrinfo(found);
}

static enum err send_all(struct clamd *clamd, struct str bytes)
{
    while (bytes.size > 0) {
        enum err err = wait_for(clamd, POLLOUT);
        if (err != ERR_OK)
            return err;
        ssize_t sent = send(clamd->fd, bytes.at, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return ERR_UNAVAILABLE;
        if (sent > 0)
            bytes = (struct str){bytes.at + sent, bytes.size - (size_t)sent};
    }
    return ERR_OK;
}

enum err clamd_open(const char *address, int64_t deadline_us, struct clamd **ret_clamd)
{
    struct clamd *clamd = calloc(1, sizeof(*clamd));
    if (!clamd)
        return ERR_MEMORY;
    *clamd = (struct clamd){.fd = -1, .deadline_us = deadline_us};
    if (address[0] == '/')
        connect_unix(clamd, address);
    else
        connect_tcp(clamd, address);
    enum err err = clamd->fd >= 0 ? send_all(clamd, (struct str){"zINSTREAM", sizeof("zINSTREAM")}) : ERR_UNAVAILABLE;
    if (err == ERR_OK)
        *ret_clamd = clamd;
    else
        clamd_close(clamd);
    return err;
}

enum err clamd_write(struct clamd *clamd, struct str bytes)
{
    uint32_t size = htonl((uint32_t)bytes.size);
    if (str_empty(bytes))
        return ERR_OK; /* a length of 0 would end the stream */
    enum err err = send_all(clamd, (struct str){(const char *)&size, sizeof(size)});
    return err == ERR_OK ? send_all(clamd, bytes) : err;
}

enum err clamd_verdict(struct clamd *clamd, enum clamd_verdict *ret_verdict)
{
    char answer[ANSWER_SIZE];
    size_t size = 0;
    enum err err = send_all(clamd, (struct str){"\0\0\0\0", 4});
    bool whole = false;
    while (err == ERR_OK && size < sizeof(answer) && !whole) {
        err = wait_for(clamd, POLLIN);
        ssize_t got = err == ERR_OK ? recv(clamd->fd, answer + size, sizeof(answer) - size, 0) : 0;
        bool not_yet = got < 0 && (errno == EINTR || errno == EAGAIN);
        if (got <= 0 && !not_yet)
            break;
        size += not_yet ? 0 : (size_t)got;
        whole = size > 0 && answer[size - 1] == '\0';
    }
    struct str text = str_trim((struct str){answer, whole ? size - 1 : size});
    if (str_ends(text, STR(" FOUND")))
        *ret_verdict = CLAMD_FOUND;
    else if (str_equal(text, STR("stream: OK")))
        *ret_verdict = CLAMD_CLEAN;
    else
        return ERR_UNAVAILABLE;
    return ERR_OK;
}

void clamd_close(struct clamd *clamd)
{
    if (!clamd)
        return;
    if (clamd->fd >= 0)
        close(clamd->fd);
    free(clamd);
}
