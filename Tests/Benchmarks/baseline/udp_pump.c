// Sends COUNT datagrams of SIZE bytes to a port of 127.0.0.1, in batches.
//
//     udp_pump PORT SIZE COUNT           as fast as they go
//     udp_pump PORT SIZE COUNT lossless  as fast as the receiver takes them: never more than fit its receive buffer, which
//                                        is asked for through sock_diag(7); prints datagrams per second and drops.
//                                        A batch is one send that the kernel cuts (UDP_SEGMENT): sent one by one they
//                                        cost the sender more than any receiver, and all would seem equally fast.

#define _GNU_SOURCE
#include "loopback.h"
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/udp.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { BATCH = 64 };

struct memory {
    uint32_t queued, limit, drops;
};

/// What is in the receive buffer of the socket that takes what `from` sends to `to`.
static struct memory ask(int netlink, struct sockaddr_in from, struct sockaddr_in to) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } question = {
        .header = {.nlmsg_len = sizeof question, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .request = {
            .sdiag_family = AF_INET,
            .sdiag_protocol = IPPROTO_UDP,
            .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
            .idiag_states = ~0u,
            // The question is put as a packet would be: its source first.
            .id = {
                .idiag_sport = from.sin_port,
                .idiag_dport = to.sin_port,
                .idiag_src = {from.sin_addr.s_addr},
                .idiag_dst = {to.sin_addr.s_addr},
                .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
            },
        },
    };
    check(send(netlink, &question, sizeof question, 0), "sock_diag");
    char answer[4096] __attribute__((aligned(8)));
    ssize_t length = check(recv(netlink, answer, sizeof answer, 0), "sock_diag");
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    if (!NLMSG_OK(header, (size_t)length) || header->nlmsg_type == NLMSG_ERROR) {
        errno = 0;
        fail("no such receiver");
    }
    char *attribute = (char *)NLMSG_DATA(header) + NLMSG_ALIGN(sizeof(struct inet_diag_msg));
    char *end = answer + header->nlmsg_len;
    while (attribute + sizeof(struct nlattr) <= end) {
        struct nlattr *head = (struct nlattr *)attribute;
        if (head->nla_type == INET_DIAG_SKMEMINFO) {
            uint32_t *values = (uint32_t *)(attribute + NLA_HDRLEN);
            return (struct memory){values[SK_MEMINFO_RMEM_ALLOC], values[SK_MEMINFO_RCVBUF], values[SK_MEMINFO_DROPS]};
        }
        attribute += NLA_ALIGN(head->nla_len);
    }
    errno = 0;
    fail("no memory information");
}

int main(int count_of_arguments, char **arguments) {
    if (count_of_arguments < 4) return 64;
    uint16_t port = (uint16_t)parse_number(arguments[1]);
    size_t size = parse_number(arguments[2]);
    uint64_t left = parse_number(arguments[3]);
    int is_lossless = count_of_arguments > 4;
    int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in to = loopback_address(INADDR_LOOPBACK, port), from;
    socklen_t length = sizeof from;
    check(connect(fd, (struct sockaddr *)&to, sizeof to), "connect");
    check(getsockname(fd, (struct sockaddr *)&from, &length), "getsockname");
    int netlink = check(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), "netlink");

    static char payload[65536];
    static struct mmsghdr messages[BATCH];
    struct iovec piece = {payload, size};
    for (int i = 0; i < BATCH; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = &piece, .msg_iovlen = 1};

    // A datagram takes its length, rounded up, and about a kilobyte of the kernel's own.
    uint32_t cost = (uint32_t)size + 1280;
    uint64_t count = left, begin = now();
    struct memory memory = {0, 0, 0};
    uint32_t drops = is_lossless ? ask(netlink, from, to).drops : 0;
    int segment = (int)size;
    int is_cut = is_lossless && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment) == 0;
    uint64_t most = is_cut && 65507 / size < BATCH ? 65507 / size : BATCH;
    while (left > 0) {
        uint64_t batch = left < most ? left : most;
        if (is_lossless) {
            memory = ask(netlink, from, to);
            uint64_t room = memory.limit > memory.queued ? (memory.limit - memory.queued) / cost : 0;
            if (room < 8) continue;
            if (room < batch) batch = room;
        }
        if (is_cut) {
            ssize_t taken = send(fd, payload, batch * size, 0);
            if (taken < 0 && errno == ECONNREFUSED) continue;
            left -= (uint64_t)check(taken, "send") / size;
            continue;
        }
        int sent = sendmmsg(fd, messages, (unsigned)batch, 0);
        if (sent < 0 && errno == ECONNREFUSED) continue;
        left -= (uint64_t)check(sent, "sendmmsg");
    }
    if (!is_lossless) return 0;
    do memory = ask(netlink, from, to);
    while (memory.queued > 0);
    double seconds = (double)(now() - begin) / 1e9;
    printf("%.0f %u\n", (double)count / seconds, memory.drops - drops);
    return 0;
}
