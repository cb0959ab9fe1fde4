// drain: takes everything out of the pipe on standard input, as fast as a pipe can be emptied, and prints how many
// bytes came.
//
// The same sink for every contestant: splice(2) moves the pages to /dev/null without looking at them. The count is how
// the script knows that nothing was lost on the way.

#define _GNU_SOURCE
#include <fcntl.h>

#include "loopback.h"

enum { PIECE = 1 << 20 };

int main(void) {
    int sink = check(open("/dev/null", O_WRONLY), "/dev/null");
    uint64_t total = 0;
    for (;;) {
        ssize_t count = splice(STDIN_FILENO, NULL, sink, NULL, PIECE, SPLICE_F_MOVE);
        if (count < 0) fail("splice");
        if (count == 0) break;
        total += (uint64_t)count;
    }
    printf("%llu\n", (unsigned long long)total);
    return 0;
}
