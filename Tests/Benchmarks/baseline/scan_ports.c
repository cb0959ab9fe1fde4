// Scans the ports of 127.0.0.1 as a loop over epoll(7) does: non-blocking connects, so many at once, decided when the
// kernel says that a socket is writable.
//
//     scan_ports FIRST LAST WINDOW
//
// prints the ports that are open, and the seconds that it took on standard error.

#define _GNU_SOURCE

#include <sys/epoll.h>

#include "loopback.h"

enum { EVENTS = 512 };

struct attempt {
    int fd;
    int port;
};

static int begin_attempt(int epoll, struct attempt *attempts, int slot, int port) {
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, (uint16_t)port);
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    int result = connect(fd, (struct sockaddr *)&address, sizeof address);
    if (result < 0 && errno != EINPROGRESS) {
        close(fd);
        return 0;
    }
    attempts[slot] = (struct attempt){.fd = fd, .port = port};
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = (uint32_t)slot};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    return 1;
}

// Whether a connection stands that is not one with itself.
static int is_open(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    check(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), "getsockopt");
    if (error != 0) return 0;
    struct sockaddr_in local, remote;
    length = sizeof local;
    check(getsockname(fd, (struct sockaddr *)&local, &length), "getsockname");
    length = sizeof remote;
    if (getpeername(fd, (struct sockaddr *)&remote, &length) != 0) return 0;
    return local.sin_port != remote.sin_port || local.sin_addr.s_addr != remote.sin_addr.s_addr;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: scan_ports FIRST LAST WINDOW\n");
        return 64;
    }
    int port = (int)parse_number(arguments[1]), last = (int)parse_number(arguments[2]);
    int window = (int)parse_number(arguments[3]);
    raise_descriptor_limit();
    struct attempt *attempts = calloc((size_t)window, sizeof *attempts);
    int *vacant = calloc((size_t)window, sizeof *vacant);
    for (int slot = 0; slot < window; slot++) vacant[slot] = slot;
    int vacancies = window;
    int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    uint64_t begin = now();
    while (port <= last || vacancies < window) {
        while (port <= last && vacancies > 0) {
            if (begin_attempt(epoll, attempts, vacant[vacancies - 1], port++)) vacancies--;
        }
        if (vacancies == window) continue;
        struct epoll_event events[EVENTS];
        int ready = check(epoll_wait(epoll, events, EVENTS, -1), "epoll_wait");
        for (int index = 0; index < ready; index++) {
            int slot = (int)events[index].data.u32;
            if (is_open(attempts[slot].fd)) printf("127.0.0.1:%d open\n", attempts[slot].port);
            close(attempts[slot].fd);
            vacant[vacancies++] = slot;
        }
    }
    fprintf(stderr, "%.9f\n", (double)(now() - begin) / 1e9);
    return 0;
}
