internal import Values

/// How the fetcher behaves towards every server. Checked when made: a value that cannot work is an error that names
/// its key, not a surprise during the night.
public struct FetcherConfiguration: Sendable, Equatable {
  /// Time limits of one request, its redirects included.
  public struct Timeouts: Sendable, Equatable {
    /// From the start of a hop to an established connection, name resolution and TLS included.
    public var connect: Duration
    /// The whole request: all hops and the body, without waits for politeness.
    public var total: Duration
    /// A transfer that stays below `lowSpeedLimit` bytes a second for this long is given up.
    public var lowSpeedTime: Duration
    /// Bytes a second.
    public var lowSpeedLimit: Int

    public init(
      connect: Duration = .seconds(10), total: Duration = .seconds(120), lowSpeedTime: Duration = .seconds(30),
      lowSpeedLimit: Int = 100
    ) {
      self.connect = connect
      self.total = total
      self.lowSpeedTime = lowSpeedTime
      self.lowSpeedLimit = lowSpeedLimit
    }
  }

  /// Size limits of one response. Bodies are counted after content decoding.
  public struct Limits: Sendable, Equatable {
    public var feedBytes: Int
    public var pageBytes: Int
    /// robots.txt is cut there rather than refused (RFC 9309, section 2.5).
    public var robotsBytes: Int
    /// All header lines of a response together, those of the redirects before it included.
    public var headerBytes: Int
    /// Decoded bytes for one byte on the wire.
    public var expansion: Int

    public init(
      feedBytes: Int = 10 << 20, pageBytes: Int = 5 << 20, robotsBytes: Int = 500 << 10, headerBytes: Int = 64 << 10,
      expansion: Int = 200
    ) {
      self.feedBytes = feedBytes
      self.pageBytes = pageBytes
      self.robotsBytes = robotsBytes
      self.headerBytes = headerBytes
      self.expansion = expansion
    }
  }

  /// Why a configuration was refused.
  public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// As the setting is called in newswire.toml, where it can be set there.
    public var key: String
    public var value: String
    public var message: String
    public var description: String { "\(key) = \(value): \(message)" }
  }

  /// Product token and version, as in `newswire/1.0`; the token before the slash is what robots.txt is asked about.
  public let userAgent: String
  /// A URL or mail address at which a server's operator reaches whoever runs this; part of the User-Agent field.
  public let contact: String
  /// `HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT` as in CURLOPT_CONNECT_TO; names and certificates stay those of HOST.
  public let connectTo: [String]
  /// PEM file of the authorities to trust instead of the system's.
  public let caFile: String?
  /// Addresses and CIDR blocks exempt from the address guard.
  public let allowAddresses: [String]
  /// Ports that may be connected to besides 80 and 443.
  public let allowPorts: Set<Int>
  /// Requests in flight over all groups.
  public let maxConcurrent: Int
  /// Requests in flight in one rate group, unless a request says otherwise.
  public let perGroupConcurrency: Int
  /// The least time between the starts of two requests of one rate group, unless a request says otherwise.
  public let perGroupGap: Duration
  /// Whether HTTP/2 is offered over TLS, unless a request says otherwise.
  public let http2: Bool
  /// Hosts (with their subdomains) that are a rate group each, port included, instead of their registrable domain.
  public let separateHosts: Set<String>
  /// Bytes a second that all transfers may receive together; nil for no cap.
  public let bandwidth: Int?
  /// What requests go through that do not say otherwise.
  public let proxy: Proxy?
  public let timeouts: Timeouts
  public let limits: Limits
  /// Redirects followed for one request.
  public let maxRedirects: Int

  /// The guard that `allowAddresses` makes.
  let addressGuard: AddressGuard
  /// The ports that `connectTo` leads to.
  let connectToPorts: Set<Int>

  public init(
    userAgent: String, contact: String, connectTo: [String] = [], caFile: String? = nil,
    allowAddresses: [String] = [], allowPorts: Set<Int> = [], maxConcurrent: Int = 32, perGroupConcurrency: Int = 2,
    perGroupGap: Duration = .seconds(1), http2: Bool = true, timeouts: Timeouts = Timeouts(),
    limits: Limits = Limits(), maxRedirects: Int = 5, separateHosts: Set<String> = [], bandwidth: Int? = nil,
    proxy: Proxy? = nil
  ) throws(Problem) {
    func check(_ condition: Bool, _ key: String, _ value: some Any, _ message: String) throws(Problem) {
      if !condition { throw Problem(key: key, value: "\(value)", message: message) }
    }
    let token = userAgent.prefix { $0 != "/" }
    try check(
      !token.isEmpty && token.utf8.allSatisfy(HTTPField.isToken), "user_agent", userAgent,
      "must start with a product token such as newswire/1.0")
    try check(HTTPField.isValue(userAgent), "user_agent", userAgent.debugDescription, "holds a control character")
    try check(HTTPField.isValue(contact), "contact", contact.debugDescription, "holds a control character")
    try check(
      !contact.utf8.contains { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ")") }, "contact", contact,
      "must not hold parentheses, it is sent inside a pair of them")
    try check((1...1000).contains(maxConcurrent), "concurrency", maxConcurrent, "must be 1 to 1000")
    try check((1...100).contains(perGroupConcurrency), "group_concurrency", perGroupConcurrency, "must be 1 to 100")
    try check(perGroupGap >= .zero && perGroupGap <= .seconds(3600), "group_gap", perGroupGap, "must be 0 to 1 hour")
    try check((0...20).contains(maxRedirects), "max_redirects", maxRedirects, "must be 0 to 20")
    if let bandwidth {
      try check((1024...(1 << 40)).contains(bandwidth), "bandwidth", bandwidth, "must be at least 1 KiB a second")
    }
    for (key, value) in [
      ("connect_timeout", timeouts.connect), ("timeout", timeouts.total),
      ("low_speed_time", timeouts.lowSpeedTime),
    ] {
      try check(value >= .milliseconds(1) && value <= .seconds(3600), key, value, "must be 1 ms to 1 hour")
    }
    try check(timeouts.lowSpeedLimit >= 0, "low_speed_limit", timeouts.lowSpeedLimit, "must not be negative")
    for (key, value) in [
      ("feed_limit", limits.feedBytes), ("page_limit", limits.pageBytes),
      ("robots_limit", limits.robotsBytes), ("header_limit", limits.headerBytes),
    ] {
      try check((1024...(1 << 30)).contains(value), key, value, "must be 1 KiB to 1 GiB")
    }
    try check((2...10_000).contains(limits.expansion), "expansion", limits.expansion, "must be 2 to 10000")
    for port in allowPorts.sorted() {
      try check((1...65535).contains(port), "allow_ports", port, "is not a port")
    }

    var targetPorts: Set<Int> = []
    for entry in connectTo {
      guard let port = Self.targetPort(ofConnectTo: entry) else {
        throw Problem(
          key: "connect_to", value: entry.debugDescription,
          message: "must be HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT, IPv6 addresses in brackets")
      }
      targetPorts.insert(port)
    }
    var blocks: [AddressBlock] = []
    for entry in allowAddresses {
      guard let block = AddressBlock(entry) else {
        throw Problem(
          key: "allow_addresses", value: entry.debugDescription,
          message: "must be an IP address or a block such as 192.168.1.0/24")
      }
      blocks.append(block)
    }
    if let caFile {
      try check(caFile.hasPrefix("/") && !caFile.utf8.contains(0), "ca_file", caFile, "must be an absolute path")
      if let problem = CertificateFile.problem(at: caFile) {
        throw Problem(key: "ca_file", value: caFile, message: problem)
      }
    }

    self.userAgent = userAgent
    self.contact = contact
    self.connectTo = connectTo
    self.caFile = caFile
    self.allowAddresses = allowAddresses
    self.allowPorts = allowPorts
    self.maxConcurrent = maxConcurrent
    self.perGroupConcurrency = perGroupConcurrency
    self.perGroupGap = perGroupGap
    self.http2 = http2
    self.separateHosts = Set(separateHosts.map { $0.lowercased() })
    self.bandwidth = bandwidth
    self.proxy = proxy
    self.timeouts = timeouts
    self.limits = limits
    self.maxRedirects = maxRedirects
    addressGuard = AddressGuard(allowing: blocks)
    connectToPorts = targetPorts
  }

  /// The product token that robots.txt rules are looked up by (RFC 9309, section 2.2.1).
  public var productToken: String { String(userAgent.prefix { $0 != "/" }) }

  /// The User-Agent field as sent.
  var userAgentField: String { contact.isEmpty ? userAgent : "\(userAgent) (+\(contact))" }

  /// The last field of a CURLOPT_CONNECT_TO entry, nil when the entry has not its form. Both hosts and the first port
  /// may be empty, which means "any" there; the last port is required, because the port guard lets it through.
  static func targetPort(ofConnectTo entry: String) -> Int? {
    var fields: [String] = [""]
    var inBrackets = false
    for character in entry {
      switch character {
      case ":" where !inBrackets: fields.append("")
      case "[" where !inBrackets && fields[fields.count - 1].isEmpty:
        inBrackets = true
        fields[fields.count - 1].append(character)
      case "]" where inBrackets:
        inBrackets = false
        fields[fields.count - 1].append(character)
      case let other where other.isASCII && !other.isWhitespace && other != "[" && other != "]":
        fields[fields.count - 1].append(character)
      default: return nil
      }
    }
    guard fields.count == 4, !inBrackets, fields[1].isEmpty || UInt16(fields[1]) != nil, let port = UInt16(fields[3]),
      port > 0
    else { return nil }
    return Int(port)
  }
}
