// Receives datagrams on a free port of 127.0.0.1, in batches, and writes their payloads to standard output, one writev a
// batch. Runs until it is ended.

#define _GNU_SOURCE
#include "loopback.h"
#include <sys/uio.h>

enum { BATCH = 64, ROOM = 65536 + 64 };

static char rooms[BATCH][ROOM];

int main(void) {
    int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, 0);
    socklen_t length = sizeof address;
    check(bind(fd, (struct sockaddr *)&address, length), "bind");
    check(getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");
    fprintf(stderr, "listening on 127.0.0.1:%u\n", ntohs(address.sin_port));

    static struct mmsghdr messages[BATCH];
    static struct iovec pieces[BATCH], output[BATCH];
    static struct sockaddr_in sources[BATCH];
    for (int i = 0; i < BATCH; i++) {
        pieces[i] = (struct iovec){rooms[i], 65536};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &sources[i];
    }
    for (;;) {
        for (int i = 0; i < BATCH; i++) messages[i].msg_hdr.msg_namelen = sizeof sources[i];
        int count = check(recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL), "recvmmsg");
        for (int i = 0; i < count; i++) output[i] = (struct iovec){rooms[i], messages[i].msg_len};
        if (writev(STDOUT_FILENO, output, count) < 0) fail("writev");
    }
}
