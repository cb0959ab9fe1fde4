// pour BYTES: fills the pipe on standard output with that many bytes, as fast as a pipe can be filled.
// pour BYTES LINE: the same in lines of so many bytes, a newline among them.
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
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: pour BYTES [LINE] | ...\n");
        return 64;
    }
    uint64_t left = parse_number(argv[1]), line = argc == 3 ? parse_number(argv[2]) : 0;
    if (line > PIECE) {
        fprintf(stderr, "a line is at most %d bytes\n", PIECE);
        return 64;
    }
    for (size_t i = 0; i < PIECE; i++) piece[i] = (char)('a' + i % 26);  // Real pages, not the shared zero page.
    if (line > 0) {
        for (size_t end = line - 1; end < PIECE; end += line) piece[end] = '\n';
    }
    uint64_t round = line > 0 ? PIECE / line * line : PIECE, used = 0;  // Whole lines: the next round begins one.
    while (left > 0) {
        uint64_t length = round - used < left ? round - used : left;
        struct iovec vector = {.iov_base = piece + used, .iov_len = length};
        ssize_t count = vmsplice(STDOUT_FILENO, &vector, 1, 0);
        if (count < 0) fail("vmsplice");
        left -= (uint64_t)count;
        used = (used + (uint64_t)count) % round;
    }
    return 0;
}
