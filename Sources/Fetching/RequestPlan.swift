internal import Values

/// What a request and the redirects that answer it put on the wire. Pure: the engine only carries it out.
struct RequestPlan {
  let request: FetchRequest
  let configuration: FetcherConfiguration
  private let credentials: [UInt8]?

  init(_ request: FetchRequest, configuration: FetcherConfiguration) throws(FetchError) {
    self.request = request
    self.configuration = configuration
    credentials = request.url.userinfo.map(Self.percentDecoded)
    for (name, value) in request.headers {
      guard HTTPField.maySet(name) else {
        throw FetchError(
          .invalidRequest, url: request.url, message: "the header field \(name.debugDescription) cannot be set",
          hint: "remove it from the plugin's fetch.headers")
      }
      guard HTTPField.isValue(value) else {
        throw FetchError(
          .invalidRequest, url: request.url, message: "the value of the header field \(name) holds a control character",
          hint: "correct it in the plugin's fetch.headers")
      }
    }
    if case .header(let name, _) = request.credential?.kind, !HTTPField.maySet(name) {
      throw FetchError(
        .invalidRequest, url: request.url,
        message: "the header field \(name.debugDescription) cannot carry a credential",
        hint: "correct it in the plugin's login.header")
    }
    let secrets: [Secret] =
      switch request.credential?.kind {
      case .basic(let user, let password): [user, password]
      case .bearer(let token): [token]
      case .header(_, let value): [value]
      case nil: []
      }
    guard secrets.allSatisfy({ HTTPField.isValue($0.reveal) }) else {
      throw FetchError(
        .invalidRequest, url: request.url, message: "the credential holds a control character",
        hint: "correct its file; it must hold one line")
    }
    if credentials?.contains(0) == true {
      throw FetchError(.invalidRequest, url: request.url, message: "the address's user name holds a zero byte")
    }
  }

  /// The request for one hop. Only the origin that was asked for gets credentials, cookies that were set by hand and
  /// fields of the plugin's own; another origin gets what any stranger gets.
  ///
  /// - Parameters:
  ///   - spent: the time that the hops before took.
  ///   - headerBytes: the header lines that they brought.
  func hop(
    to url: WebURL, cookies: [String]?, form: [UInt8]? = nil, spent: Duration = .zero, headerBytes: Int = 0
  ) -> Hop {
    let isHome = url.origin == request.url.origin
    let credential = isHome ? self.credential(for: url) : nil
    var userAndPassword = isHome ? credentials : nil
    var headers: [(name: String, value: [UInt8])] = []
    func add(_ name: String, _ value: [UInt8]) { headers.append((name, value)) }
    if !request.headers.contains(where: { HTTPField.lowercased($0.name) == "accept" }) {
      add("Accept", Array(request.purpose.accept.utf8))
    }
    for (name, value) in request.headers where isHome || HTTPField.lowercased(name).hasPrefix("accept") {
      add(name, Array(value.utf8))
    }
    switch credential?.kind {
    case .basic(let user, let password): userAndPassword = Array("\(user.reveal):\(password.reveal)".utf8)
    case .bearer(let token): add("Authorization", Array("Bearer \(token.reveal)".utf8))
    case .header(let name, let value): add(name, Array(value.reveal.utf8))
    case nil: break
    }
    if form != nil { add("Content-Type", Array("application/x-www-form-urlencoded".utf8)) }
    if let etag = request.validators?.etag, let bytes = Self.fieldValue(etag) { add("If-None-Match", bytes) }
    if let date = request.validators?.lastModified, let bytes = Self.fieldValue(date) {
      add("If-Modified-Since", bytes)
    }

    var ports = configuration.allowPorts.union([80, 443]).union(configuration.connectToPorts)
    if url.host == request.url.host { ports.formUnion(request.allowPorts) }
    return Hop(
      url: url, headers: headers, credentials: userAndPassword, cookies: cookies, ports: ports,
      bodyLimit: configuration.limits.bytes(for: request.purpose),
      cutsBody: [.robots, .form].contains(request.purpose),
      http2: request.http2 ?? configuration.http2, form: form, proxy: proxy,
      time: configuration.timeouts.total - spent, headerLimit: max(0, configuration.limits.headerBytes - headerBytes))
  }

  /// The proxy of every hop.
  var proxy: Proxy? {
    switch request.proxy {
    case .configured: configuration.proxy
    case .direct: nil
    case .through(let proxy): proxy
    }
  }

  private func credential(for url: WebURL) -> Credential? {
    guard let credential = request.credential, url.scheme == "https", HostScope.contains(credential.hosts, url.host)
    else { return nil }
    return credential
  }

  /// The form as its media type wants it (WHATWG URL, section 5.2).
  var encodedForm: [UInt8]? {
    guard let form = request.form else { return nil }
    func encode(_ text: String) -> [UInt8] {
      text.utf8.flatMap { byte -> [UInt8] in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F: [byte]
        case 0x20: [0x2B]
        default: [0x25, Hex.digits[Int(byte >> 4)], Hex.digits[Int(byte & 15)]]
        }
      }
    }
    return Array(form.map { encode($0.name) + [0x3D] + encode($0.value.reveal) }.joined(separator: [0x26]))
  }

  func group(for url: WebURL) -> String { configuration.group(of: request, at: url) }

  /// A stored validator that cannot be sent is as good as none: the answer is then a whole one.
  private static func fieldValue(_ text: String) -> [UInt8]? {
    guard let bytes = ResponseHead.bytes(latin1: text), !bytes.isEmpty,
      bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
    else { return nil }
    return bytes
  }

  static func percentDecoded(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if bytes[at] == 0x25, at + 2 < bytes.count, let high = Hex.value(bytes[at + 1]),
        let low = Hex.value(bytes[at + 2])
      {
        out.append(high << 4 | low)
        at += 3
      } else {
        out.append(bytes[at])
        at += 1
      }
    }
    return out
  }
}

enum Hex {
  static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  static let digits = Array("0123456789ABCDEF".utf8)
}

extension FetchRequest.Purpose {
  var accept: String {
    switch self {
    case .feed:
      "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
    case .page: "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.5"
    case .robots: "text/plain, */*;q=0.5"
    case .form: "*/*"
    }
  }
}

extension FetcherConfiguration.Limits {
  func bytes(for purpose: FetchRequest.Purpose) -> Int {
    switch purpose {
    case .feed: feedBytes
    case .page: pageBytes
    case .robots, .form: robotsBytes
    }
  }
}

/// Where a redirect may lead. Pure.
enum RedirectPolicy {
  /// - Parameter visited: the addresses asked so far, `url` included; nil to allow coming back, which sites do that set
  ///   a cookie first.
  static func target(
    of answer: (status: Int, location: String?), from url: WebURL, visited: Set<WebURL>?
  ) throws(FetchError) -> WebURL {
    guard let location = answer.location, !location.isEmpty else {
      throw FetchError(.badRedirect, url: url, message: "status \(answer.status) without a Location")
    }
    guard let target = WebURL(location, relativeTo: url) else {
      let scheme = location.prefix { $0 != ":" && $0 != "/" }
      if location.dropFirst(scheme.count).first == ":", !["http", "https"].contains(scheme.lowercased()) {
        throw FetchError(
          .redirectRefused, url: url, message: "status \(answer.status) leads to the scheme \(scheme.prefix(40))")
      }
      throw FetchError(.badRedirect, url: url, message: "status \(answer.status) with a Location that is no address")
    }
    if url.scheme == "https", target.scheme == "http" {
      throw FetchError(
        .redirectRefused, url: url,
        message: "status \(answer.status) leads from https to \(FetchError.redacted(target))",
        hint: "if the publisher has moved, correct the plugin's address")
    }
    if let visited, visited.contains(target.withoutFragment) {
      throw FetchError(
        .redirectLoop, url: url, message: "status \(answer.status) leads back to \(FetchError.redacted(target))")
    }
    return target
  }
}

extension FetcherConfiguration {
  /// The rate group of a request at one of its hops: the request's own as long as the hop stays with the host's, else
  /// the host's.
  func group(of request: FetchRequest, at url: WebURL) -> String {
    let ofHost = group(of: url)
    guard let own = request.group else { return ofHost }
    return ofHost == group(of: request.url) ? own : ofHost
  }

  private func group(of url: WebURL) -> String {
    HostScope.contains(Array(separateHosts), url.host) ? RateGroup.hostAndPort(url) : RateGroup.name(for: url)
  }
}
