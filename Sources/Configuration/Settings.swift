// Configuration: newswire.toml and its drop-ins as values, every key checked. It must not know what the settings do;
// its only I/O is reading the files.

/// Everything an operator can set. The defaults are those of a system service.
public struct Settings: Sendable, Equatable {
  public var paths = Paths()
  public var fetch = Fetch()
  public var schedule = Schedule()
  public var push = Push()
  public var queue = Queue()
  public var pages = Pages()
  public var workers = Workers()
  public var log = Log()
  public var publishers = Publishers()
  public var forward = Forward()
  public var state = State()
  public var fleet = Fleet()
  /// Where all of that was written.
  public var places = SettingPlaces()

  public init() {}

  public struct Paths: Sendable, Equatable {
    /// SQLite database, log file, lock.
    public var state = "/var/lib/newswire"
    /// The queue directory that consumers read.
    public var spool = "/var/spool/newswire"
    /// Folders of plugins; a plugin of a later folder takes the place of one with the same id before.
    public var plugins = ["/usr/lib/newswire/plugins", "/etc/newswire/plugins"]
    /// Unix socket for newswirectl.
    public var socket = "/run/newswire/control.sock"
    /// Folder of credentials, one file each; nil for systemd's ($CREDENTIALS_DIRECTORY).
    public var credentials: String?
  }

  public struct Fetch: Sendable, Equatable {
    /// Web address or mail address where publishers reach the operator; part of the User-Agent.
    public var contact: String?
    /// The whole User-Agent, for those who must.
    public var userAgent: String?
    /// Transfers at once.
    public var concurrency = 64
    /// Transfers at once to one rate group.
    public var groupConcurrency = 2
    /// Seconds between two requests to one rate group.
    public var groupGap = 1
    public var http2 = true
    /// Seconds for a whole transfer.
    public var timeout = 120
    public var connectTimeout = 10
    /// Bytes of a decoded feed.
    public var feedLimit = 10 << 20
    /// Bytes of a decoded page.
    public var pageLimit = 5 << 20
    /// `host:port:address:port`, as curl's --connect-to.
    public var connectTo: [String] = []
    /// A further certificate authority to trust, PEM.
    public var caFile: String?
    /// Addresses or networks that the address guard lets through.
    public var allowAddresses: [String] = []
    /// Ports beside 80 and 443.
    public var allowPorts: [Int] = []
    public var robots = true
    /// Hosts that are a rate group each, because they carry many unrelated publishers.
    public var separateHosts: [String] = []
    /// Bytes a second that all transfers may receive together; nil for no cap.
    public var bandwidth: Int?
    /// What everything is fetched through: `socks5h://host:port` or the like.
    public var proxy: String?
    /// The name of the credential with the proxy's user and password.
    public var proxyCredential: String?
    /// Proxies of single publishers, by id; "" for none.
    public var proxies: [Proxy] = []

    public struct Proxy: Sendable, Equatable {
      public var publisher: String
      public var address: String
      public init(publisher: String, address: String) {
        self.publisher = publisher
        self.address = address
      }
    }
  }

  /// Pushes from WebSub hubs; off as long as `url` is not set.
  public struct Push: Sendable, Equatable {
    /// Loopback address and port that the operator's own web server passes callbacks on to.
    public var listen = "127.0.0.1:8417"
    /// The address at which hubs reach that web server.
    public var url: String?
    /// Seconds of a lease to ask for.
    public var lease = 10 * 86_400
    /// Bytes of a pushed feed.
    public var limit = 3 << 20
  }

  public struct Schedule: Sendable, Equatable {
    /// Seconds; bounds for all plugins' own bounds.
    public var minInterval = 60
    public var maxInterval = 86_400
    /// Times a page is tried before the feed's own text is published.
    public var pageAttempts = 5
    /// Seconds to the second try of a page; doubled each time, up to a day.
    public var pageRetry = 300
    /// Seconds to the second try of a source that failed; doubled each time, up to a day.
    public var sourceRetry = 300
    /// Ages in seconds at which an article's page is looked at again although no source says that it changed.
    public var revisit = [3600, 21_600, 86_400]
    /// Days that an article is remembered in full after it was last listed.
    public var rememberDays = 90
  }

  public struct Queue: Sendable, Equatable {
    /// Elements that may wait: fetching pauses at nine tenths and goes on at seven.
    public var maxFiles = 50_000
    public var maxBytes = 2 << 30
    /// Percent of `maxFiles` that one publisher's elements may be, when there are several publishers.
    public var publisherShare = 25
    /// Bytes that must stay free on the file system.
    public var minFreeBytes = 64 << 20
    /// Inodes that must stay free.
    public var minFreeInodes = 1000
    /// Accepts network, FUSE and overlay file systems, whose renames and syncs promise less.
    public var anyFileSystem = false
  }

  /// Pages as they were fetched, kept so that better rules can be tried on them.
  public struct Pages: Sendable, Equatable {
    /// Bytes on disk, compressed; 0 keeps none.
    public var maxBytes = 1 << 30
    /// Seconds.
    public var maxAge = 7 * 86_400
  }

  public struct Workers: Sendable, Equatable {
    /// Path of newswire-worker; nil looks beside newswired and in /usr/lib/newswire.
    public var program: String?
    public var arguments: [String] = []
    /// nil for one a core.
    public var count: Int?
    /// Seconds a feed or page may take.
    public var jobLimit = 20
    /// Failures in a row after which a plugin's program is left alone.
    public var programAttempts = 5
    /// Seconds that such a program rests after its first failure; doubled each time, up to five minutes.
    public var programRetry = 1
    /// Seconds between two attempts at a program in quarantine.
    public var programProbe = 86_400
  }

  public struct Log: Sendable, Equatable {
    public enum Level: String, Sendable, CaseIterable { case debug, info, notice, warning, error }
    public enum Target: String, Sendable, CaseIterable { case auto, journal, terminal, plain, none }

    public var level = Level.info
    /// What standard error is; `auto` finds out.
    public var target = Target.auto
    /// JSON lines for `newswirectl log`; nil for <state>/log/newswired.jsonl, empty for no file.
    public var file: String?
    public var fileSize = 8 << 20
    public var files = 5
  }

  public struct Publishers: Sendable, Equatable {
    /// Only these; nil for all plugins found.
    public var only: [String]?
    public var disabled: [String] = []
  }

  /// The stream that newswire-forward publishes to; newswired itself does not read it.
  public struct Forward: Sendable, Equatable {
    /// Addresses of NATS servers, `nats://host:port` or `tls://host:port`; none of them holds a login.
    public var urls: [String] = []
    /// The name of the credential with the login.
    public var credential: String?
    /// A certificate authority to trust instead of the system's, PEM.
    public var caFile: String?
    public var stream = "NEWS"
    /// The first tokens of every subject.
    public var prefix = "news"
    /// Articles sent and not yet acknowledged.
    public var inFlight = 256
  }
}
