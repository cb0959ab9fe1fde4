// epoll_broker: what one client sends goes to all the others, as one writes it in C for speed: one thread, one
// level-triggered epoll, sockets that never block. It keeps nothing: a client that has no room is dropped.

#define _GNU_SOURCE
#include <sys/epoll.h>

#include "loopback.h"

enum { EVENTS = 256, BUFFER = 64 * 1024, BACKLOG = 4096, MOST = 65536 };

static int clients[MOST];
static int count;
static char buffer[BUFFER];

static void drop(int index) {
    close(clients[index]);
    clients[index] = clients[--count];
}

static void accept_all(int epoll, int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN) return;
            if (errno == ECONNABORTED || errno == EINTR) continue;
            fail("accept4");
        }
        if (count == MOST) fail("too many clients");
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        clients[count++] = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    }
}

/// One read, and as many writes as there are others.
static void pass_on(int sender) {
    ssize_t length = recv(sender, buffer, sizeof buffer, 0);
    if (length < 0 && errno == EAGAIN) return;
    for (int i = count - 1; i >= 0; i--) {
        if (clients[i] == sender) {
            if (length <= 0) drop(i);
        } else if (length > 0 && send(clients[i], buffer, (size_t)length, MSG_NOSIGNAL) < length) {
            drop(i);
        }
    }
}

int main(void) {
    raise_descriptor_limit();
    int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    int listener = listen_on_loopback(SOCK_NONBLOCK, BACKLOG);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &wanted), "epoll_ctl");
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        if (ready < 0 && errno == EINTR) continue;
        check(ready, "epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener) {
                accept_all(epoll, listener);
            } else {
                pass_on(events[i].data.fd);
            }
        }
    }
}
