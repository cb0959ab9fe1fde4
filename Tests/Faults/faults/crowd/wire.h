// What the clients of a crowd share: a connection to 127.0.0.1 that is plain, or TLS where it is compiled WITH_TLS.
//
// A call that would block gives 0, one that finds the connection over -1: a crowd goes on with the others.

#ifndef WIRE_H
#define WIRE_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>

#include "loopback.h"

#ifdef WITH_TLS
#include <openssl/ssl.h>
static SSL_CTX *wire_context;  // Set by `wire_use_tls`: all connections are TLS then.
#endif

enum { PATIENCE_SECONDS = 10, SOURCES = 2000, SEGMENT = 1460 };

struct wire {
    int fd;
#ifdef WITH_TLS
    SSL *ssl;
#endif
};

static inline void wire_use_tls(void) {
#ifdef WITH_TLS
    wire_context = SSL_CTX_new(TLS_client_method());  // Nobody asks who signed the certificate.
    if (!wire_context) fail("SSL_CTX_new");
    SSL_CTX_set_mode(wire_context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
#else
    fail("compiled without TLS");
#endif
}

/// One of many addresses of this machine, so that closed connections in TIME_WAIT never use up the ports.
static inline void bind_to_source(int fd, uint64_t index) {
    struct sockaddr_in source = loopback_address(INADDR_LOOPBACK + 1 + (uint32_t)(index % SOURCES), 0);
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);  // The port is chosen by connect, which sees both ends.
    check(bind(fd, (struct sockaddr *)&source, sizeof source), "bind");
}

/// What the kernel may hold for a socket on this side; 0 leaves it to the kernel. With it goes the segment of a
/// network: by that of loopback, 64 KiB, a server's kernel takes megabytes for somebody who never reads.
static inline void limit_buffers(int fd, int size) {
    if (!size) return;
    set_option(fd, SOL_SOCKET, SO_RCVBUF, size);
    set_option(fd, SOL_SOCKET, SO_SNDBUF, size);
    set_option(fd, IPPROTO_TCP, TCP_MAXSEG, SEGMENT);
}

/// A socket that has begun to connect and may not be done; -1 if it was refused.
static inline int begin_to_connect(uint16_t port, uint64_t index, int buffers) {
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
    limit_buffers(fd, buffers);
    bind_to_source(fd, index);
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS) return fd;
    close(fd);
    return -1;
}

/// Whether it has come to be connected: 1, not yet: 0, or never will: -1.
static inline int is_connected(int fd, uint16_t port) {
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EISCONN) return 1;
    return errno == EALREADY || errno == EINPROGRESS ? 0 : -1;
}

static inline void set_patience(int fd, int seconds) {
    struct timeval time = {.tv_sec = seconds};
    check(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), "setsockopt");
    check(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time), "setsockopt");
}

/// Begins TLS where that is wanted; the socket waits meanwhile. False if it came to nothing.
static inline bool wire_secure(struct wire *wire) {
#ifdef WITH_TLS
    wire->ssl = NULL;
    if (!wire_context) return true;
    wire->ssl = SSL_new(wire_context);
    if (!wire->ssl || SSL_set_fd(wire->ssl, wire->fd) != 1) fail("SSL_new");
    if (SSL_connect(wire->ssl) == 1) return true;
    SSL_free(wire->ssl);
    wire->ssl = NULL;
    return false;
#else
    (void)wire;
    return true;
#endif
}

static inline void wire_close(struct wire *wire) {
#ifdef WITH_TLS
    SSL_free(wire->ssl);
    wire->ssl = NULL;
#endif
    close(wire->fd);
    wire->fd = -1;
}

/// Ends it with a reset, as one does whose machine or program is killed.
static inline void wire_reset(struct wire *wire) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    wire_close(wire);
}

/// A connection that never blocks from here on; false if there came none in good time.
static inline bool wire_open(struct wire *wire, uint16_t port, uint64_t index, int buffers) {
    wire->fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
#ifdef WITH_TLS
    wire->ssl = NULL;
#endif
    limit_buffers(wire->fd, buffers);
    set_option(wire->fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_patience(wire->fd, PATIENCE_SECONDS);
    bind_to_source(wire->fd, index);
    struct sockaddr_in address = loopback_address(INADDR_LOOPBACK, port);
    if (connect(wire->fd, (struct sockaddr *)&address, sizeof address) == 0 && wire_secure(wire)) {
        check(fcntl(wire->fd, F_SETFL, O_NONBLOCK), "fcntl");
        return true;
    }
    wire_close(wire);
    return false;
}

#ifdef WITH_TLS
static inline ssize_t wire_result(SSL *ssl, int result) {
    if (result > 0) return result;
    int error = SSL_get_error(ssl, result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}
#endif

static inline ssize_t wire_send(struct wire *wire, const char *bytes, size_t length) {
#ifdef WITH_TLS
    if (wire->ssl) return wire_result(wire->ssl, SSL_write(wire->ssl, bytes, (int)length));
#endif
    ssize_t count = send(wire->fd, bytes, length, MSG_NOSIGNAL);
    return count < 0 && (errno == EAGAIN || errno == ENOTCONN) ? 0 : count;
}

static inline ssize_t wire_receive(struct wire *wire, char *bytes, size_t length) {
#ifdef WITH_TLS
    if (wire->ssl) return wire_result(wire->ssl, SSL_read(wire->ssl, bytes, (int)length));
#endif
    ssize_t count = recv(wire->fd, bytes, length, 0);
    if (count < 0 && errno == EAGAIN) return 0;
    return count > 0 ? count : -1;
}

static inline double seconds_since(uint64_t begin) {
    return (double)(now() - begin) / 1e9;
}

/// The processor time that this program has had.
static inline double own_cpu_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

#endif
