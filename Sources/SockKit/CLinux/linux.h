// What Linux has and Swift's Glibc module hides: headers it leaves out, and functions that glibc
// declares only under _GNU_SOURCE. But for the functions that must not be Swift, and the calls that glibc has no name
// for, nothing is defined here that the C library does not export.
#pragma once

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <sys/un.h>
#include <linux/sockios.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/ioctl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

struct sockaddr;
struct iovec;

int accept4(int descriptor, struct sockaddr *address, unsigned int *length, int flags);
int pipe2(int descriptors[2], int flags);
long splice(int from, long *from_offset, int to, long *to_offset, unsigned long length, unsigned int flags);
long tee(int from, int to, unsigned long length, unsigned int flags);
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags);
long getdents64(int folder, void *entries, unsigned long length);
int prlimit(int process, int resource, const struct rlimit *limit, struct rlimit *old_limit);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
int posix_openpt(int flags);
int grantpt(int terminal);
int unlockpt(int terminal);
const char *sigabbrev_np(int signal_number);
int malloc_trim(unsigned long kept);
void *memmem(const void *haystack, unsigned long length, const void *needle, unsigned long needle_length);

// struct mmsghdr, which glibc declares together with the two calls: a struct msghdr, and the message's length.
struct sk_mmsghdr {
    void *name;
    unsigned int name_length;
    struct iovec *pieces;
    unsigned long piece_count;
    void *control;
    unsigned long control_length;
    int flags;
    int padding;
    unsigned int length;
};
int recvmmsg(int descriptor, struct sk_mmsghdr *messages, unsigned int count, int flags, void *timeout);
int sendmmsg(int descriptor, struct sk_mmsghdr *messages, unsigned int count, int flags);

// <linux/udp.h>, <linux/in.h> and <asm/socket.h> say the same and clash with glibc's own headers.
enum {
    SK_SOL_UDP = 17,
    SK_UDP_SEGMENT = 103,
    SK_UDP_GRO = 104,
    SK_SO_TIMESTAMPNS = 35,
    SK_SO_RXQ_OVFL = 40,
    SK_SO_MEMINFO = 55,
    SK_MEMINFO_DROPS = 8,
    SK_MEMINFO_VARS = 9,
    SK_IP_MULTICAST_ALL = 49,
    SK_IP_LOCAL_PORT_RANGE = 51,
    SK_IPV6_MULTICAST_ALL = 29,
    SK_IPV6_RECVPKTINFO = 49,
    SK_IPV6_PKTINFO = 50,
    SK_IPV6_RECVHOPLIMIT = 51,
    SK_IPV6_HOPLIMIT = 52,
    SK_IPV6_DONTFRAG = 62,
    SK_IPV6_MINHOPCOUNT = 73,
    SK_TCP_FASTOPEN = 23,
    SK_TCP_FASTOPEN_CONNECT = 30,
    SK_TCP_IS_MPTCP = 43,
    SK_IPPROTO_MPTCP = 262,
    SK_SOL_MPTCP = 284,
    SK_MPTCP_INFO = 1,
};

// <linux/errqueue.h>: what stands in a control message before the address of the offender.
struct sk_extended_error {
    unsigned int number;
    unsigned char origin, type, code, padding;
    unsigned int information, data;
};

enum {
    SK_SPLICE_F_MOVE = 1,
    SK_SPLICE_F_NONBLOCK = 2,
    SK_SPLICE_F_MORE = 4,
    SK_O_PATH = 010000000,
    SK_O_TMPFILE = 020000000,
    SK_AT_SYMLINK_NOFOLLOW = 0x100,
    SK_AT_SYMLINK_FOLLOW = 0x400,
    SK_RENAME_NOREPLACE = 1,
    SK_RESOLVE_NO_MAGICLINKS = 2,
    SK_RESOLVE_NO_SYMLINKS = 4,
    SK_RESOLVE_BENEATH = 8,
    SK_F_SETPIPE_SZ = 1031,
    SK_F_GETPIPE_SZ = 1032,
    SK_TFD_TIMER_ABSTIME = TFD_TIMER_ABSTIME,
    SK_POSIX_SPAWN_SETSID = 0x80,
    SK_TIOCGPTN = TIOCGPTN,
    SK_PIDFD_SIGNAL_PROCESS_GROUP = 4,
    SK_MFD_CLOEXEC = 1,
};

// memfd_create(2): <sys/mman.h> has it, but Glibc's module does not.
int memfd_create(const char *name, unsigned int flags);

// The kernel's struct tcp_info as of Linux 6.x. <linux/tcp.h> clashes with <netinet/tcp.h>, whose
// own struct ends before the fields that matter here. Older kernels fill a prefix of it.
struct sk_tcp_info {
    unsigned char state, ca_state, retransmits, probes, backoff, options;
    unsigned char window_scales;
    unsigned char delivery_rate_flags;
    unsigned int rto, ato, snd_mss, rcv_mss;
    unsigned int unacked, sacked, lost, retrans, fackets;
    unsigned int last_data_sent, last_ack_sent, last_data_recv, last_ack_recv;
    unsigned int pmtu, rcv_ssthresh, rtt, rttvar, snd_ssthresh, snd_cwnd, advmss, reordering;
    unsigned int rcv_rtt, rcv_space, total_retrans;
    unsigned long long pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
    unsigned int segs_out, segs_in, notsent_bytes, min_rtt, data_segs_in, data_segs_out;
    unsigned long long delivery_rate, busy_time, rwnd_limited, sndbuf_limited;
    unsigned int delivered, delivered_ce;
    unsigned long long bytes_sent, bytes_retrans;
    unsigned int dsack_dups, reord_seen, rcv_ooopack, snd_wnd;
};

// openat2(2), to which glibc gave a function only in 2.42; its arguments are those of <linux/openat2.h>.
static inline int sk_openat2(int folder, const char *path, int flags, unsigned int mode, unsigned int resolve) {
    struct { unsigned long long flags, mode, resolve; } how = {(unsigned int)flags, mode, resolve};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

// openat(2), which Swift cannot call: it takes any number of arguments.
static inline int sk_openat(int folder, const char *path, int flags, unsigned int mode) {
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

// pidfd_open(2), to which glibc gave a function in 2.36.
static inline int sk_pidfd_open(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

// pidfd_send_signal(2), likewise.
static inline int sk_pidfd_send_signal(int pidfd, int signal_number, unsigned int flags) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal_number, 0, flags);
}

// waitid(2) of a pidfd, without waiting: the process that has ended, 0 if it has not. What kind of an end it was, and its
// status or signal, are members of unions.
static inline int sk_wait_pidfd(int pidfd, int *code, int *status) {
    siginfo_t information = {0};
    if (waitid((idtype_t)3 /* P_PIDFD */, (id_t)pidfd, &information, WEXITED | WNOHANG) != 0) return -1;
    *code = information.si_code;
    *status = information.si_status;
    return information.si_pid;
}

// A child that has ended and that nobody has waited for, which stays where it is; 0 if there is none.
static inline int sk_ended_child(void) {
    siginfo_t information = {0};
    if (waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) != 0) return -1;
    return information.si_pid;
}

// A network of the calling thread's own (network_namespaces(7)), with nothing but loopback, which is up.
static inline int sk_enter_own_network(void) {
    if (syscall(SYS_unshare, 0x40000000 /* CLONE_NEWNET */) != 0) return -1;
    int socket_number = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_number < 0) return -1;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int result = ioctl(socket_number, SIOCSIFFLAGS, &request);
    close(socket_number);
    return result;
}

// fork(2) of a child that sleeps until it is killed, at the latest when its parent's thread ends. Between fork and exec a
// process with threads may only do what signal-safety(7) allows, which Swift code cannot promise.
static inline int sk_fork_sleeper(void) {
    pid_t parent = getpid();
    int child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // It may have ended before it could be told apart.
    if (getppid() != parent) _exit(0);
    for (;;) pause();
}

// fork(2) of a child that writes one byte, as a program does that takes no precautions: SIGPIPE does what signal(7) says.
static inline int sk_fork_writer(int descriptor) {
    int child = fork();
    if (child != 0) return child;
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, 0);
    _exit(write(descriptor, "x", 1) == 1 ? 0 : 1);
}

// io_uring_setup(2) and io_uring_enter(2), for which glibc has no functions, and what they share with the kernel. The
// structures are those of <linux/io_uring.h>, which is not installed everywhere, as far as they are used here: they are
// part of the kernel's interface, so their sizes and offsets are fixed.
struct sk_uring_submission_offsets {
    unsigned int head, tail, mask, entries, flags, dropped, array, reserved;
    unsigned long long user_address;
};
struct sk_uring_completion_offsets {
    unsigned int head, tail, mask, entries, overflow, completions, flags, reserved;
    unsigned long long user_address;
};
struct sk_uring_parameters {
    unsigned int submission_entries, completion_entries, flags, thread_cpu, thread_idle, features, worker;
    unsigned int reserved[3];
    struct sk_uring_submission_offsets submissions;
    struct sk_uring_completion_offsets completions;
};
struct sk_uring_submission {
    unsigned char operation, flags;
    unsigned short priority;
    int descriptor;
    unsigned long long offset, address;
    unsigned int length;
    // The flags of send(2) or recv(2), or the events of poll(2).
    unsigned int operation_flags;
    unsigned long long user_data;
    unsigned short buffer, personality;
    int file;
    unsigned long long more[2];
};
struct sk_uring_completion {
    unsigned long long user_data;
    int result;
    unsigned int flags;
};
_Static_assert(sizeof(struct sk_uring_parameters) == 120, "as in io_uring_setup(2)");
_Static_assert(sizeof(struct sk_uring_submission) == 64, "as in io_uring_enter(2)");
_Static_assert(__builtin_offsetof(struct sk_uring_submission, user_data) == 32, "as in io_uring_enter(2)");
_Static_assert(sizeof(struct sk_uring_completion) == 16, "as in io_uring(7)");

enum {
    SK_IORING_ENTER_GETEVENTS = 1,
    SK_IORING_FEAT_SINGLE_MMAP = 1 << 0,
    SK_IORING_FEAT_NODROP = 1 << 1,
    SK_IORING_FEAT_FAST_POLL = 1 << 5,
    SK_IORING_OFF_SQ_RING = 0,
    SK_IORING_OFF_SQES = 0x10000000,
};

static inline int sk_uring_setup(unsigned int entries, struct sk_uring_parameters *parameters) {
    return (int)syscall(SYS_io_uring_setup, entries, parameters);
}
static inline int sk_uring_enter(int ring, unsigned int submitted, unsigned int wanted, unsigned int flags) {
    return (int)syscall(SYS_io_uring_enter, ring, submitted, wanted, flags, (void *)0, 0);
}

// The heads and tails of the rings, which the program and the kernel read and write at the same time. An atomic of
// Swift's own cannot be laid over memory that somebody else allocated.
static inline unsigned int sk_load_acquire(const unsigned int *word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
static inline void sk_store_release(unsigned int *word, unsigned int value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}
