#pragma once
// libsystemd as it is: what newswire calls (sd_journal_sendv) is a plain function. sd-daemon.h is left out: notification
// is one datagram and socket passing three variables, and written in Swift both can be tested against a socket and an
// environment of the test's own.
#include <systemd/sd-journal.h>

// Linux calls that Swift's Glibc module does not carry.
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Behind _GNU_SOURCE, which Swift's importer does not define: declared here as glibc declares them.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);

// Anonymous enumerators reach Swift as types without a conversion to int.
static inline int newswire_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
