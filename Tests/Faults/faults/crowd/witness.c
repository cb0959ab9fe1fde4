// witness: is loaded into a server with LD_PRELOAD, and says at a signal how much of its memory is in use.
//
// What the kernel calls resident is what malloc has of it, used or not. This tells them apart: a leak is in use, what
// was freed and not given back is not. It does nothing until the signal comes, which is sent only while the server is
// idle: malloc's lock is free then. A signal with the value 1 has malloc give back all that it can, before.

#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FAR_AWAY = 900 };  // The descriptors of the server itself stay as they would be.

static int report = -1;
static unsigned count;

static void tell(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    if (info->si_value.sival_int == 1) malloc_trim(0);
    struct mallinfo2 found = mallinfo2();
    char line[160];
    int length = snprintf(line, sizeof line, "%u %zu %zu %zu .\n", ++count, found.uordblks + found.hblkhd,
                          found.fordblks, found.keepcost);
    if (pwrite(report, line, (size_t)length, 0) != length) abort();
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("WITNESS_REPORT");
    if (!path) return;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    report = fcntl(fd, F_DUPFD_CLOEXEC, FAR_AWAY);
    close(fd);
    if (report < 0) abort();
    struct sigaction action = {.sa_sigaction = tell, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGRTMAX - 1, &action, NULL);
    unsetenv("WITNESS_REPORT");  // It is for this program, and for none that this one starts.
    unsetenv("LD_PRELOAD");
}
