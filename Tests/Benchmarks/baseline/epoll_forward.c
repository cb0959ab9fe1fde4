// epoll_forward copy PORT | epoll_forward splice PORT: joins each connection to one to PORT of 127.0.0.1, as one writes it
// in C for speed: one thread, one level-triggered epoll, sockets that never block. An end is passed on as an end.
//
// `copy` has one buffer for all, and keeps what a side does not take; `splice` has a pipe for each way of each pair, and
// the bytes never come here.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>

#include "loopback.h"

enum { EVENTS = 256, BUFFER = 64 * 1024, PIPE = 1 << 20, BACKLOG = 4096 };

/// One way: what was read of `from` and not yet given to `to`.
struct way {
    int from, to;
    int pipe[2];
    char *kept;
    size_t length, written;
    bool ended;
};

/// Two sockets, and the ways from each of them.
struct pair {
    struct way ways[2];
};

/// Whose a descriptor is: the pair, and which of its sides.
struct side {
    struct pair *pair;
    int index;
};

static struct side *sides;  // Indexed by descriptor.
static char buffer[BUFFER];
static int epoll;
static bool splices;
static uint16_t target;

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    check(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

static void drop(struct pair *pair) {
    for (int i = 0; i < 2; i++) {
        struct way *way = &pair->ways[i];
        sides[way->from] = (struct side){0};
        close(way->from);
        free(way->kept);
        if (splices) {
            close(way->pipe[0]);
            close(way->pipe[1]);
        }
    }
    free(pair);
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
        int other = dial_loopback(target);
        check(fcntl(other, F_SETFL, O_NONBLOCK), "fcntl");
        struct pair *pair = calloc(1, sizeof *pair);
        if (!pair) fail("calloc");
        pair->ways[0] = (struct way){.from = fd, .to = other};
        pair->ways[1] = (struct way){.from = other, .to = fd};
        for (int i = 0; i < 2; i++) {
            struct way *way = &pair->ways[i];
            if (splices) {
                check(pipe2(way->pipe, O_NONBLOCK | O_CLOEXEC), "pipe2");
                (void)fcntl(way->pipe[0], F_SETPIPE_SZ, PIPE);
            }
            sides[way->from] = (struct side){pair, i};
            watch(way->from, EPOLL_CTL_ADD, EPOLLIN);
        }
    }
}

static bool has_rest(const struct way *way) {
    return way->length > way->written;
}

/// What each side is waited for: that it has something, while nothing of it waits; that it takes what does.
static void rearm(struct pair *pair) {
    for (int i = 0; i < 2; i++) {
        struct way *from = &pair->ways[i], *to = &pair->ways[1 - i];
        uint32_t events = has_rest(to) ? EPOLLOUT : 0;
        if (!has_rest(from) && !from->ended) events |= EPOLLIN;
        watch(from->from, EPOLL_CTL_MOD, events);
    }
}

/// Gives what there is; false if the connection is broken.
static bool give(struct way *way) {
    while (has_rest(way)) {
        size_t rest = way->length - way->written;
        ssize_t count = splices ? splice(way->pipe[0], NULL, way->to, NULL, rest, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
                                : send(way->to, way->kept + way->written, rest, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN;
        way->written += (size_t)count;
    }
    free(way->kept);
    way->kept = NULL;
    way->length = way->written = 0;
    return true;
}

/// One read, and its writes; false if the connection is broken.
static bool take(struct way *way) {
    ssize_t count = splices ? splice(way->from, NULL, way->pipe[1], NULL, PIPE, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
                            : recv(way->from, buffer, sizeof buffer, 0);
    if (count < 0) return errno == EAGAIN;
    if (count == 0) {
        way->ended = true;
        return shutdown(way->to, SHUT_WR) == 0;
    }
    way->length = (size_t)count;
    if (splices) return give(way);
    ssize_t sent = send(way->to, buffer, (size_t)count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < 0) sent = 0;
    if (sent == count) {
        way->length = 0;
        return true;
    }
    way->length -= (size_t)sent;
    if (!(way->kept = malloc(way->length))) fail("malloc");
    memcpy(way->kept, buffer + sent, way->length);
    return true;
}

static void serve(struct side side, uint32_t events) {
    struct pair *pair = side.pair;
    struct way *from = &pair->ways[side.index], *to = &pair->ways[1 - side.index];
    bool waited = has_rest(from) || has_rest(to), ended = from->ended;
    bool holds = true;
    if (events & EPOLLOUT) holds = give(to);
    if (holds && !has_rest(from) && !from->ended && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) holds = take(from);
    if (!holds || (pair->ways[0].ended && pair->ways[1].ended)) return drop(pair);
    if (waited || has_rest(from) || has_rest(to) || from->ended != ended) rearm(pair);
}

int main(int argc, char **argv) {
    if (argc != 3 || (strcmp(argv[1], "copy") != 0 && strcmp(argv[1], "splice") != 0)) {
        fprintf(stderr, "usage: epoll_forward copy|splice PORT\n");
        return 64;
    }
    splices = strcmp(argv[1], "splice") == 0;
    target = (uint16_t)parse_number(argv[2]);
    raise_descriptor_limit();
    sides = calloc((size_t)sysconf(_SC_OPEN_MAX), sizeof *sides);
    if (!sides) fail("calloc");
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
            } else if (sides[fd].pair) {
                serve(sides[fd], events[i].events);
            }
        }
    }
}
