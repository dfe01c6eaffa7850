// A wall clock that is wrong: preloaded into a program, it adds the seconds in the file SKEW_FILE (a 64-bit number that may
// change at any time) to what the program is told of the time of day, and takes them off the times until which it waits by that
// clock, as the kernel would follow a clock that is set while somebody waits. Clocks that never go back are left alone, and so
// are the kernel's own times of files.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t none;
static volatile const int64_t *offset = &none;
static int (*cond_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*sem_wait_until)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void set_up(void) {
  // Without its version the oldest of them would be found, of another layout.
  cond_wait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
  if (!cond_wait) cond_wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  sem_wait_until = dlsym(RTLD_NEXT, "sem_timedwait");
  const char *path = getenv("SKEW_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *place = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
  if (place != MAP_FAILED) offset = place;
  close(file);
}

static struct timespec true_now(void) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  return now;
}

static int is_before(struct timespec a, struct timespec b) {
  return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

// The next moment to look at the clock again while waiting until `until` of the wrong clock; `*is_last` when that is it.
static struct timespec next_look(const struct timespec *until, int *is_last) {
  struct timespec end = {until->tv_sec - *offset, until->tv_nsec}, look = true_now();
  look.tv_nsec += 200000000;
  if (look.tv_nsec >= 1000000000) look.tv_sec++, look.tv_nsec -= 1000000000;
  *is_last = !is_before(look, end);
  return *is_last ? end : look;
}

int clock_gettime(clockid_t clock, struct timespec *t) {
  int status = (int)syscall(SYS_clock_gettime, clock, t);
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI)) t->tv_sec += *offset;
  return status;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  t->tv_sec = now.tv_sec;
  t->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *place) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (place) *place = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *t, int base) {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, t) == 0 ? base : 0;
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
  // The second bit says that the condition goes by a clock that never goes back (glibc's pthreadtypes).
  if (cond->__data.__wrefs & 2) return cond_wait(cond, mutex, until);
  for (;;) {
    int is_last;
    struct timespec end = next_look(until, &is_last);
    int status = cond_wait(cond, mutex, &end);
    if (status != ETIMEDOUT || is_last) return status;
  }
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
  for (;;) {
    int is_last;
    struct timespec end = next_look(until, &is_last);
    int status = sem_wait_until(semaphore, &end);
    if (status == 0 || errno != ETIMEDOUT || is_last) return status;
  }
}
