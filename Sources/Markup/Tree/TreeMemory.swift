import CTreeMemory
import CXML2

/// What the tree of one document is made of. Making a tree takes tens of thousands of small blocks and giving them back
/// one by one takes as long: these lie together and go at once.
final class TreeMemory {
  private let memory: OpaquePointer?

  init() { memory = newswire_tree_memory_new() }

  deinit { if let memory { newswire_tree_memory_destroy(memory) } }

  /// Has libxml2 ask here from now on. Before anything else of it.
  static func install() { newswire_tree_memory_install() }

  /// Has libxml2 take from this memory what `make` makes on this thread. All that is left of it afterwards must be the
  /// tree's own.
  func using<Result>(_ make: () -> Result) -> Result {
    let before = newswire_tree_memory_use(memory)
    defer {
      // The last error is the thread's, not the tree's.
      xmlResetLastError()
      newswire_tree_memory_use(before)
    }
    return make()
  }
}
