// hold MODE PORT COUNT SECONDS MOST TEXT [tls]: COUNT clients of 127.0.0.1:PORT that stay, and what they do to a server:
//
//   slow     each sends one byte of TEXT a second, over and over, and takes what comes
//   silent   each sends TEXT as often as it is taken, but no more than MOST bytes, and never reads; little at a time, as
//            from far away
//   full     the same with all that loopback takes
//   crowd    each sends TEXT once and stays, to take a descriptor of the server's
//
// One whose connection the server ends comes again, at most once a second. At the end every other one resets and the
// rest close. The result is a line of JSON.

#define _GNU_SOURCE
#include "wire.h"

enum { EVENTS = 256, SMALL_BUFFERS = 4096, TURNS = 8, SECOND_NS = 1000000000 };

struct client {
    struct wire wire;
    bool connecting;
    uint64_t next;  // When it sends its next byte, or comes again.
    size_t sent;    // Of the text, over and over.
};

static enum { SLOW, SILENT, FULL, CROWD } mode;
static bool secures;
static uint16_t port;
static const char *text;
static size_t length, most_sent;
static int epoll;
static uint64_t cut, refused, sent_bytes, opened;

static void watch(struct client *client, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = client};
    check(epoll_ctl(epoll, operation, client->wire.fd, &event), "epoll_ctl");
}

static bool pours(void) {
    return mode == SILENT || mode == FULL;
}

/// Looks out for the end alone, where nothing else is of interest: not even a byte is read, then.
static uint32_t interest(void) {
    return mode == SLOW ? EPOLLIN | EPOLLRDHUP : EPOLLRDHUP;
}

static void open_client(struct client *client, uint64_t index) {
    int buffers = mode == SILENT || mode == CROWD ? SMALL_BUFFERS : 0;
    client->sent = 0;
    client->connecting = !secures;
    // They come one after the other over a second, and so do their bytes.
    client->next = now() + (index * 7919 % 1000) * (SECOND_NS / 1000);
    if (secures) {
        if (!wire_open(&client->wire, port, index, buffers)) {
            refused++;
            return;
        }
        opened++;
        return watch(client, EPOLL_CTL_ADD, pours() ? EPOLLOUT | EPOLLET | interest() : interest());
    }
    client->wire.fd = begin_to_connect(port, index, buffers);
    if (client->wire.fd < 0) {
        refused++;
        return;
    }
    watch(client, EPOLL_CTL_ADD, EPOLLOUT | interest());
}

static void lose(struct client *client) {
    cut++;
    wire_close(&client->wire);
    client->next = now() + SECOND_NS;
}

/// Sends on from where it was; false if the connection is over.
static bool send_some(struct client *client, size_t most) {
    size_t at = client->sent % length;
    ssize_t count = wire_send(&client->wire, text + at, most < length - at ? most : length - at);
    if (count < 0) return false;
    client->sent += (size_t)count;
    sent_bytes += (uint64_t)count;
    return true;
}

/// Sends until nothing more is taken, and then waits for the edge; false if the connection is over. While a server keeps
/// up with it, the others have their turn in between, and those who have not come yet.
static bool send_all(struct client *client) {
    for (int turns = 0; turns < TURNS; turns++) {
        size_t before = client->sent;
        if (before >= most_sent) return true;
        if (!send_some(client, most_sent - before < length ? most_sent - before : length)) return false;
        if (before == client->sent) return true;
    }
    watch(client, EPOLL_CTL_MOD, EPOLLOUT | EPOLLET | interest());
    return true;
}

/// Takes and drops what has come; false at the end.
static bool drain(struct client *client) {
    static char buffer[64 * 1024];
    ssize_t count;
    while ((count = wire_receive(&client->wire, buffer, sizeof buffer)) > 0) {}
    return count == 0;
}

static void serve(struct client *client, uint32_t events) {
    if (client->connecting && events & EPOLLOUT) {
        client->connecting = false;
        opened++;
        bool holds = mode == CROWD ? send_some(client, length) : true;
        if (!holds) return lose(client);
        watch(client, EPOLL_CTL_MOD, pours() ? EPOLLOUT | EPOLLET | interest() : interest());
    }
    if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) return lose(client);
    if (pours() && events & EPOLLOUT && !send_all(client)) return lose(client);
    if (events & EPOLLIN && !drain(client)) lose(client);
}

/// What is due by the clock: a byte of each that is slow, and those who come again.
static void keep_time(struct client *clients, uint64_t count) {
    uint64_t time = now();
    for (uint64_t i = 0; i < count; i++) {
        struct client *client = &clients[i];
        if (client->next > time) continue;
        if (client->wire.fd < 0) {
            open_client(client, i);
        } else if (mode == SLOW && !client->connecting) {
            client->next += SECOND_NS;
            if (!send_some(client, 1)) lose(client);
        }
    }
}

static uint64_t end_all(struct client *clients, uint64_t count) {
    uint64_t stayed = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (clients[i].wire.fd < 0) continue;
        if (!clients[i].connecting) stayed++;
        i & 1 ? wire_reset(&clients[i].wire) : wire_close(&clients[i].wire);
    }
    return stayed;
}

/// A crowd from far away has processors of its own. Here it shares one with those who are served and with their target, who
/// had it not at all for seconds beside one that never waits. So it rests for as long as it worked.
static void rest_for(uint64_t nanoseconds) {
    struct timespec pause = {(time_t)(nanoseconds / SECOND_NS), (long)(nanoseconds % SECOND_NS)};
    nanosleep(&pause, NULL);
}

static void run(struct client *clients, uint64_t count, double seconds) {
    uint64_t begin = now(), last = 0;
    while (seconds_since(begin) < seconds) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, 10);
        uint64_t start = now();
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (client->wire.fd >= 0) serve(client, events[i].events);
        }
        if (pours() && ready > 0) rest_for(now() - start);
        if (now() - last < 10 * 1000 * 1000) continue;
        last = now();
        keep_time(clients, count);
    }
}

int main(int argc, char **argv) {
    if (argc < 7) {
        fprintf(stderr, "usage: hold slow|silent|full|crowd PORT COUNT SECONDS MOST TEXT [tls]\n");
        return 64;
    }
    raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    mode = argv[1][1] == 'l' ? SLOW : argv[1][0] == 's' ? SILENT : argv[1][0] == 'f' ? FULL : CROWD;
    port = (uint16_t)parse_number(argv[2]);
    uint64_t count = parse_number(argv[3]);
    most_sent = parse_number(argv[5]);
    text = argv[6];
    length = strlen(text);
    if ((secures = argc > 7)) wire_use_tls();
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    struct client *clients = calloc(count, sizeof *clients);
    if (!clients || !length) fail("no clients, or nothing to send");
    for (uint64_t i = 0; i < count; i++) open_client(&clients[i], i);
    run(clients, count, strtod(argv[4], NULL));
    uint64_t stayed = end_all(clients, count);
    printf("{\"stayed\": %llu, \"opened\": %llu, \"cut\": %llu, \"refused\": %llu, \"bytes\": %llu, "
           "\"cpu_seconds\": %.3f}\n",
           (unsigned long long)stayed, (unsigned long long)opened, (unsigned long long)cut,
           (unsigned long long)refused, (unsigned long long)sent_bytes, own_cpu_seconds());
    return 0;
}
