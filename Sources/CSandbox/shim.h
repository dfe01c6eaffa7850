// What Swift cannot import for the worker's sandbox; each with its reason.
#pragma once
#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// prctl is variadic.
static inline int newswire_prctl(int option, unsigned long value) { return prctl(option, value, 0, 0, 0); }

// glibc 2.36 has no wrappers for Landlock, and syscall is variadic.
static inline int newswire_landlock_abi(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

// Handles the given file-system rights without granting any: every file is refused from here on.
static inline int newswire_landlock_deny(uint64_t rights) {
  struct landlock_ruleset_attr attributes = {.handled_access_fs = rights};
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0);
  if (ruleset < 0) return -1;
  int result = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
  int saved = errno;
  close(ruleset);
  errno = saved;
  return result;
}

// glibc 2.36 declares close_range only with _GNU_SOURCE, which Swift does not define here.
static inline int newswire_close_from(unsigned int first) {
  return (int)syscall(SYS_close_range, first, ~0U, 0);
}

// SCMP_ACT_ERRNO and friends are function-like macros.
static inline uint32_t newswire_seccomp_allow(void) { return SCMP_ACT_ALLOW; }
static inline uint32_t newswire_seccomp_refuse(void) { return SCMP_ACT_ERRNO(EPERM); }
