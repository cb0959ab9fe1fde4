// ask PORT COUNT: sends a byte to an echo server on 127.0.0.1 and waits for it, so often, on one connection that blocks.
//
// The least that a client can do: two system calls a round trip, and none to ask whether they would wait.

#define _GNU_SOURCE
#include "loopback.h"

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: ask PORT COUNT\n");
        return 64;
    }
    int fd = dial_loopback((uint16_t)parse_number(argv[1]));
    for (uint64_t left = parse_number(argv[2]); left > 0; left--) {
        char byte = 'x';
        errno = 0;
        if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1) fail("send");
        if (recv(fd, &byte, 1, 0) != 1) fail("recv");
    }
    return 0;
}
