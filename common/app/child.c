#include "app/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "app/log.h"

#define PATH_SIZE 512
#define WORDS_MAX 8
#define PIECE_BYTES ((size_t)16 * 1024)
#define NAP_US 1000

struct child {
    pid_t pid;
    int fd; /* our end of the pair that is its standard input and output */
    int64_t deadline_us;
};

static bool program_path(const char *program, char ret_path[PATH_SIZE])
{
    ssize_t size = readlink("/proc/self/exe", ret_path, PATH_SIZE - 1);
    if (size <= 0)
        return false;
    ret_path[size] = '\0';
    char *slash = strrchr(ret_path, '/');
    if (!slash)
        return false;
    size_t room = PATH_SIZE - (size_t)(slash + 1 - ret_path);
    return (size_t)snprintf(slash + 1, room, "%s", program) < room;
}

/* Our threads block signals and ignore some; the child begins with none of that. */
static int spawn(const char *path, char *const *argv, int fd, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    char *const no_environment[] = {NULL};
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd, 0);
    posix_spawn_file_actions_adddup2(&actions, fd, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failure = posix_spawn(ret_pid, path, &actions, &attributes, argv, no_environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

enum err child_start(const char *program, const char *const *words, int64_t deadline_us, struct child **ret_child)
{
    char path[PATH_SIZE];
    char *argv[WORDS_MAX + 2] = {path};
    int fds[2];
    for (size_t i = 0; words && words[i] && i < WORDS_MAX; i++)
        argv[i + 1] = (char *)(uintptr_t)words[i]; /* posix_spawn only reads them, its parameter just lacks the const */
    struct child *child = calloc(1, sizeof(*child));
    if (!child)
        return ERR_MEMORY;
    if (!program_path(program, path) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
        free(child);
        return ERR_UNAVAILABLE;
    }
    int failure = spawn(path, argv, fds[1], &child->pid);
    close(fds[1]);
    child->fd = fds[0];
    child->deadline_us = deadline_us;
    if (failure != 0) {
        log_line(LOG_ERROR, "child-not-started", LOG_TEXT("program", path), LOG_TEXT("why", strerror(failure)));
        close(child->fd);
        free(child);
        return ERR_UNAVAILABLE;
    }
    *ret_child = child;
    return ERR_OK;
}

static enum err wait_for(struct child *child, short events)
{
    struct pollfd item = {.fd = child->fd, .events = events};
    for (;;) {
        int64_t left_us = child->deadline_us - clock_monotonic_us();
        if (left_us <= 0)
            return ERR_TIMEOUT;
        int ready = poll(&item, 1, (int)(left_us / 1000) + 1);
        if (ready > 0)
            return ERR_OK;
        if (ready < 0 && errno != EINTR)
            return ERR_UNAVAILABLE;
    }
}

enum err child_write(struct child *child, struct str bytes)
{
    while (bytes.size > 0) {
        enum err err = wait_for(child, POLLOUT);
        if (err != ERR_OK)
            return err;
        ssize_t sent = send(child->fd, bytes.at, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return ERR_CONFLICT;
        if (sent > 0)
            bytes = (struct str){bytes.at + sent, bytes.size - (size_t)sent};
    }
    return ERR_OK;
}

void child_end_input(struct child *child)
{
    shutdown(child->fd, SHUT_WR);
}

enum err child_read(struct child *child, void *ret_bytes, size_t size, size_t *ret_size)
{
    for (;;) {
        enum err err = wait_for(child, POLLIN);
        if (err != ERR_OK)
            return err;
        ssize_t got = recv(child->fd, ret_bytes, size, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        *ret_size = got > 0 ? (size_t)got : 0; /* a reset is an end as well: the exit status says which */
        return ERR_OK;
    }
}

enum err child_read_all(struct child *child, size_t max_bytes, struct arena *arena, struct str *ret_bytes)
{
    struct buf out;
    buf_init(&out, arena, max_bytes);
    char *piece = arena_take(arena, PIECE_BYTES);
    if (!piece)
        return ERR_LIMIT;
    for (;;) {
        size_t size = 0;
        enum err err = child_read(child, piece, PIECE_BYTES, &size);
        if (err != ERR_OK)
            return err;
        if (size == 0)
            return buf_done(&out, ret_bytes);
        buf_add(&out, (struct str){piece, size});
        if (out.failed)
            return ERR_LIMIT;
    }
}

int child_end(struct child *child)
{
    int status = 0;
    if (!child)
        return -1;
    close(child->fd);
    pid_t ended = waitpid(child->pid, &status, WNOHANG);
    while (ended == 0 && clock_monotonic_us() < child->deadline_us) {
        clock_sleep_us(NAP_US);
        ended = waitpid(child->pid, &status, WNOHANG);
    }
    if (ended == 0) {
        kill(child->pid, SIGKILL);
        ended = waitpid(child->pid, &status, 0);
    }
    free(child);
    return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
