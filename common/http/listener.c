#include "http/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/log.h"

#define BACKLOG 4096

static int bind_one(const struct addrinfo *address)
{
    int yes = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {0}};
    socklen_t size = sizeof(address);
    if (getsockname(fd, &address.any, &size) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

enum err listener_open(const char *host, uint16_t port, int *ret_fd, uint16_t *ret_port)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[8];
    int fd = -1;
    (void)snprintf(service, sizeof(service), "%u", port);
    int failure = getaddrinfo(host && host[0] ? host : NULL, service, &hints, &found);
    for (struct addrinfo *address = failure ? NULL : found; address && fd < 0; address = address->ai_next)
        fd = bind_one(address);
    const char *why = failure ? gai_strerror(failure) : strerror(errno);
    if (!failure)
        freeaddrinfo(found);
    if (fd < 0) {
        log_line(LOG_ERROR, "http-not-listening", LOG_TEXT("host", host), LOG_INT("port", port), LOG_TEXT("why", why));
        return ERR_UNAVAILABLE;
    }
    *ret_fd = fd;
    *ret_port = port_of(fd);
    return ERR_OK;
}
