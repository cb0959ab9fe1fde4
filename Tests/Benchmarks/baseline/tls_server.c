// tls_server echo|discard CERTIFICATE KEY: a TLS server as one writes it in C for speed: one thread, one
// level-triggered epoll, sockets that never block, one buffer for all connections.
//
// OpenSSL gives back the buffers of a connection that waits. The kernel does not tell again of what OpenSSL has read
// ahead, so a connection is read until it would have to wait.

#define _GNU_SOURCE
#include <stdbool.h>
#include <sys/epoll.h>

#include "tls.h"

enum { EVENTS = 256, BUFFER = 64 * 1024, BACKLOG = 4096 };

/// A session, what it is waited for, and what was read of it and not yet written back.
struct connection {
    SSL *ssl;
    uint32_t watched;
    char *bytes;
    int length;
};

static struct connection *connections;  // Indexed by descriptor.
static char buffer[BUFFER];
static int epoll;
static bool echoes;

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    check(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
    connections[fd].watched = events;
}

static void accept_all(int listener, SSL_CTX *context) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN) return;
            if (errno == ECONNABORTED || errno == EINTR) continue;
            fail("accept4");
        }
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        connections[fd].ssl = new_session(context, fd);
        SSL_set_accept_state(connections[fd].ssl);  // The first read shakes hands.
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static void drop(int fd) {
    SSL_free(connections[fd].ssl);
    free(connections[fd].bytes);
    connections[fd] = (struct connection){0};
    close(fd);
}

/// Waits for what a call without success needs; without such a thing, it was the connection's end.
static void wait_or_drop(int fd, int result) {
    struct connection *connection = &connections[fd];
    int error = SSL_get_error(connection->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        uint32_t wanted = error == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT;
        if (wanted != connection->watched) watch(fd, EPOLL_CTL_MOD, wanted);
        return;
    }
    if (error == SSL_ERROR_ZERO_RETURN) SSL_shutdown(connection->ssl);
    drop(fd);
}

/// One read and its answer. An answer that the socket does not take whole is kept, and sent again from the same bytes.
static int take(struct connection *connection) {
    int count = SSL_read(connection->ssl, buffer, sizeof buffer);
    if (count <= 0 || !echoes) return count;
    int written = SSL_write(connection->ssl, buffer, count);
    if (written > 0) return written;
    connection->length = count;
    if (!(connection->bytes = malloc((size_t)count))) fail("malloc");
    memcpy(connection->bytes, buffer, (size_t)count);
    return written;
}

static int flush(struct connection *connection) {
    int written = SSL_write(connection->ssl, connection->bytes, connection->length);
    if (written <= 0) return written;
    free(connection->bytes);
    connection->bytes = NULL;
    return written;
}

static void serve(int fd) {
    struct connection *connection = &connections[fd];
    for (;;) {
        ERR_clear_error();
        int result = connection->bytes ? flush(connection) : take(connection);
        if (result <= 0) return wait_or_drop(fd, result);
    }
}

int main(int argc, char **argv) {
    if (argc != 4 || (strcmp(argv[1], "echo") != 0 && strcmp(argv[1], "discard") != 0)) {
        fprintf(stderr, "usage: tls_server echo|discard CERTIFICATE KEY\n");
        return 64;
    }
    echoes = strcmp(argv[1], "echo") == 0;
    SSL_CTX *context = server_context(argv[2], argv[3]);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    raise_descriptor_limit();
    connections = calloc((size_t)sysconf(_SC_OPEN_MAX), sizeof *connections);
    if (!connections) fail("calloc");
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    int listener = listen_on_loopback(SOCK_NONBLOCK, BACKLOG);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        if (count < 0 && errno == EINTR) continue;
        check(count, "epoll_wait");
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_all(listener, context);
            } else {
                serve(fd);
            }
        }
    }
}
