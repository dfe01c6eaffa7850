// A file system that fails at the n-th call: preloaded into a program, it stands between it and the C library.
//
//   FAULTS_UNDER=/dir           only calls on files below it count (several, with a colon between)
//   FAULTS=call:first[-last]:E  the first to last call of that name (last: * for all that follow) fails with errno E, or
//                               with E = short writes only half (at least one byte)
//   FAULTS_COUNT=/file          at the end of the program: how often each call was made, a line each
//
// Calls: open, write, pwrite, fsync, fdatasync, ftruncate, fallocate, rename, mkdir, unlink, link, read. The variants of a
// call (openat, renameat2, pwrite64 and so on) count as one.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum call { OPEN, WRITE, PWRITE, FSYNC, FDATASYNC, FTRUNCATE, FALLOCATE, RENAME, MKDIR, UNLINK, LINK, READ, CALLS };
static const char *const names[CALLS] = {"open",      "write",  "pwrite", "fsync",  "fdatasync", "ftruncate",
                                         "fallocate", "rename", "mkdir",  "unlink", "link",      "read"};
static atomic_long made[CALLS];
static int target = -1, code, is_short;
static long first, last;
static const char *under = "";

static const struct { const char *name; int code; } codes[] = {
    {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EINTR", EINTR}, {"EROFS", EROFS}, {"EMFILE", EMFILE},
    {"EACCES", EACCES}};

__attribute__((constructor)) static void set_up(void) {
  under = getenv("FAULTS_UNDER") ? getenv("FAULTS_UNDER") : "";
  const char *text = getenv("FAULTS");
  char call[32], end[32], error[32];
  if (!text) return;
  if (sscanf(text, "%31[a-z]:%ld-%31[^:]:%31s", call, &first, end, error) == 4) {
    last = *end == '*' ? LONG_MAX : atol(end);
  } else if (sscanf(text, "%31[a-z]:%ld:%31s", call, &first, error) == 3) {
    last = first;
  } else {
    fprintf(stderr, "faults: cannot read FAULTS=%s\n", text);
    _exit(99);
  }
  for (int i = 0; i < CALLS; i++)
    if (!strcmp(call, names[i])) target = i;
  is_short = !strcmp(error, "short");
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (!strcmp(error, codes[i].name)) code = codes[i].code;
  if (target < 0 || (!code && !is_short)) {
    fprintf(stderr, "faults: no such call or error: %s\n", text);
    _exit(99);
  }
}

__attribute__((destructor)) static void report(void) {
  const char *path = getenv("FAULTS_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  for (int i = 0; i < CALLS; i++) fprintf(file, "%s %ld\n", names[i], (long)made[i]);
  fclose(file);
}

static int is_below(const char *path) {
  for (const char *at = under; *at;) {
    size_t length = strcspn(at, ":");
    if (length && !strncmp(path, at, length)) return 1;
    at += length + (at[length] == ':');
  }
  return 0;
}

static int counts(int directory, const char *path) {
  char link[64], real[PATH_MAX];
  if (path && *path == '/') return is_below(path);
  if (directory == AT_FDCWD) return path && getcwd(real, sizeof real) && is_below(real);
  snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
  ssize_t length = readlink(link, real, sizeof real - 1);
  if (length <= 0) return 0;
  real[length] = 0;
  return is_below(real);
}

// Counts the call; whether it is to fail.
static int fails(enum call call, int directory, const char *path) {
  int saved = errno;
  int mine = counts(directory, path);
  errno = saved;
  if (!mine) return 0;
  long number = atomic_fetch_add(&made[call], 1) + 1;
  return (int)call == target && number >= first && number <= last;
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *symbol = dlsym(RTLD_NEXT, name);
  if (!symbol) abort();
  return symbol;
}
#define FAIL_IF(call, fd, path) \
  if (fails(call, fd, path)) { errno = code; return -1; }

static int mode_of(int flags, va_list list) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0; }
#define OPENING(name, fd, path, ...)        \
  va_list list;                             \
  va_start(list, flags);                    \
  int mode = mode_of(flags, list);          \
  va_end(list);                             \
  FAIL_IF(OPEN, fd, path)                   \
  return REAL(name)(__VA_ARGS__, flags, mode);
int open(const char *path, int flags, ...) { OPENING(open, AT_FDCWD, path, path) }
int open64(const char *path, int flags, ...) { OPENING(open64, AT_FDCWD, path, path) }
int openat(int fd, const char *path, int flags, ...) { OPENING(openat, fd, path, fd, path) }
int openat64(int fd, const char *path, int flags, ...) { OPENING(openat64, fd, path, fd, path) }

#define WRITING(call, name, ...)                          \
  if (fails(call, fd, NULL)) {                            \
    if (!is_short) { errno = code; return -1; }           \
    size = size > 1 ? size / 2 : size;                    \
  }                                                       \
  return REAL(name)(fd, data, size __VA_OPT__(, ) __VA_ARGS__);
ssize_t write(int fd, const void *data, size_t size) { WRITING(WRITE, write) }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { WRITING(PWRITE, pwrite, at) }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { WRITING(PWRITE, pwrite64, at) }

ssize_t read(int fd, void *data, size_t size) { FAIL_IF(READ, fd, NULL) return REAL(read)(fd, data, size); }
ssize_t pread(int fd, void *data, size_t size, off_t at) { FAIL_IF(READ, fd, NULL) return REAL(pread)(fd, data, size, at); }
ssize_t pread64(int fd, void *data, size_t size, off64_t at) {
  FAIL_IF(READ, fd, NULL)
  return REAL(pread64)(fd, data, size, at);
}
int fsync(int fd) { FAIL_IF(FSYNC, fd, NULL) return REAL(fsync)(fd); }
int fdatasync(int fd) { FAIL_IF(FDATASYNC, fd, NULL) return REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { FAIL_IF(FTRUNCATE, fd, NULL) return REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { FAIL_IF(FTRUNCATE, fd, NULL) return REAL(ftruncate64)(fd, size); }
int posix_fallocate(int fd, off_t at, off_t size) {
  return fails(FALLOCATE, fd, NULL) ? code : REAL(posix_fallocate)(fd, at, size);
}
int posix_fallocate64(int fd, off64_t at, off64_t size) {
  return fails(FALLOCATE, fd, NULL) ? code : REAL(posix_fallocate64)(fd, at, size);
}
int rename(const char *old, const char *new) { FAIL_IF(RENAME, AT_FDCWD, old) return REAL(rename)(old, new); }
int renameat(int a, const char *old, int b, const char *new) { FAIL_IF(RENAME, a, old) return REAL(renameat)(a, old, b, new); }
int renameat2(int a, const char *old, int b, const char *new, unsigned flags) {
  FAIL_IF(RENAME, a, old)
  return REAL(renameat2)(a, old, b, new, flags);
}
int mkdir(const char *path, mode_t mode) { FAIL_IF(MKDIR, AT_FDCWD, path) return REAL(mkdir)(path, mode); }
int mkdirat(int fd, const char *path, mode_t mode) { FAIL_IF(MKDIR, fd, path) return REAL(mkdirat)(fd, path, mode); }
int unlink(const char *path) { FAIL_IF(UNLINK, AT_FDCWD, path) return REAL(unlink)(path); }
int unlinkat(int fd, const char *path, int flags) { FAIL_IF(UNLINK, fd, path) return REAL(unlinkat)(fd, path, flags); }
int linkat(int a, const char *old, int b, const char *new, int flags) {
  FAIL_IF(LINK, a, old)
  return REAL(linkat)(a, old, b, new, flags);
}
