// What the TLS programs share: OpenSSL as it is by default, one context for each side, and ending with its reason.
//
// TLS 1.3, the ciphers in OpenSSL's own order. Reading ahead is all that is added: without it each record costs two
// reads, one of them for the five bytes of its header.

#ifndef TLS_H
#define TLS_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>

#include "loopback.h"

/// Ends the program with what could not be done, and why by OpenSSL's own account.
_Noreturn static inline void fail_tls(const char *what) {
    unsigned long code = ERR_peek_last_error();
    if (!code) fail(what);
    const char *reason = ERR_reason_error_string(code);
    fprintf(stderr, "%s: %s\n", what, reason ? reason : "an unknown error");
    exit(1);
}

static inline SSL_CTX *new_context(const SSL_METHOD *method) {
    signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to its descriptors with write(2).
    SSL_CTX *context = SSL_CTX_new(method);
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)) fail_tls("SSL_CTX_new");
    SSL_CTX_set_read_ahead(context, 1);
    return context;
}

static inline SSL_CTX *server_context(const char *certificate, const char *key) {
    SSL_CTX *context = new_context(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) fail_tls(certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) fail_tls(key);
    return context;
}

/// A session over a socket, which remains ours to close.
static inline SSL *new_session(SSL_CTX *context, int fd) {
    SSL *ssl = SSL_new(context);
    if (!ssl || SSL_set_fd(ssl, fd) != 1) fail_tls("SSL_new");
    return ssl;
}

#endif
