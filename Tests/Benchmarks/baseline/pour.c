// pour BYTES: fills the pipe on standard output with that many bytes, as fast as a pipe can be filled.
//
// The same source for every contestant. vmsplice(2) lends the kernel these pages instead of copying them, so that the
// source costs next to nothing and the tool behind the pipe is what is measured. The pages never change, so it does not
// matter how long the kernel keeps them. The pipe has the size that a shell gives it: with 64 KiB the two processes at
// its ends spend their time on waking each other, and to enlarge it is the tool's business. (pour and drain alone move
// 2 to 3 GB/s through such a pipe and over 10 GB/s through one of 1 MiB.)

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/uio.h>

#include "loopback.h"

enum { PIECE = 1 << 20 };

static _Alignas(4096) char piece[PIECE];

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: pour BYTES | ...\n");
        return 64;
    }
    uint64_t left = parse_number(argv[1]);
    for (size_t i = 0; i < sizeof piece; i++) piece[i] = (char)('a' + i % 26);  // Real pages, not the shared zero page.
    while (left > 0) {
        struct iovec vector = {.iov_base = piece, .iov_len = left < PIECE ? left : PIECE};
        ssize_t count = vmsplice(STDOUT_FILENO, &vector, 1, 0);
        if (count < 0) fail("vmsplice");
        left -= (uint64_t)count;
    }
    return 0;
}
