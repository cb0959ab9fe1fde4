// What the baseline programs share: ending with a reason, numbers from the command line, the clock, TCP on 127.0.0.1.

#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/// Ends the program with what could not be done and why: a benchmark that goes on after an error measures nothing.
_Noreturn static inline void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, errno ? strerror(errno) : "failed");
    exit(1);
}

/// The result of a call that must not fail.
static inline int check(int result, const char *what) {
    if (result < 0) fail(what);
    return result;
}

static inline uint64_t parse_number(const char *text) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end) {
        fprintf(stderr, "not a number: %s\n", text);
        exit(64);
    }
    return value;
}

/// The monotonic clock in nanoseconds.
static inline uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline void set_option(int fd, int level, int option, int value) {
    check(setsockopt(fd, level, option, &value, sizeof value), "setsockopt");
}

/// The limit of open descriptors, raised as far as a process may raise it itself.
static inline void raise_descriptor_limit(void) {
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

static inline struct sockaddr_in loopback_address(uint32_t host, uint16_t port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(host),
    };
}

/// A socket that listens on a free port of 127.0.0.1. Where it listens is said on standard error, as sockctl says it.
static inline int listen_on_loopback(int flags, int backlog) {
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket");
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, 0);
    socklen_t length = sizeof address;
    check(bind(fd, (struct sockaddr *)&address, length), "bind");
    check(listen(fd, backlog), "listen");
    check(getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");
    fprintf(stderr, "listening on 127.0.0.1:%u\n", ntohs(address.sin_port));
    return fd;
}

/// A connection to a port of 127.0.0.1.
static inline int dial_loopback(uint16_t port) {
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, port);
    check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    return fd;
}

#endif
