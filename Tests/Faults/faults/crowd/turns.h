// turns: has a server in C accept sixteen peers at most between two waits for events, whatever its source says.
//
// The baselines accept until nobody is at the door, and under a flood somebody always is: those who are served already
// have no turn then. That would be a poor control. It is compiled before the source (cc -include turns.h).

#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { IN_A_ROW = 16 };

static int taken;

static inline int accept_in_turn(int listener, struct sockaddr *address, socklen_t *length, int flags) {
    if (taken == IN_A_ROW) {
        errno = EAGAIN;
        return -1;
    }
    int fd = accept4(listener, address, length, flags);
    if (fd >= 0) taken++;
    return fd;
}

static inline int wait_in_turn(int epoll, struct epoll_event *events, int count, int milliseconds) {
    taken = 0;
    return epoll_wait(epoll, events, count, milliseconds);
}

#define accept4 accept_in_turn
#define epoll_wait wait_in_turn
