// Publication: the way of an article from memory to its name in the queue, and what is done after it was interrupted.
// The only module that knows both the database and the queue directory; it must not know what an article is.
internal import Queue
public import Store
public import Values

/// A normalised article that is to be published if its content is new.
public struct Publishable {
  public var publisher: String
  /// The article's identity inside the publisher.
  public var key: String
  /// The same for every version.
  public var uri: String
  /// Digest of everything a reader would call content; equal to the last version's means nothing to publish.
  public var contentHash: String
  /// The same as it was made before, where that differs: what was published by then is known by it.
  public var formerHash: String?
  /// The discovered item it came from, which is done when the article is committed, and that item's revision as read.
  public var itemID: Int64?
  public var itemRevision: Int?
  public var url: String
  public var headline: String
  /// What to remember of the page it was read from.
  public var page: FetchedPage
  public var quality: ArticleQuality?
  /// True when the version says that the publisher has withdrawn the article.
  public var isWithdrawn: Bool
  /// Publishes the next version even when the content is that of the last one.
  public var isForced: Bool
  /// By which right its page was fetched; when the group has gone to another node meanwhile, the article is left to it.
  public var fence: Fence?
  /// Writes the article as one line of JSON, once its version is known.
  public var makeElement: (PublicationContext) -> [UInt8]

  public init(
    publisher: String, key: String, uri: String, contentHash: String, formerHash: String? = nil, itemID: Int64? = nil,
    itemRevision: Int? = nil, url: String, headline: String, page: FetchedPage = FetchedPage(),
    quality: ArticleQuality? = nil,
    isWithdrawn: Bool = false, isForced: Bool = false, fence: Fence? = nil,
    makeElement: @escaping (PublicationContext) -> [UInt8]
  ) {
    self.publisher = publisher
    self.key = key
    self.uri = uri
    self.contentHash = contentHash
    self.formerHash = formerHash
    self.itemID = itemID
    self.itemRevision = itemRevision
    self.url = url
    self.headline = headline
    self.page = page
    self.quality = quality
    self.isWithdrawn = isWithdrawn
    self.isForced = isForced
    self.fence = fence
    self.makeElement = makeElement
  }
}

/// What only publishing knows of an article.
public struct PublicationContext: Sendable {
  /// 1 for a new article.
  public var version: Int
  /// When version 1 was published.
  public var firstSeen: Timestamp
  public var now: Timestamp

  public init(version: Int, firstSeen: Timestamp, now: Timestamp) {
    self.version = version
    self.firstSeen = firstSeen
    self.now = now
  }
}

/// A version that has its name in the queue.
public struct PublishedVersion: Sendable, Equatable {
  public var publisher: String
  public var key: String
  public var version: Int
  /// `<bucket>/<name>`
  public var element: String
  /// The element's size; 0 when it was staged by an earlier run.
  public var bytes: Int
}

/// What became of a batch. Everything in it is durable; what is `delayed` gets its name with the next call.
public struct PublicationOutcome: Sendable, Equatable {
  public var published: [PublishedVersion] = []
  /// Articles left to the node that their group has gone to, as indexes of the batch. Their items wait there.
  public var left: Set<Int> = []
  /// How many had the content of their last version.
  public var unchanged = 0
  /// Versions committed and staged that could not be named yet, for want of space in a directory.
  public var delayed = 0
}

/// What recovery found and did.
public struct RecoveryReport: Sendable, Equatable {
  /// R1: staged files without a row, removed; their items still wait and are fetched again.
  public var discarded = 0
  /// What is in tmp/, is no file, and was left there.
  public var foreign: [String] = []
  /// R2: committed and staged versions, published now.
  public var published: [PublishedVersion] = []
  /// Versions that found no room for their names now either, and stay staged.
  public var delayed = 0
  /// R3: versions that had their name already.
  public var finished = 0
  /// R4: staged files that failed their digest or could not be read, set aside in bad/; their items wait again. Worth
  /// an error in the log.
  public var quarantined: [String] = []
  /// R5: versions marked published that were still staged, because the device lost what it had confirmed; published
  /// again. Worth a warning in the log.
  public var republished: [PublishedVersion] = []
  /// An element newer than any that the state knows of, by its name: the state is that of an earlier day, or another
  /// one. What it does not know of comes again. Worth a warning in the log.
  public var newerElement: String?
  /// Where the queue of the last run lay, when it was another one: what consumers have not taken from it lies there
  /// still. Worth a warning in the log.
  public var leftQueue: String?
  /// Of those published now: versions whose staged files lay in the queue of an earlier run, at another place.
  public var brought = 0
  /// Versions taken back because that queue is no more; their items wait again. Worth a warning in the log.
  public var withdrawn = 0
}

/// Why publishing stopped. Nothing is lost: what was not committed waits in the store and is fetched again.
public enum PublicationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No room for more. Pause, and try again later.
  case spaceExhausted(String)
  /// The database's server went away. How far the batch came is unknown: reopen the store, then recover.
  case unreachable(String)
  /// The device failed while something was being made durable. Exit with status 74; recovery at the next start decides.
  case ioError(String)
  /// Anything else, with the status to exit with. The next call may succeed, except when it throws this again at once.
  case failed(String, exitStatus: Int32 = 74)

  public var description: String {
    switch self {
    case .spaceExhausted(let what), .unreachable(let what), .ioError(let what), .failed(let what, _): what
    }
  }

  /// The status a program ends with when it cannot go on (sysexits.h).
  public var exitStatus: Int32 {
    switch self {
    case .spaceExhausted, .unreachable: 75
    case .ioError: 74
    case .failed(_, let status): status
    }
  }

  init(_ error: QueueError) {
    self =
      switch error.kind {
      case .spaceExhausted: .spaceExhausted(error.description)
      case .ioError: .ioError(error.description)
      case .permission, .readOnly, .exhausted, .unsuitable:
        .failed(error.description, exitStatus: error.exitStatus)
      default: .failed(error.description)
      }
  }

  init(_ error: StoreError) {
    self =
      switch error.kind {
      case .full: .spaceExhausted(error.description)
      case .io: .ioError(error.description)
      case .unreachable: .unreachable(error.description)
      default: .failed(error.description)
      }
  }
}

/// The places between the steps of publishing and recovery at which a crash is tried.
public enum CrashPoint: String, CaseIterable, Sendable {
  case begin, staged, allStaged, tmpSynced, rowsWritten, committed, renamed, allRenamed, bucketsSynced
  case recoveryDiscarded, recoveryQuarantined, recoveryWithdrawn, recoveryRenamed, recoverySynced, recoveryMarked
}
