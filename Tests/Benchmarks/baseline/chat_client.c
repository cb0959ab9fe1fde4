// chat_client: the people in a chat, all in one process.
//
//     chat_client rounds PORT CLIENTS ROUNDS SPEAKERS   each speaker says a line; a round is over once all others have it
//     chat_client flood PORT READERS BYTES              one sends, READERS read, and one never does
//
// The result is a line of JSON.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/epoll.h>

#include "loopback.h"

enum { EVENTS = 256, BUFFER = 256 * 1024, QUIET_MS = 300, STALLED_MS = 10000 };

static const char LINE[] = "the quick brown fox jumps over.\n";
static char buffer[BUFFER];
static int epoll;

static void watch(int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static int dial_nonblocking(uint16_t port) {
    int fd = dial_loopback(port);
    check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
    return fd;
}

/// Reads once; says how many bytes came, and adds the lines that ended in them.
static size_t receive(int fd, uint64_t *lines) {
    ssize_t length = recv(fd, buffer, sizeof buffer, 0);
    if (length < 0 && errno == EAGAIN) return 0;
    if (length <= 0) fail("the server ended a connection");
    for (char *at = buffer; (at = memchr(at, '\n', (size_t)(buffer + length - at))); at++) ++*lines;
    return (size_t)length;
}

/// Takes what comes until nothing has for a while: greetings.
static void settle(void) {
    struct epoll_event events[EVENTS];
    uint64_t lines = 0;
    for (int ready; (ready = check(epoll_wait(epoll, events, EVENTS, QUIET_MS), "epoll_wait"));)
        for (int i = 0; i < ready; i++) receive(events[i].data.fd, &lines);
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void run_rounds(uint16_t port, uint64_t count, uint64_t rounds, uint64_t speakers) {
    int *clients = calloc(count, sizeof *clients);
    uint64_t *times = calloc(rounds, sizeof *times);
    if (!clients || !times) fail("calloc");
    for (uint64_t i = 0; i < count; i++) watch(clients[i] = dial_nonblocking(port), EPOLLIN);
    settle();
    uint64_t begin = now();
    for (uint64_t round = 0; round < rounds; round++) {
        uint64_t start = now(), lines = 0;
        for (uint64_t i = 0; i < speakers; i++)
            if (send(clients[i], LINE, sizeof LINE - 1, MSG_NOSIGNAL) != sizeof LINE - 1) fail("send");
        while (lines < speakers * (count - 1)) {
            struct epoll_event events[EVENTS];
            int ready = check(epoll_wait(epoll, events, EVENTS, STALLED_MS), "epoll_wait");
            if (!ready) fail("a line was lost");
            for (int i = 0; i < ready; i++) receive(events[i].data.fd, &lines);
        }
        times[round] = now() - start;
    }
    double seconds = (double)(now() - begin) / 1e9;
    qsort(times, rounds, sizeof *times, by_value);
    printf("{\"median_us\": %.3f, \"lines_per_second\": %.1f}\n", (double)times[rounds / 2] / 1e3,
           (double)(rounds * speakers * (count - 1)) / seconds);
}

static void run_flood(uint16_t port, uint64_t readers, uint64_t bytes) {
    dial_loopback(port);  // It never reads.
    for (uint64_t i = 0; i < readers; i++) watch(dial_nonblocking(port), EPOLLIN);
    int sender = dial_nonblocking(port);
    settle();
    watch(sender, EPOLLIN | EPOLLOUT);
    static char text[64 * 1024];
    memset(text, 'x', sizeof text);
    uint64_t sent = 0, received = 0, lines = 0, begin = now();
    while (received < readers * bytes) {
        struct epoll_event events[EVENTS];
        int ready = check(epoll_wait(epoll, events, EVENTS, STALLED_MS), "epoll_wait");
        if (!ready) fail("stalled");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != sender) {
                received += receive(events[i].data.fd, &lines);
                continue;
            }
            size_t left = bytes - sent < sizeof text ? bytes - sent : sizeof text;
            ssize_t gone = left ? send(sender, text, left, MSG_NOSIGNAL) : 0;
            if (gone > 0) sent += (uint64_t)gone;
            if (gone < 0 && errno != EAGAIN) fail("send");
            if (sent == bytes) {
                struct epoll_event event = {.events = EPOLLIN, .data.fd = sender};
                check(epoll_ctl(epoll, EPOLL_CTL_MOD, sender, &event), "epoll_ctl");
            }
        }
    }
    printf("{\"seconds\": %.6f}\n", (double)(now() - begin) / 1e9);
}

int main(int count, char **arguments) {
    raise_descriptor_limit();
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    uint16_t port = count > 2 ? (uint16_t)parse_number(arguments[2]) : 0;
    if (count == 6 && !strcmp(arguments[1], "rounds")) {
        run_rounds(port, parse_number(arguments[3]), parse_number(arguments[4]), parse_number(arguments[5]));
    } else if (count == 5 && !strcmp(arguments[1], "flood")) {
        run_flood(port, parse_number(arguments[3]), parse_number(arguments[4]));
    } else {
        fprintf(stderr, "usage: chat_client rounds PORT CLIENTS ROUNDS SPEAKERS | flood PORT READERS BYTES\n");
        return 64;
    }
    return 0;
}
