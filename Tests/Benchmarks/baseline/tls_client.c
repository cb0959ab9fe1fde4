// tls_client full|resumed PORT COUNT CONCURRENCY: COUNT connections to a TLS server on 127.0.0.1, each opened, shaken
// hands on, ended and closed, CONCURRENCY at a time. The result is a line of JSON.
//
// With `resumed` each begins with a ticket that an earlier one was given: those that fetch the first tickets are not
// counted. To free a session without having told the end would lose it. Nobody asks who signed the certificate: it is
// the server that is measured, and what the client does takes time from it.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>

#include "tls.h"

enum { EVENTS = 256 };

/// A place for one connection after the other.
struct slot {
    int fd;
    SSL *ssl;
    bool ended;  // Whether our end has been told.
    SSL_SESSION *session;
};

static SSL_CTX *context;
static int epoll;
static uint16_t port;
static bool resumes;

static int accept_any(X509_STORE_CTX *store, void *argument) {
    (void)store, (void)argument;
    return 1;
}

/// Takes the place of the session that was used: a ticket is for one time.
static void keep_session(struct slot *slot) {
    SSL_SESSION *session = SSL_get1_session(slot->ssl);
    if (!session || !SSL_SESSION_is_resumable(session)) fail("the server gave no ticket");
    SSL_SESSION_free(slot->session);
    slot->session = session;
}

/// After the handshake: whether it was what it should be, and our end.
static void tell_end(struct slot *slot) {
    slot->ended = true;
    if (slot->session && !SSL_session_reused(slot->ssl)) fail("the server did not resume the session");
    if (SSL_shutdown(slot->ssl) < 0) fail_tls("SSL_shutdown");
    check(shutdown(slot->fd, SHUT_WR), "shutdown");
}

/// Goes on with a connection; true once the server has told its end as well.
static bool advance(struct slot *slot) {
    ERR_clear_error();
    errno = 0;
    if (!slot->ended) {
        int result = SSL_connect(slot->ssl);
        if (result == 1) {
            tell_end(slot);
        } else if (SSL_get_error(slot->ssl, result) == SSL_ERROR_WANT_READ) {
            return false;
        } else {
            fail_tls("SSL_connect");
        }
    }
    char byte;
    int result = SSL_read(slot->ssl, &byte, 1);  // The tickets come before the end.
    int error = SSL_get_error(slot->ssl, result);
    if (error == SSL_ERROR_WANT_READ) return false;
    if (error != SSL_ERROR_ZERO_RETURN) fail_tls("expected the server's close_notify");
    if (resumes) keep_session(slot);
    return true;
}

static void open_connection(struct slot *slot) {
    slot->fd = dial_loopback(port);
    check(fcntl(slot->fd, F_SETFL, O_NONBLOCK), "fcntl");
    slot->ssl = new_session(context, slot->fd);
    slot->ended = false;
    if (slot->session && SSL_set_session(slot->ssl, slot->session) != 1) fail_tls("SSL_set_session");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = slot};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, slot->fd, &event), "epoll_ctl");
}

static void close_connection(struct slot *slot) {
    SSL_free(slot->ssl);
    close(slot->fd);
}

/// Goes on in a slot until it has to wait: with its connection and, once that has ended, with the next.
static void work(struct slot *slot, uint64_t *unopened, uint64_t *unclosed) {
    while (advance(slot)) {
        close_connection(slot);
        --*unclosed;
        if (*unopened == 0) return;
        --*unopened;
        open_connection(slot);
    }
}

/// Makes so many connections; the time it took in seconds.
static double run(struct slot *slots, uint64_t concurrency, uint64_t count) {
    uint64_t unopened = count, unclosed = count, begin = now();
    for (uint64_t i = 0; i < concurrency && unopened > 0; i++) {
        unopened--;
        open_connection(&slots[i]);
        work(&slots[i], &unopened, &unclosed);
    }
    while (unclosed > 0) {
        struct epoll_event events[EVENTS];
        int ready = check(epoll_wait(epoll, events, EVENTS, -1), "epoll_wait");
        for (int i = 0; i < ready; i++) work(events[i].data.ptr, &unopened, &unclosed);
    }
    return (double)(now() - begin) / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 5 || (strcmp(argv[1], "full") != 0 && strcmp(argv[1], "resumed") != 0)) {
        fprintf(stderr, "usage: tls_client full|resumed PORT COUNT CONCURRENCY\n");
        return 64;
    }
    resumes = strcmp(argv[1], "resumed") == 0;
    port = (uint16_t)parse_number(argv[2]);
    uint64_t count = parse_number(argv[3]), concurrency = parse_number(argv[4]);
    context = new_context(TLS_client_method());
    SSL_CTX_set_cert_verify_callback(context, accept_any, NULL);
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    struct slot *slots = calloc(concurrency, sizeof *slots);
    if (!slots) fail("calloc");
    for (uint64_t i = 0; i < concurrency; i++) run(&slots[i], 1, 1);  // The first tickets, and everything warm.
    printf("{\"handshakes_per_second\": %.1f, \"all_handshakes\": %llu}\n",
           (double)count / run(slots, concurrency, count), (unsigned long long)(count + concurrency));
    return 0;
}
