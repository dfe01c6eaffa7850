// Memory for libxml2's trees: what one document takes lies together and goes at once. In C, because libxml2 asks
// functions without a context for it, and Swift has no variables of a thread.
#pragma once
#include <stddef.h>

/// What one tree is made of.
typedef struct newswire_tree_memory newswire_tree_memory;

/// Has libxml2 take all its memory here: from the tree that is being made on this thread, and from malloc outside of
/// that. To be called before anything else of libxml2; what is given to libxml2 to keep must come from it as well.
/// 0, or -1 where libxml2 refuses.
int newswire_tree_memory_install(void);

/// A memory that holds nothing yet; NULL where there is none.
newswire_tree_memory *newswire_tree_memory_new(void);

/// Has libxml2 take what it needs on this thread from `memory`, until the next call; NULL stands for malloc. What it
/// was before.
newswire_tree_memory *newswire_tree_memory_use(newswire_tree_memory *memory);

/// Gives all of it back. Nothing that libxml2 still knows may lie in it.
void newswire_tree_memory_destroy(newswire_tree_memory *memory);
