// What Swift cannot import for the worker's sandbox; each with its reason.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// prctl is variadic.
static inline int newswire_prctl(int option, unsigned long value) { return prctl(option, value, 0, 0, 0); }

// glibc 2.36 has no wrappers for Landlock, and syscall is variadic.
static inline int newswire_landlock_abi(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

// The ruleset's attributes as kernels of later versions than Debian 12's headers have them.
struct newswire_landlock_attributes {
  uint64_t files, network, scopes;
};

// A ruleset that handles every right this kernel knows: files, TCP (version 4), signals and abstract sockets to the
// outside (version 6).
static inline int newswire_landlock_begin(void) {
  int version = newswire_landlock_abi();
  if (version < 1) return -1;
  // Version 1 knows 13 rights to files; 2 adds renaming across folders, 3 truncation, 5 device control.
  int rights = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
  struct newswire_landlock_attributes attributes = {
      .files = (1ULL << rights) - 1, .network = version >= 4 ? 3 : 0, .scopes = version >= 6 ? 3 : 0};
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  return (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
}

// glibc 2.36 declares O_PATH only with _GNU_SOURCE, which Swift does not define here.
#define NEWSWIRE_O_PATH 010000000

// Grants reading and executing below a path, or reading and writing one file.
static inline int newswire_landlock_allow(int ruleset, const char *path, bool is_device) {
  int parent = open(path, NEWSWIRE_O_PATH | O_CLOEXEC);
  if (parent < 0) return -1;
  struct stat status;
  bool is_folder = fstat(parent, &status) == 0 && S_ISDIR(status.st_mode);
  uint64_t rights = LANDLOCK_ACCESS_FS_READ_FILE;
  if (is_device) rights |= LANDLOCK_ACCESS_FS_WRITE_FILE;
  else rights |= LANDLOCK_ACCESS_FS_EXECUTE;
  if (is_folder) rights |= LANDLOCK_ACCESS_FS_READ_DIR;
  struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = parent};
  int result = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  int saved = errno;
  close(parent);
  errno = saved;
  return result;
}

static inline int newswire_landlock_finish(int ruleset) {
  return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

// glibc 2.36 declares close_range only with _GNU_SOURCE, which Swift does not define here.
static inline int newswire_close_from(unsigned int first) {
  return (int)syscall(SYS_close_range, first, ~0U, 0);
}

// SCMP_ACT_ERRNO and friends are function-like macros.
static inline uint32_t newswire_seccomp_allow(void) { return SCMP_ACT_ALLOW; }
static inline uint32_t newswire_seccomp_refuse(void) { return SCMP_ACT_ERRNO(EPERM); }
// What a system call that the kernel does not have answers.
static inline uint32_t newswire_seccomp_absent(void) { return SCMP_ACT_ERRNO(ENOSYS); }
// The SCMP_A macros have variable arguments.
static inline struct scmp_arg_cmp newswire_compare(unsigned int argument, enum scmp_compare how, uint64_t a, uint64_t b) {
  return (struct scmp_arg_cmp){argument, how, a, b};
}
