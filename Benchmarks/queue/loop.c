// loop DIRECTORY BATCH COUNT BYTES FRAMES PAGES: the durable system calls of publishing and nothing else, in the order in
// which strace shows them for newswire:
//
//     for each article       openat(O_CREAT|O_EXCL), fallocate, write, fsync, close, in tmp/
//     for each batch         fsync of tmp/
//                            FRAMES frames of SQLite's log: pwrite of 24 bytes, pwrite of 4096; then fdatasync
//                            renameat2 of each article into its bucket; openat of the bucket, fsync, close
//     every 3000 frames      a checkpoint: PAGES pages from log to database (pread, pwrite), fdatasync of the database;
//                            then the log begins anew: pwrite of its header, fdatasync
//
// No SHA-256, no JSON, no trees of keys, no checksums of frames, no locks. Prints as queue-drill publish does: articles a
// second, p50 and p99 of a batch in ms, and microseconds of the processor for an article.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TRY(call) do { if ((call) < 0) { perror(#call); exit(1); } } while (0)

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double processor(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static int directory(int at, const char *name) {
  if (mkdirat(at, name, 0770) < 0 && errno != EEXIST) { perror(name); exit(1); }
  int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  TRY(fd);
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 7) return fprintf(stderr, "usage: loop DIRECTORY BATCH COUNT BYTES FRAMES PAGES\n"), 64;
  int batch = atoi(argv[2]), count = atoi(argv[3]), bytes = atoi(argv[4]), frames = atoi(argv[5]);
  int pages = atoi(argv[6]);
  int root = directory(AT_FDCWD, argv[1]), tmp = directory(root, "tmp");
  int log = openat(root, "log", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  TRY(log);
  int database = openat(root, "database", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  TRY(database);
  char *body = malloc(bytes), page[4096] = {1}, header[24] = {2};
  memset(body, 'a', bytes);
  double *took = calloc(count / batch + 1, sizeof *took), total = 0;
  double worked = 0;
  // The first batch is not counted: it makes the bucket.
  long number = -batch, frame = 0;
  int batches = 0;
  while (number < count) {
    if (number == 0) worked = processor();
    double began = now();
    char id[64], name[64], bucket[16];
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    snprintf(bucket, sizeof bucket, "%08lx", wall.tv_sec - wall.tv_sec % 60);
    for (int i = 0; i < batch; i++) {
      snprintf(id, sizeof id, "%040ld", number + i + batch);
      int fd = openat(tmp, id, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0660);
      TRY(fd);
      TRY(fallocate(fd, 0, 0, bytes));
      if (write(fd, body, bytes) != bytes) return perror("write"), 1;
      TRY(fsync(fd));
      TRY(close(fd));
    }
    TRY(fsync(tmp));
    if (frame == 0) {
      TRY(pwrite(log, page, 32, 0));
      TRY(fdatasync(log));
    }
    for (int i = 0; i < frames; i++, frame++) {
      TRY(pwrite(log, header, sizeof header, 32 + frame * 4120));
      TRY(pwrite(log, page, sizeof page, 56 + frame * 4120));
    }
    TRY(fdatasync(log));
    if (frame >= 3000) {
      for (int i = 0; i < pages; i++) {
        TRY(pread(log, page, sizeof page, 56 + (frame - pages + i) * 4120L));
        TRY(pwrite(database, page, sizeof page, (i * 37 % 2500) * 4096L));
      }
      TRY(fdatasync(database));
      frame = 0;
    }
    int to = openat(root, bucket, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (to < 0) {
      to = directory(root, bucket);
      TRY(fsync(root));
    }
    for (int i = 0; i < batch; i++) {
      snprintf(id, sizeof id, "%040ld", number + i + batch);
      snprintf(name, sizeof name, "%08lx%06lx", wall.tv_sec, (number + i) & 0xffffff);
      if (renameat2(tmp, id, to, name, RENAME_NOREPLACE) < 0 && errno == EEXIST) TRY(renameat(tmp, id, to, name));
    }
    TRY(fsync(to));
    TRY(close(to));
    number += batch;
    if (number <= 0) continue;
    took[batches] = now() - began;
    total += took[batches++];
  }
  worked = processor() - worked;
  qsort(took, batches, sizeof *took, compare);
  printf("C loop\t%d\t%.0f\t%.2f\t%.2f\t%.0f\n", batch, number / total, took[batches / 2] * 1000,
         took[batches * 99 / 100] * 1000, worked / number * 1e6);
}
