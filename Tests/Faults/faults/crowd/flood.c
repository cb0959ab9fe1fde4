// flood PORT RATE SECONDS TEXT: opens and closes RATE connections a second to 127.0.0.1:PORT, or as many as it can.
//
// A quarter of them resets at once, a quarter closes at once, a quarter sends TEXT and resets, a quarter sends TEXT and
// closes. The result is a line of JSON: how many were opened, refused, and given up since the server's queue was full,
// and the processor time that it took to do so.

#define _GNU_SOURCE
#include "wire.h"

enum { PENDING = 4096, GIVE_UP_NS = 500 * 1000 * 1000, TICK_NS = 500 * 1000 };

static uint16_t port;
static const char *text;
static uint64_t opened, refused, given_up;

/// Those whose handshake is not done, in the order in which it was begun.
static struct { int fd; uint64_t index, since; } pending[PENDING];
static uint64_t first_pending, last_pending;

/// Comes to one of four ends.
static void end(int fd, uint64_t index) {
    opened++;
    if (index & 2) (void)send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (index & 1) {
        close(fd);
    } else {
        struct wire wire = {.fd = fd};
        wire_reset(&wire);
    }
}

static void keep_pending(int fd, uint64_t index) {
    if (last_pending - first_pending == PENDING) {
        close(pending[first_pending++ % PENDING].fd);
        given_up++;
    }
    pending[last_pending % PENDING].fd = fd;
    pending[last_pending % PENDING].index = index;
    pending[last_pending++ % PENDING].since = now();
}

static void look_at_pending(void) {
    while (first_pending < last_pending) {
        int fd = pending[first_pending % PENDING].fd;
        int state = is_connected(fd, port);
        if (state == 0 && now() - pending[first_pending % PENDING].since < GIVE_UP_NS) return;
        if (state == 1) {
            end(fd, pending[first_pending % PENDING].index);
        } else {
            state == 0 ? given_up++ : refused++;
            close(fd);
        }
        first_pending++;
    }
}

static void open_one(uint64_t index) {
    int fd = begin_to_connect(port, index, 0);
    if (fd < 0) {
        refused++;
        return;
    }
    int state = is_connected(fd, port);  // On one machine the handshake is mostly done before connect returns.
    if (state == 1) return end(fd, index);
    if (state == 0) return keep_pending(fd, index);
    refused++;
    close(fd);
}

static void sleep_until(uint64_t moment) {
    struct timespec time = {.tv_sec = (time_t)(moment / 1000000000u), .tv_nsec = (long)(moment % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: flood PORT RATE SECONDS TEXT\n");
        return 64;
    }
    raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    port = (uint16_t)parse_number(argv[1]);
    double rate = strtod(argv[2], NULL), seconds = strtod(argv[3], NULL);
    text = argv[4];
    uint64_t begin = now(), index = 0;
    double debt = 0, last = 0;
    for (double time; (time = seconds_since(begin)) < seconds; last = time) {
        // What could not be done in time is not made up for later: that would be more than RATE then.
        debt += (time - last) * rate;
        if (debt > rate / 20) debt = rate / 20;
        for (; debt >= 1; debt--) open_one(index++);
        look_at_pending();
        sleep_until(now() + TICK_NS);
    }
    printf("{\"opened\": %llu, \"refused\": %llu, \"given_up\": %llu, \"seconds\": %.3f, \"cpu_seconds\": %.3f}\n",
           (unsigned long long)opened, (unsigned long long)refused,
           (unsigned long long)(given_up + last_pending - first_pending), seconds_since(begin), own_cpu_seconds());
    return 0;
}
