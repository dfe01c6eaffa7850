#include "tree_memory.h"

#include <libxml/xmlmemory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  grain = 16,
  /// Sizes of blocks that are taken from a tree's memory, in grains; larger ones are malloc's.
  sizes = 64,
  first_chunk = 16 << 10,
  largest_chunk = 1 << 20,
};

/// Stands before every block. As long as a grain, so that blocks are aligned as malloc's are.
typedef struct head {
  /// What the block has room for.
  size_t size;
  /// NULL for a block of malloc's.
  newswire_tree_memory *owner;
} head;

/// Stands before what blocks are cut from.
typedef struct chunk {
  struct chunk *before;
  size_t size;
} chunk;

struct newswire_tree_memory {
  chunk *last;
  char *next, *end;
  /// Blocks that libxml2 gave back, by their size in grains; each holds the address of the one before.
  void *given[sizes + 1];
};

_Static_assert(sizeof(head) == grain && sizeof(chunk) == grain, "blocks begin at a grain");

static _Thread_local newswire_tree_memory *current;

static void *cut(newswire_tree_memory *memory, size_t grains) {
  size_t bytes = sizeof(head) + grains * grain;
  if ((size_t)(memory->end - memory->next) < bytes) {
    size_t size = memory->last ? memory->last->size * 2 : first_chunk;
    if (size > largest_chunk) size = largest_chunk;
    chunk *made = malloc(size);
    if (!made) return NULL;
    *made = (chunk){memory->last, size};
    memory->last = made;
    memory->next = (char *)(made + 1);
    memory->end = (char *)made + size;
  }
  head *made = (head *)memory->next;
  memory->next += bytes;
  *made = (head){grains * grain, memory};
  return made + 1;
}

static void *take(size_t size) {
  newswire_tree_memory *memory = current;
  if (!memory || size > sizes * grain) {
    if (size > SIZE_MAX - sizeof(head)) return NULL;
    head *made = malloc(sizeof(head) + size);
    if (!made) return NULL;
    *made = (head){size, NULL};
    return made + 1;
  }
  size_t grains = size ? (size + grain - 1) / grain : 1;
  void *block = memory->given[grains];
  if (!block) return cut(memory, grains);
  memory->given[grains] = *(void **)block;
  return block;
}

static void give(void *block) {
  if (!block) return;
  head *own = (head *)block - 1;
  if (!own->owner) {
    free(own);
  } else if (own->owner == current) {
    // Afterwards nothing more is made in it, and it goes as a whole.
    *(void **)block = current->given[own->size / grain];
    current->given[own->size / grain] = block;
  }
}

static void *resize(void *block, size_t size) {
  if (!block) return take(size);
  head *own = (head *)block - 1;
  if (own->owner) {
    if (size <= own->size) return block;
    void *made = take(size);
    if (!made) return NULL;
    memcpy(made, block, own->size);
    give(block);
    return made;
  }
  if (size > SIZE_MAX - sizeof(head)) return NULL;
  head *made = realloc(own, sizeof(head) + size);
  if (!made) return NULL;
  made->size = size;
  return made + 1;
}

static char *copy(const char *text) {
  size_t size = strlen(text) + 1;
  char *made = take(size);
  return made ? memcpy(made, text, size) : NULL;
}

int newswire_tree_memory_install(void) { return xmlMemSetup(give, take, resize, copy); }

newswire_tree_memory *newswire_tree_memory_new(void) { return calloc(1, sizeof(newswire_tree_memory)); }

newswire_tree_memory *newswire_tree_memory_use(newswire_tree_memory *memory) {
  newswire_tree_memory *before = current;
  current = memory;
  return before;
}

void newswire_tree_memory_destroy(newswire_tree_memory *memory) {
  for (chunk *next = memory->last; next;) {
    chunk *before = next->before;
    free(next);
    next = before;
  }
  free(memory);
}
