// tls_pair listen CERTIFICATE KEY | tls_pair dial AUTHORITY PORT: the least that a pair of programs can do to carry
// bytes over TLS, from the standard input of the one to the standard output of the other.
//
// Blocking descriptors and one buffer. This is the ceiling that sockctl's TLS is held against.

#define _GNU_SOURCE
#include "tls.h"

enum { PIECE = 128 * 1024 };

static char piece[PIECE];

static void write_all(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = write(STDOUT_FILENO, bytes, length);
        if (count < 0) fail("write");
        bytes += count;
        length -= (size_t)count;
    }
}

static void receive(const char *certificate, const char *key) {
    SSL_CTX *context = server_context(certificate, key);
    int listener = listen_on_loopback(0, 1);
    SSL *ssl = new_session(context, check(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept4"));
    if (SSL_accept(ssl) != 1) fail_tls("SSL_accept");
    int count;
    while ((count = SSL_read(ssl, piece, sizeof piece)) > 0) write_all(piece, (size_t)count);
    if (SSL_get_error(ssl, count) != SSL_ERROR_ZERO_RETURN) fail_tls("SSL_read");
    if (SSL_shutdown(ssl) != 1) fail_tls("SSL_shutdown");
}

static void transmit(const char *authority, uint16_t port) {
    SSL_CTX *context = new_context(TLS_client_method());
    if (SSL_CTX_load_verify_locations(context, authority, NULL) != 1) fail_tls(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *ssl = new_session(context, dial_loopback(port));
    if (SSL_set1_host(ssl, "localhost") != 1) fail_tls("SSL_set1_host");
    if (SSL_connect(ssl) != 1) fail_tls("SSL_connect");
    ssize_t count;
    while ((count = read(STDIN_FILENO, piece, sizeof piece)) > 0) {
        if (SSL_write(ssl, piece, (int)count) <= 0) fail_tls("SSL_write");
    }
    check((int)count, "read");
    // The first call tells our end; the second waits for the peer's, which says that all has come.
    if (SSL_shutdown(ssl) < 0 || SSL_shutdown(ssl) != 1) fail_tls("SSL_shutdown");
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "listen") == 0) {
        receive(argv[2], argv[3]);
    } else if (argc == 4 && strcmp(argv[1], "dial") == 0) {
        transmit(argv[2], (uint16_t)parse_number(argv[3]));
    } else {
        fprintf(stderr, "usage: tls_pair listen CERTIFICATE KEY | tls_pair dial AUTHORITY PORT\n");
        return 64;
    }
    return 0;
}
