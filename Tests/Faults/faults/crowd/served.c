// served KIND PORT CONNECTIONS RATE [TARGET]: clients of a server on 127.0.0.1 that do what its clients do, and say how
// often they could.
//
//   echo, tls     a message of 64 bytes, and its echo
//   proxy         the same, through a tunnel to TARGET that SOCKS5 makes
//   discard       a block of 16 KiB, sent
//   chargen       a block of 16 KiB, taken
//   http          GET /time, and its answer
//
// All together they do so RATE times a second, which each has its share of; what is late is not made up for. With a
// rate of 0 each begins anew as soon as it is done. Every 100 ms a line of JSON tells how often it was done so far, the
// slowest since the line before, how many are waiting for longer than a second, and how many the server has ended. It
// ends with its standard input.

#define _GNU_SOURCE
#include <poll.h>

#include "wire.h"

enum { EVENTS = 64, MESSAGE = 64, BLOCK = 16 * 1024, TELL_NS = 100 * 1000 * 1000, SECOND_NS = 1000000000 };

static const char request[] = "GET /time HTTP/1.1\r\nHost: a\r\n\r\n";
static char payload[BLOCK], space[BLOCK + 1];

struct client {
    struct wire wire;
    bool busy;
    uint64_t due, begun;
    size_t to_send, to_take;  // What is left of this time; of an answer of HTTP nothing is known before its head.
    size_t taken;
    char head[512];
};

static enum { ECHO, DISCARD, CHARGEN, HTTP } kind;
static uint64_t done, lost, slowest, period;

/// What one time consists of.
static void begin(struct client *client, uint64_t time) {
    client->busy = true;
    client->begun = time;
    client->taken = 0;
    client->to_send = kind == ECHO ? MESSAGE : kind == DISCARD ? BLOCK : kind == HTTP ? sizeof request - 1 : 0;
    client->to_take = kind == ECHO ? MESSAGE : kind == CHARGEN ? BLOCK : kind == HTTP ? SIZE_MAX : 0;
}

static void lose(struct client *client) {
    lost++;
    wire_close(&client->wire);
}

/// How long an answer of HTTP is, once its head is there; SIZE_MAX before.
static size_t answer_length(struct client *client) {
    client->head[client->taken] = 0;
    char *end = strstr(client->head, "\r\n\r\n"), *length = strcasestr(client->head, "content-length:");
    if (!end) return SIZE_MAX;
    if (!length || strncmp(client->head, "HTTP/1.1 200", 12) != 0) fail("an answer without a length, or not 200");
    return (size_t)(end - client->head) + 4 + strtoul(length + 15, NULL, 10);
}

static bool send_rest(struct client *client) {
    const char *bytes = kind == HTTP ? request + sizeof request - 1 - client->to_send : payload;
    while (client->to_send > 0) {
        ssize_t count = wire_send(&client->wire, bytes, client->to_send);
        if (count < 0) return false;
        if (count == 0) break;
        client->to_send -= (size_t)count;
        bytes += kind == HTTP ? count : 0;
    }
    return true;
}

static bool take_rest(struct client *client) {
    while (client->to_take > 0) {
        size_t room = kind == HTTP ? sizeof client->head - 1 - client->taken : client->to_take;
        ssize_t count = wire_receive(&client->wire, kind == HTTP ? client->head + client->taken : space, room);
        if (count < 0) return false;
        if (count == 0) break;
        client->taken += (size_t)count;
        if (kind == HTTP) {
            client->to_take = answer_length(client) == client->taken ? 0 : SIZE_MAX;
        } else {
            if (kind == ECHO && memcmp(space, payload, (size_t)count) != 0) fail("the echo differs");
            client->to_take -= (size_t)count;
        }
    }
    return true;
}

/// Goes on as far as it can, with the next time too where that is due.
static void advance(struct client *client, uint64_t time) {
    for (;;) {
        if (!client->busy) {
            if (client->due > time) return;
            begin(client, time);
            // One period late is late; more than that is not made up for.
            client->due = client->due + 2 * period > time ? client->due + period : time + period;
        }
        if (!send_rest(client) || !take_rest(client)) return lose(client);
        if (client->to_send > 0 || client->to_take > 0) return;
        client->busy = false;
        done++;
        uint64_t end = now();
        if (end - client->begun > slowest) slowest = end - client->begun;
        if (period == 0) time = end;
        if (kind == DISCARD || kind == CHARGEN) return;  // Whoever is never made to wait leaves the others their turn.
    }
}

static void tell(const struct client *clients, size_t count, uint64_t time) {
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++) {
        waiting += clients[i].wire.fd >= 0 && clients[i].busy && time - clients[i].begun > SECOND_NS;
    }
    printf("{\"time\": %.6f, \"done\": %llu, \"slowest\": %.6f, \"waiting\": %zu, \"lost\": %llu, \"cpu\": %.4f}\n",
           (double)time / 1e9, (unsigned long long)done, (double)slowest / 1e9, waiting, (unsigned long long)lost,
           own_cpu_seconds());
    fflush(stdout);
    slowest = 0;
}

/// Has a SOCKS5 proxy lead to a port of this machine. The socket waits meanwhile.
static void ask_proxy(struct client *client, uint16_t target) {
    const char greeting[] = "\5\1\0";
    char wish[10] = {5, 1, 0, 1, 127, 0, 0, 1, (char)(target >> 8), (char)target}, answer[12];
    check(fcntl(client->wire.fd, F_SETFL, 0), "fcntl");
    if (send(client->wire.fd, greeting, 3, MSG_NOSIGNAL) != 3) fail("send");
    if (recv(client->wire.fd, answer, 2, MSG_WAITALL) != 2 || answer[1] != 0) fail("the greeting was refused");
    if (send(client->wire.fd, wish, sizeof wish, MSG_NOSIGNAL) != sizeof wish) fail("send");
    if (recv(client->wire.fd, answer, 10, MSG_WAITALL) != 10 || answer[1] != 0) fail("the tunnel was refused");
    check(fcntl(client->wire.fd, F_SETFL, O_NONBLOCK), "fcntl");
}

static int open_all(struct client *clients, size_t count, uint16_t port, uint16_t target) {
    int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    for (size_t i = 0; i < count; i++) {
        if (!wire_open(&clients[i].wire, port, i, 0)) fail("connect");
        if (target) ask_proxy(&clients[i], target);
        clients[i].due = now() + period * i / count;
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &clients[i]};
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].wire.fd, &event), "epoll_ctl");
    }
    return epoll;
}

static bool was_told_to_end(void) {
    struct pollfd input = {.fd = 0, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: served echo|tls|proxy|discard|chargen|http PORT CONNECTIONS RATE [TARGET]\n");
        return 64;
    }
    raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    kind = argv[1][0] == 'd' ? DISCARD : argv[1][0] == 'c' ? CHARGEN : argv[1][0] == 'h' ? HTTP : ECHO;
    if (strcmp(argv[1], "tls") == 0) wire_use_tls();
    memset(payload, 'x', sizeof payload);
    size_t count = parse_number(argv[3]);
    double rate = strtod(argv[4], NULL);
    period = rate > 0 ? (uint64_t)((double)count / rate * 1e9) : 0;
    struct client *clients = calloc(count, sizeof *clients);
    if (!clients) fail("calloc");
    uint16_t target = argc > 5 ? (uint16_t)parse_number(argv[5]) : 0;
    int epoll = open_all(clients, count, (uint16_t)parse_number(argv[2]), target);
    // One by one they are asked whether they are due; where all wait for the server, only the server wakes them.
    bool pours = period == 0 && (kind == DISCARD || kind == CHARGEN);
    for (uint64_t told = 0, time; !was_told_to_end();) {
        struct epoll_event events[EVENTS];
        (void)epoll_wait(epoll, events, EVENTS, pours ? 0 : 1);
        time = now();
        for (size_t i = 0; i < count; i++) {
            if (clients[i].wire.fd >= 0) advance(&clients[i], time);
        }
        if (time - told < TELL_NS) continue;
        tell(clients, count, time);
        told = time;
    }
    return 0;
}
