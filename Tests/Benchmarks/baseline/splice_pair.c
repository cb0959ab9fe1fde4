// splice_pair listen | splice_pair dial PORT, splice_pair join | splice_pair join PORT: the least a pair of programs can do
// to carry bytes over TCP, one way or, with `join`, both ways at once: then each way has a thread.
//
// Blocking descriptors, one system call a piece and no copy through user space: a pipe is spliced into
// the socket and the socket into a pipe; a file is sent with sendfile(2); what goes neither to a pipe nor to a socket
// (/dev/null) passes a pipe of our own. This is the ceiling that sockctl's relay is held against.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "loopback.h"

enum { PIECE = 1 << 20 };

static mode_t type_of(int fd) {
    struct stat status;
    check(fstat(fd, &status), "fstat");
    return status.st_mode & S_IFMT;
}

/// More pages in the pipe are fewer turns between the two processes at its ends. A larger pipe is a favour that the
/// kernel may refuse; a refusal is no error.
static void enlarge(int pipe) {
    (void)fcntl(pipe, F_SETPIPE_SZ, PIECE);
}

/// Splices until the end of data; one of the two is a pipe.
static void splice_all(int from, int to) {
    for (;;) {
        ssize_t count = splice(from, NULL, to, NULL, PIECE, SPLICE_F_MOVE);
        if (count < 0) fail("splice");
        if (count == 0) return;
    }
}

/// Splices to something that is neither pipe nor socket, through a pipe in between.
static void splice_all_through_pipe(int from, int to) {
    int between[2];
    check(pipe2(between, O_CLOEXEC), "pipe2");
    enlarge(between[1]);
    for (;;) {
        ssize_t count = splice(from, NULL, between[1], NULL, PIECE, SPLICE_F_MOVE);
        if (count < 0) fail("splice");
        if (count == 0) return;
        while (count > 0) {
            ssize_t moved = splice(between[0], NULL, to, NULL, (size_t)count, SPLICE_F_MOVE);
            if (moved <= 0) fail("splice");
            count -= moved;
        }
    }
}

static void send_file(int file, int to) {
    for (;;) {
        ssize_t count = sendfile(to, file, NULL, 1 << 30);
        if (count < 0) fail("sendfile");
        if (count == 0) return;
    }
}

static int accept_one(void) {
    int listener = listen_on_loopback(0, 1);
    int peer = check(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept4");
    close(listener);
    return peer;
}

static void receive(void) {
    int peer = accept_one();
    if (type_of(STDOUT_FILENO) == S_IFIFO) {
        enlarge(STDOUT_FILENO);
        splice_all(peer, STDOUT_FILENO);
    } else {
        splice_all_through_pipe(peer, STDOUT_FILENO);
    }
}

static void transmit(uint16_t port) {
    int peer = dial_loopback(port);
    if (type_of(STDIN_FILENO) == S_IFREG) {
        send_file(STDIN_FILENO, peer);
    } else {
        enlarge(STDIN_FILENO);
        splice_all(STDIN_FILENO, peer);
    }
    check(shutdown(peer, SHUT_WR), "shutdown");
    char byte;
    if (read(peer, &byte, 1) != 0) fail("expected the peer's end");
}

/// The other way's thread: standard input to the peer.
static void *send_pipe(void *pointer) {
    int peer = *(int *)pointer;
    enlarge(STDIN_FILENO);
    splice_all(STDIN_FILENO, peer);
    check(shutdown(peer, SHUT_WR), "shutdown");
    return NULL;
}

/// Joins pipes at standard input and output to a connection, which is accepted or dialled.
static void join(int peer) {
    pthread_t sender;
    if ((errno = pthread_create(&sender, NULL, send_pipe, &peer))) fail("pthread_create");
    enlarge(STDOUT_FILENO);
    splice_all(peer, STDOUT_FILENO);
    if ((errno = pthread_join(sender, NULL))) fail("pthread_join");
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "listen") == 0) {
        receive();
    } else if (argc == 3 && strcmp(argv[1], "dial") == 0) {
        transmit((uint16_t)parse_number(argv[2]));
    } else if (argc == 2 && strcmp(argv[1], "join") == 0) {
        join(accept_one());
    } else if (argc == 3 && strcmp(argv[1], "join") == 0) {
        join(dial_loopback((uint16_t)parse_number(argv[2])));
    } else {
        fprintf(stderr, "usage: splice_pair listen | splice_pair dial PORT | splice_pair join [PORT]\n");
        return 64;
    }
    return 0;
}
