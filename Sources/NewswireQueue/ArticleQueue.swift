// NewswireQueue: newswire's queue for Swift programs: articles as an asynchronous sequence, each claimed for the
// program alone until it says what became of it. It must not know newswired; the directory is all the two share
// (docs/queue.md).
import Queue
import Threads
import Values

/// The queue directory of a newswired on this machine.
///
///     let queue = try ArticleQueue(path: "/var/spool/newswire")
///     for try await article in queue.articles {
///       try await store(article.json)         // ninjs 3.1; key on its uri and version
///       try await article.acknowledge()
///     }
///
/// Any number of programs may read one queue; each article goes to one of them. The user needs the group that owns the
/// queue (`newswire-consumers`). Once a minute, when it is asked for an article, it does what `purge` does.
public struct ArticleQueue: Sendable {
  private let owner: QueueOwner

  /// - Throws: `QueueProblem` when there is no queue at `path`, or the user may not use it.
  public init(path: String) throws(QueueProblem) {
    do throws(QueueError) {
      owner = try QueueOwner(path: path)
    } catch {
      throw QueueProblem(error)
    }
  }

  /// The articles, the oldest first, and then those that come: the sequence does not end by itself. Ends when the task
  /// is cancelled. A damaged element is moved to bad/ and passed over.
  public var articles: Articles { Articles(owner: owner) }

  /// Claims the oldest article nobody holds; nil when there is none.
  public func next() async throws(QueueProblem) -> QueuedArticle? { try await owner.claim() }

  /// Claims the oldest article nobody holds; when there is none, waits a quarter of a second for one. For programs that
  /// have something else to look after as well.
  public func nextSoon() async throws(QueueProblem) -> QueuedArticle? {
    if let article = try await owner.claim() { return article }
    await owner.wait()
    return try await owner.claim()
  }

  /// Articles that this program may not claim or read, because of their owner or mode, damaged ones that it cannot
  /// move, old claims that it may not remove, and buckets that it may not use, with the reason: those met since this
  /// was asked last, each once. They are passed over, and the others go on.
  public func passedOver() async -> [QueueProblem] { await owner.passedOver() }

  /// Frees the claims of programs that died (those older than ten minutes) and removes empty folders. Any consumer may
  /// do it for all; asking for articles does it now and then.
  public func purge() async throws(QueueProblem) { try await owner.purge() }
}

/// See `ArticleQueue.articles`.
public struct Articles: AsyncSequence, Sendable {
  fileprivate let owner: QueueOwner

  public func makeAsyncIterator() -> Iterator { Iterator(owner: owner) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let owner: QueueOwner

    public mutating func next() async throws -> QueuedArticle? {
      while !Task.isCancelled {
        if let article = try await owner.claim() { return article }
        await owner.wait()
      }
      return nil
    }
  }
}

/// An article that this program holds. One that is neither acknowledged, released nor refreshed is free again after ten
/// minutes, at the next purge of any consumer.
public struct QueuedArticle: Sendable {
  /// `<bucket>/<element>`
  public let name: String
  /// ninjs 3.1, one line of UTF-8, verified by its digest.
  public let json: [UInt8]
  fileprivate let owner: QueueOwner

  /// Removes the article from the queue: its work is done.
  public func acknowledge() async throws(QueueProblem) { try await owner.acknowledge(name) }

  /// Says that the work goes on: a claim that is not refreshed for ten minutes counts as that of a dead program.
  public func refresh() async throws(QueueProblem) { try await owner.refresh(name) }

  /// Gives the article back: this program or another will see it again.
  public func release() async throws(QueueProblem) { try await owner.release(name) }

  /// Moves the article to bad/: no program can make anything of it. One that cannot be moved is given back.
  public func setAside() async throws(QueueProblem) { try await owner.setAside(name) }
}

/// What went wrong with the queue: what was attempted, where, and why.
public struct QueueProblem: Error, Sendable, CustomStringConvertible {
  public let description: String
  /// The claim is not ours any more: another program took the article, or freed it.
  public let isLost: Bool
  /// The status to end with when this cannot be worked around (sysexits.h).
  public let exitStatus: Int32

  init(_ error: QueueError) {
    description = error.description
    isLost = error.kind == .notFound || error.kind == .notClaimed
    exitStatus = error.exitStatus
  }
}

/// The directory's only user in this program: every call may wait for a disk, so all run on one thread of their own.
private actor QueueOwner {
  private let executor = ThreadExecutor(name: "newswire-queue")
  private let reader: QueueReader
  private let watch: QueueWatch
  private var nextPurge: ContinuousClock.Instant?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(path: String) throws(QueueError) {
    reader = try QueueReader(path: path)
    watch = try QueueWatch(path: path)
  }

  func claim() throws(QueueProblem) -> QueuedArticle? {
    tend()
    do throws(QueueError) {
      while let claim = try reader.claimNext() {
        do throws(QueueError) {
          return QueuedArticle(name: claim.path, json: try reader.read(claim.path).article, owner: self)
        } catch {
          switch error.kind {
          case .damaged: _ = reader.setDamagedAside(claim.path)
          case .notFound: continue  // taken meanwhile
          default:
            try? reader.release(claim.path)
            throw error
          }
        }
      }
      return nil
    } catch {
      throw QueueProblem(error)
    }
  }

  /// Purges once a minute. Not being able to keeps nobody from the articles.
  private func tend() {
    let now = ContinuousClock.now
    if let nextPurge, now < nextPurge { return }
    nextPurge = now + .seconds(60)
    _ = try? reader.purge(now: Timestamp.now().seconds)
  }

  /// Short, so that an acknowledgement of another task and a cancellation do not wait long behind it.
  func wait() { watch.wait(seconds: 0.25) }

  func acknowledge(_ name: String) throws(QueueProblem) {
    try doing { () throws(QueueError) in try reader.acknowledge(name) }
  }
  func refresh(_ name: String) throws(QueueProblem) { try doing { () throws(QueueError) in try reader.refresh(name) } }
  func release(_ name: String) throws(QueueProblem) { try doing { () throws(QueueError) in try reader.release(name) } }
  func setAside(_ name: String) throws(QueueProblem) {
    try doing { () throws(QueueError) in try reader.setAside(name) }
  }

  func passedOver() -> [QueueProblem] { reader.takePassedOver().map { QueueProblem($0) } }

  func purge() throws(QueueProblem) {
    try doing { () throws(QueueError) in _ = try reader.purge(now: Timestamp.now().seconds) }
  }

  private func doing(_ body: () throws(QueueError) -> Void) throws(QueueProblem) {
    do throws(QueueError) { try body() } catch { throw QueueProblem(error) }
  }
}
