/* Counts allocations: LD_PRELOAD=count.so feed-bench allocations FILE… asks for the count. */
#define _GNU_SOURCE
#include <stddef.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static unsigned long count, bytes;

void *malloc(size_t size) { count++, bytes += size; return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { count++, bytes += number * size; return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { count++, bytes += size; return __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { count++, bytes += size; return __libc_memalign(alignment, size); }
int posix_memalign(void **out, size_t alignment, size_t size) {
  count++, bytes += size;
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : 12;
}

unsigned long allocation_count(void) { return count; }
unsigned long allocated_bytes(void) { return bytes; }
