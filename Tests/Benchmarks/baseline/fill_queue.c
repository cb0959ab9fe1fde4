// Fills an accept queue as sockctl's backlog-probe does: connects one after the other to a listener that never accepts.
//
//     fill_queue BACKLOG DIALS
//
// prints the seconds that the connects took.

#define _GNU_SOURCE

#include "loopback.h"

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: fill_queue BACKLOG DIALS\n");
        return 64;
    }
    int backlog = (int)parse_number(arguments[1]);
    uint64_t dials = parse_number(arguments[2]);
    raise_descriptor_limit();
    int listener = listen_on_loopback(0, backlog);
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    uint64_t begin = now();
    for (uint64_t dial = 0; dial < dials; dial++) {
        int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
        check(connect(fd, (struct sockaddr *)&address, length), "connect");
    }
    printf("%.9f\n", (double)(now() - begin) / 1e9);
    return 0;
}
