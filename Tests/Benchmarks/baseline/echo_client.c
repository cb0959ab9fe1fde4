// echo_client: the load for an echo server on 127.0.0.1, and the stop-watch. Three modes, results as JSON Lines:
//
//   round-trips PORT CONNECTIONS SECONDS [SPIN]
//                                          each connection sends 64 bytes, waits for them, sends the next; with SPIN
//                                          it looks for answers so many microseconds long before it sleeps
//   idle PORT COUNT SECONDS                one connection's round trips, alone and then beside COUNT idle ones
//   accepts PORT COUNT CONCURRENCY         COUNT connections, each opened, ended and closed, CONCURRENCY at a time
//
// `idle` waits for a line on standard input between its steps, so that the script can look at the server meanwhile.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/mman.h>

#include "loopback.h"

enum {
    MESSAGE = 64,
    EVENTS = 256,
    BUCKET_NS = 100,     // A latency is known to a tenth of a microsecond ...
    BUCKETS = 10000000,  // ... up to a second; what takes longer counts as that.
    WARM_UP_PERCENT = 20,
    ACCEPT_HOSTS = 200,  // Source addresses, so that closed connections in TIME_WAIT never use up the ports.
};

static const char message[MESSAGE + 1] = "the quick brown fox jumps over the lazy dog, and over 64 bytes..";

// Round trips

struct connection {
    int fd;
    size_t received;
    uint64_t sent_at;
    char reply[MESSAGE];
};

struct load {
    int epoll;
    size_t count;
    uint64_t spin;  // In nanoseconds.
    struct connection *connections;
    uint64_t round_trips, all_round_trips;
    uint32_t *latencies;
};

static void watch(int epoll, int operation, int fd, uint32_t events, void *pointer) {
    struct epoll_event event = {.events = events, .data.ptr = pointer};
    check(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

/// One message is always taken whole: nothing else is on its way on this connection.
static void send_message(struct connection *connection, uint64_t time) {
    connection->received = 0;
    connection->sent_at = time;
    errno = 0;
    if (send(connection->fd, message, MESSAGE, MSG_NOSIGNAL) != MESSAGE) fail("send");
}

/// Takes what is there; true once the whole message is back.
static bool receive_message(struct connection *connection) {
    errno = 0;
    ssize_t count = recv(connection->fd, connection->reply + connection->received, MESSAGE - connection->received, 0);
    if (count < 0 && errno == EAGAIN) return false;
    if (count <= 0) fail("the server ended the connection");
    connection->received += (size_t)count;
    if (connection->received < MESSAGE) return false;
    if (memcmp(connection->reply, message, MESSAGE) != 0) fail("the echo differs from what was sent");
    return true;
}

/// Opens a connection and makes one round trip on it: only then is it certain that the server has accepted it.
static int dial_and_greet(uint16_t port) {
    struct connection connection = {.fd = dial_loopback(port)};
    send_message(&connection, 0);
    while (!receive_message(&connection)) {}
    check(fcntl(connection.fd, F_SETFL, O_NONBLOCK), "fcntl");
    return connection.fd;
}

static uint32_t *new_latencies(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    void *pages = mmap(NULL, BUCKETS * sizeof(uint32_t), PROT_READ | PROT_WRITE, flags, -1, 0);
    if (pages == MAP_FAILED) fail("mmap");
    return pages;
}

static struct load *open_load(uint16_t port, size_t count) {
    struct load *load = calloc(1, sizeof *load);
    if (!load || !(load->connections = calloc(count, sizeof *load->connections))) fail("calloc");
    load->count = count;
    load->latencies = new_latencies();
    load->epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    for (size_t i = 0; i < count; i++) {
        load->connections[i].fd = dial_and_greet(port);
        watch(load->epoll, EPOLL_CTL_ADD, load->connections[i].fd, EPOLLIN, &load->connections[i]);
    }
    return load;
}

static void record(struct load *load, uint64_t latency) {
    uint64_t bucket = latency / BUCKET_NS;
    load->latencies[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    load->round_trips++;
    load->all_round_trips++;
}

static int wait_for_events(const struct load *load, struct epoll_event *events) {
    if (load->spin > 0) {
        uint64_t end = now() + load->spin;
        do {
            int count = check(epoll_wait(load->epoll, events, EVENTS, 0), "epoll_wait");
            if (count > 0) return count;
        } while (now() < end);
    }
    return check(epoll_wait(load->epoll, events, EVENTS, -1), "epoll_wait");
}

/// Goes on with the round trips until the time has come. The messages on their way then are answered in the next run.
static void run_until(struct load *load, uint64_t end) {
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = wait_for_events(load, events);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!receive_message(connection)) continue;
            uint64_t time = now();
            record(load, time - connection->sent_at);
            send_message(connection, time);
            if (time >= end) return;
        }
    }
}

/// The latency in microseconds that the given share of the round trips does not exceed.
static double percentile(const struct load *load, double share) {
    uint64_t wanted = (uint64_t)((double)load->round_trips * share), seen = 0;
    size_t bucket = 0;
    while (bucket < BUCKETS - 1 && (seen += load->latencies[bucket]) <= wanted) bucket++;
    return (double)bucket * BUCKET_NS / 1000;
}

/// The pages are given back, not written over: few of them are ever touched, and the caches are for the round trips.
static void forget(struct load *load) {
    check(munmap(load->latencies, BUCKETS * sizeof *load->latencies), "munmap");
    load->latencies = new_latencies();
    load->round_trips = 0;
}

/// Warms up, measures and prints the result as a line of JSON.
static void measure(struct load *load, double seconds) {
    uint64_t span = (uint64_t)(seconds * 1e9);
    run_until(load, now() + span * WARM_UP_PERCENT / 100);
    forget(load);
    uint64_t start = now();
    run_until(load, start + span);
    double elapsed = (double)(now() - start) / 1e9;
    printf("{\"round_trips_per_second\": %.1f, \"median_us\": %.1f, \"p99_us\": %.1f, \"all_round_trips\": %llu}\n",
           (double)load->round_trips / elapsed, percentile(load, 0.5), percentile(load, 0.99),
           (unsigned long long)load->all_round_trips);
    fflush(stdout);
}

static void start(struct load *load) {
    uint64_t time = now();
    for (size_t i = 0; i < load->count; i++) send_message(&load->connections[i], time);
}

// Idle connections

static void wait_for_line(void) {
    if (getchar() == EOF) exit(0);
}

static void measure_beside_idle(uint16_t port, size_t idle, double seconds) {
    struct load *load = open_load(port, 1);
    start(load);
    measure(load, seconds);
    wait_for_line();
    for (size_t i = 0; i < idle; i++) dial_and_greet(port);
    printf("{\"idle\": %zu}\n", idle);
    fflush(stdout);
    wait_for_line();
    measure(load, seconds);
}

// Accepts

/// Starts a connection from one of many source addresses and half-closes it at once: the server has to accept it, to
/// read its end and to close it, and nothing else.
static void open_short_connection(int epoll, uint16_t port, uint64_t index) {
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in source = loopback_address(INADDR_LOOPBACK + 1 + (uint32_t)(index % ACCEPT_HOSTS), 0);
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);  // The port is chosen by connect, which sees both ends.
    check(bind(fd, (struct sockaddr *)&source, sizeof source), "bind");
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, port);
    check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
    check(shutdown(fd, SHUT_WR), "shutdown");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void close_short_connection(int fd) {
    char byte;
    errno = 0;
    if (recv(fd, &byte, 1, 0) != 0) fail("expected the server's end");
    close(fd);
}

static void measure_accepts(uint16_t port, uint64_t count, uint64_t concurrency) {
    int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    uint64_t opened = 0, closed = 0, begin = now();
    while (opened < count && opened < concurrency) open_short_connection(epoll, port, opened++);
    while (closed < count) {
        struct epoll_event events[EVENTS];
        int ready = check(epoll_wait(epoll, events, EVENTS, -1), "epoll_wait");
        for (int i = 0; i < ready; i++) {
            close_short_connection(events[i].data.fd);
            closed++;
            if (opened < count) open_short_connection(epoll, port, opened++);
        }
    }
    printf("{\"accepts_per_second\": %.1f}\n", (double)count / ((double)(now() - begin) / 1e9));
}

int main(int argc, char **argv) {
    if (argc != 5 && !(argc == 6 && strcmp(argv[1], "round-trips") == 0)) {
        fprintf(stderr, "usage: echo_client round-trips PORT CONNECTIONS SECONDS [SPIN]\n"
                        "       echo_client idle PORT COUNT SECONDS\n"
                        "       echo_client accepts PORT COUNT CONCURRENCY\n");
        return 64;
    }
    raise_descriptor_limit();
    uint16_t port = (uint16_t)parse_number(argv[2]);
    uint64_t count = parse_number(argv[3]);
    if (strcmp(argv[1], "round-trips") == 0) {
        struct load *load = open_load(port, count);
        load->spin = argc == 6 ? parse_number(argv[5]) * 1000 : 0;
        start(load);
        measure(load, strtod(argv[4], NULL));
    } else if (strcmp(argv[1], "idle") == 0) {
        measure_beside_idle(port, count, strtod(argv[4], NULL));
    } else if (strcmp(argv[1], "accepts") == 0) {
        measure_accepts(port, count, parse_number(argv[4]));
    } else {
        fprintf(stderr, "unknown mode: %s\n", argv[1]);
        return 64;
    }
    return 0;
}
