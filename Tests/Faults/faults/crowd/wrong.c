// wrong FAULT: an echo server on 127.0.0.1 that is wrong on purpose, by which it is proved that `crowd` and `soak`
// would tell. FAULT is one of:
//
//   none          nothing: it must pass
//   memory        keeps 500 bytes of every connection
//   descriptors   forgets to close one connection of fifty
//   starving      takes its time with everybody new, and serves those who are there once nobody is at the door
//   mortal        ends when it has no descriptor for somebody
//   few           turns everybody away whom it has no wish to serve, and so has descriptors left
//   deaf          accepts nobody any more once it had no descriptor for somebody
//   children      starts a process for one connection of fifty and never asks for its end
//   rude          ends somebody whom it serves for every thousandth that comes
//   spinning      has no rest while it has no descriptor
//   mumbling      gets a byte wrong of one connection in fifty
//   tired         ends after 300 connections
//   asleep        accepts nobody after 300 connections
//   stubborn      does not end when it is told to

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>

#include "loopback.h"

enum { EVENTS = 256, BUFFER = 64 * 1024, BACKLOG = 4096, REST_MS = 20, PATIENCE_MS = 1000 };
enum { KEPT = 500, SOME = 50, MANY = 1000, FEW = 50, ENOUGH = 300, SLOW_NS = 60000 };

static char buffer[BUFFER];
static int epoll, listener, oldest = -1;
static const char *wrong;
static uint64_t accepted;
static uint64_t rests_until;  // There was no descriptor: nobody is accepted before.

static bool is(const char *fault) {
    return strcmp(wrong, fault) == 0;
}

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    check(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

static void spend(uint64_t span) {
    for (uint64_t begin = now(); now() - begin < span;) {}
}

static void go_wrong(void) {
    if (is("memory")) memset(malloc(KEPT), 1, KEPT);
    if (is("starving")) spend(SLOW_NS);
    if (is("tired") && accepted == ENOUGH) fail("it is tired");
    if (is("children") && accepted % SOME == 0 && fork() == 0) _exit(0);
    if (is("rude") && accepted % MANY == 0 && oldest >= 0) {
        shutdown(oldest, SHUT_RDWR);
        oldest = -1;
    }
}

/// Without a descriptor there is nothing to do but to wait, which is what the faults are about.
static void run_out(void) {
    if (is("mortal")) fail("accept4");
    if (is("spinning")) return;
    watch(listener, EPOLL_CTL_MOD, 0);
    rests_until = is("deaf") ? UINT64_MAX : now() + REST_MS * 1000000u;
}

static void accept_all(void) {
    for (;;) {
        if (is("asleep") && accepted == ENOUGH) return watch(listener, EPOLL_CTL_MOD, 0);
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) return run_out();
            return;
        }
        if (is("few") && fd > FEW) {
            close(fd);
            continue;
        }
        accepted++;
        go_wrong();
        if (oldest < 0) oldest = fd;
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static void drop(int fd) {
    static uint64_t dropped;
    watch(fd, EPOLL_CTL_DEL, 0);
    if (fd == oldest) oldest = -1;
    if (is("descriptors") && ++dropped % SOME == 0) return;
    close(fd);
}

/// Waits for whoever takes nothing, since nobody here does that for long.
static bool send_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            if (poll(&room, 1, PATIENCE_MS) > 0) continue;
        }
        if (count < 0) return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

static void echo(int fd) {
    ssize_t count = recv(fd, buffer, sizeof buffer, 0);
    if (is("mumbling") && count > 0 && accepted % SOME == 0) buffer[0] ^= 1;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0 || !send_all(fd, buffer, (size_t)count)) drop(fd);
}

static void end(int number) {
    (void)number;
    _exit(0);
}

int main(int argc, char **argv) {
    wrong = argc > 1 ? argv[1] : "none";
    signal(SIGTERM, is("stubborn") ? SIG_IGN : end);
    signal(SIGPIPE, SIG_IGN);
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    listener = listen_on_loopback(SOCK_NONBLOCK, BACKLOG);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, rests_until && !is("deaf") ? REST_MS : -1);
        bool knocks = false;
        for (int i = 0; i < count; i++) knocks |= events[i].data.fd == listener;
        if (knocks) accept_all();
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) echo(events[i].data.fd);
        }
        if (rests_until == 0 || now() < rests_until) continue;
        rests_until = 0;
        watch(listener, EPOLL_CTL_MOD, EPOLLIN);
    }
}
