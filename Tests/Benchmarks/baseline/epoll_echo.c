// epoll_echo: an echo server (RFC 862) as one writes it in C for speed: one thread, one level-triggered epoll, sockets
// that never block, one buffer for all connections.
//
// A connection costs no memory of ours while it waits: only what the peer does not take yet is kept, and then reading
// stops until it is gone, so that a peer that never reads cannot make the server grow.

#define _GNU_SOURCE
#include <sys/epoll.h>

#include "loopback.h"

enum { EVENTS = 256, BUFFER = 64 * 1024, BACKLOG = 4096 };

/// What was read from a peer and not yet written back.
struct backlog {
    char *bytes;
    size_t length, written;
};

static struct backlog *backlogs;  // Indexed by descriptor.
static char buffer[BUFFER];
static int epoll;

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    check(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

static void drop(int fd) {
    free(backlogs[fd].bytes);
    backlogs[fd] = (struct backlog){0};
    close(fd);
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN) return;
            if (errno == ECONNABORTED || errno == EINTR) continue;
            fail("accept4");
        }
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

/// How many bytes the socket took: none if it is full, -1 if the connection is broken.
static ssize_t send_some(int fd, const char *bytes, size_t length) {
    ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);
    return count < 0 && errno == EAGAIN ? 0 : count;
}

/// Keeps what the socket did not take, and waits for room instead of for more to read.
static void keep(int fd, const char *bytes, size_t length) {
    struct backlog *backlog = &backlogs[fd];
    backlog->bytes = malloc(length);
    if (!backlog->bytes) fail("malloc");
    memcpy(backlog->bytes, bytes, length);
    backlog->length = length;
    backlog->written = 0;
    watch(fd, EPOLL_CTL_MOD, EPOLLOUT);
}

/// One read and its answer. What is left to read makes the descriptor ready again, after the others had their turn.
static void echo(int fd) {
    ssize_t count = recv(fd, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return drop(fd);
    ssize_t written = send_some(fd, buffer, (size_t)count);
    if (written < 0) return drop(fd);
    if (written < count) keep(fd, buffer + written, (size_t)(count - written));
}

static void flush(int fd) {
    struct backlog *backlog = &backlogs[fd];
    ssize_t written = send_some(fd, backlog->bytes + backlog->written, backlog->length - backlog->written);
    if (written < 0) return drop(fd);
    backlog->written += (size_t)written;
    if (backlog->written < backlog->length) return;
    free(backlog->bytes);
    *backlog = (struct backlog){0};
    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

int main(void) {
    raise_descriptor_limit();
    backlogs = calloc((size_t)sysconf(_SC_OPEN_MAX), sizeof *backlogs);
    if (!backlogs) fail("calloc");
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    int listener = listen_on_loopback(SOCK_NONBLOCK, BACKLOG);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        if (count < 0 && errno == EINTR) continue;
        check(count, "epoll_wait");
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_all(listener);
            } else if (backlogs[fd].bytes) {
                flush(fd);
            } else {
                echo(fd);
            }
        }
    }
}
