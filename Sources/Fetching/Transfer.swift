internal import CCurl
internal import Values

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// A transfer inside libcurl: owns the easy handle and everything that the handle points to.
///
/// Confined to the curl thread. libcurl holds an unretained pointer to it (WRITEDATA and the like), so the engine's
/// table keeps it alive until the handle has left the multi handle.
final class Transfer {
  typealias Outcome = Result<HopAnswer, FetchError>

  let id: Int
  /// The rate group that the hop counts in.
  let group: String
  let url: WebURL
  /// Not called `continuation`, because the engine decides when: after the handle has left the multi handle.
  let resume: (Outcome) -> Void
  let easy: UnsafeMutableRawPointer

  private let addressGuard: AddressGuard
  private let ports: Set<Int>
  let limits: FetcherConfiguration.Limits
  let timeouts: FetcherConfiguration.Timeouts
  /// What the request has left of its time, in milliseconds, and of its header bytes.
  let time: Int
  private let headerLimit: Int
  private let bodyLimit: Int
  private let cutsBody: Bool
  private let wantsCookies: Bool
  private let hasCredentials: Bool
  let proxy: Proxy?
  /// The form that curl reads from; it does not copy it.
  let form: UnsafeMutableBufferPointer<UInt8>?
  /// Counts received bytes against the cap; false when this transfer has to pause.
  private let received: ((Int) -> Bool)?
  private var counted = 0

  var lists: [UnsafeMutablePointer<curl_slist>] = []
  let errorBuffer: UnsafeMutablePointer<CChar>
  let sockets: SocketWatch
  /// Sockets opened for this transfer that may wait for their first request.
  private var fresh: [Int32] = []
  private let tidiesNames: Bool
  private var named: (() -> Void)?
  private let departs: () -> Bool
  /// True when it was not sent, because its rate group is another node's by now.
  private(set) var isUnwanted = false
  private var head = ResponseHead()
  private var body: [UInt8] = []
  private var discarded = 0
  private var isTruncated = false
  /// Why a callback stopped the transfer, and why the guard refused an address.
  private var stop: (code: FetchError.Code, message: String)?
  private var refusal: String?

  /// Bodies of redirects are read so that the connection can be used again, but not longer than this.
  private static let redirectBodyLimit = 64 << 10
  /// Below this size any expansion is harmless.
  static let expansionFloor = 256 << 10
  /// How far the count of raw bytes may lag behind what has been decoded: one of curl's receive buffers, of the size
  /// that curl gives them (CURLOPT_BUFFERSIZE) and that a handle used before has already.
  private static let receiveBuffer = 16 << 10

  private let handles: HandleShelf
  /// Whether nothing of this transfer could show in another that uses its handle.
  private var isReusable = false

  /// - Parameters:
  ///   - tidiesNames: whether libcurl looks through all its cached names when the transfer is done.
  ///   - closesConnection: whether the connection is not kept for others.
  ///   - named: called when the host's addresses are known, or are not needed.
  ///   - departs: asked when the connection is there and the request is about to be sent: whether it still may be.
  init(
    id: Int, group: String, hop: Hop, configuration: FetcherConfiguration, thread: CurlThread, tidiesNames: Bool,
    closesConnection: Bool, named: (() -> Void)? = nil, departs: @escaping () -> Bool = { true },
    received: ((Int) -> Bool)? = nil,
    resume: @escaping (Outcome) -> Void
  ) {
    self.id = id
    self.group = group
    handles = thread.handles
    easy = handles.take()
    sockets = thread.sockets
    self.tidiesNames = tidiesNames
    self.named = named
    self.departs = departs
    self.resume = resume
    url = hop.url
    addressGuard = configuration.addressGuard
    ports = hop.ports
    limits = configuration.limits
    timeouts = configuration.timeouts
    time = hop.time.wholeMilliseconds
    headerLimit = hop.headerLimit
    bodyLimit = hop.bodyLimit
    cutsBody = hop.cutsBody
    wantsCookies = hop.cookies != nil
    hasCredentials = hop.credentials != nil
    proxy = hop.proxy
    self.received = received
    form = hop.form.map { bytes in
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
      _ = copy.initialize(from: bytes)
      return copy
    }
    errorBuffer = .allocate(capacity: shim_error_buffer_size)
    errorBuffer.initialize(repeating: 0, count: shim_error_buffer_size)
    setLimits()
    if closesConnection { set(CURLOPT_FORBID_REUSE, 1) }
    setSecurity(configuration, share: thread.share)
    setRequest(hop, configuration)
    setProxy()
    setForm(hop.form?.count ?? 0)
    setCallbacks()
  }

  deinit {
    handles.putBack(easy, isReusable: isReusable)
    for list in lists { curl_slist_free_all(list) }
    errorBuffer.deallocate()
    // It may hold a password.
    if let form {
      form.baseAddress.map { explicit_bzero($0, form.count) }
      form.deallocate()
    }
  }

  /// The transfer behind a pointer that was given to curl.
  static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context else { preconditionFailure("curl lost the callback's context") }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: Callbacks, on the curl thread inside curl_multi_perform

  /// The body's bytes after content decoding. Anything but their count stops the transfer.
  func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    // A chunk that was held back for bandwidth is delivered outside curl's loop, which does not see it refused.
    if stop != nil || isTruncated { return 0 }
    if let received, bytes.count > 0 {
      let raw = rawBytes
      guard received(max(0, raw - counted)) else { return shim_write_pause }
      counted = raw
    }
    if head.isRedirect {
      discarded += bytes.count
      return discarded <= Self.redirectBodyLimit ? bytes.count : 0
    }
    let size = body.count + bytes.count
    if size > bodyLimit {
      if cutsBody {
        body.append(contentsOf: bytes.prefix(bodyLimit - body.count))
        isTruncated = true
      } else {
        stop = (.bodyTooLarge, "the body is larger than the limit of \(bodyLimit) bytes")
      }
      return 0
    }
    if isBomb(decoded: size, raw: rawBytes + Self.receiveBuffer) { return 0 }
    if body.isEmpty, let announced = head.contentLength { body.reserveCapacity(min(announced, bodyLimit)) }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  private func isBomb(decoded: Int, raw: Int) -> Bool {
    guard decoded > Self.expansionFloor, decoded / limits.expansion > raw else { return false }
    stop = (.ratioExceeded, "the body grew to more than \(limits.expansion) times its size on the wire")
    return true
  }

  private var rawBytes: Int { offset(CURLINFO_SIZE_DOWNLOAD_T) }

  func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
    head.receive(bytes)
    if head.bytes > headerLimit {
      stop = (.headersTooLarge, "the header fields are larger than the limit of \(limits.headerBytes) bytes")
      return 0
    }
    return bytes.count
  }

  /// Raw bytes, for bodies that arrive without ever decoding to anything.
  func progress(received: Int) -> Int32 {
    guard received > bodyLimit, !cutsBody else { return 0 }
    if stop == nil { stop = (.bodyTooLarge, "more than the limit of \(bodyLimit) bytes came over the wire") }
    return 1
  }

  func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
    tellNamed()
    guard let address else { return shim_socket_refused }
    let info = address.pointee
    let socketAddress = UnsafeMutableRawPointer(address)
      .advanced(by: MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0).assumingMemoryBound(to: sockaddr.self)
    guard let ip = IPAddress(socketAddress, length: Int(info.addrlen)) else {
      refusal = "an address of an unknown family"
      return shim_socket_refused
    }
    // The port is at the same place in both families (RFC 3493).
    let port = Int(
      UInt16(bigEndian: UnsafeRawPointer(socketAddress).loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    guard permits(ip, port: port) else { return shim_socket_refused }
    let opened = socket(info.family, info.socktype | Int32(SOCK_CLOEXEC.rawValue), info.protocol)
    if opened >= 0 {
      sockets.opened(opened)
      fresh.append(opened)
    }
    return opened
  }

  /// Runs before each request, also on a connection that was opened for another one.
  func prerequest(_ address: UnsafeMutablePointer<CChar>?, port: Int) -> Int32 {
    tellNamed()
    // The name has been looked up, by its age. What this says is for the end of the transfer: to leave the other names.
    if !tidiesNames { set(CURLOPT_DNS_CACHE_TIMEOUT, -1) }
    guard let address, let ip = IPAddress(String(cString: address)) else {
      refusal = "a connection to an unknown address"
      return shim_prerequest_abort
    }
    guard permits(ip, port: port) else { return shim_prerequest_abort }
    for socket in fresh { sockets.limitDelivery(of: socket) }
    fresh = []
    if departs() { return shim_prerequest_go }
    isUnwanted = true
    return shim_prerequest_abort
  }

  private func tellNamed() {
    named?()
    named = nil
  }

  private func permits(_ ip: IPAddress, port: Int) -> Bool {
    if let proxy {
      // The operator wrote it down, so it may be inside; but not where no proxy is: link-local, multicast and the like.
      if case .refused(let reason) = AddressGuard.forProxies.verdict(for: ip) {
        refusal = "the proxy \(proxy.description) is at \(ip) (\(reason))"
      } else if port != proxy.port {
        refusal = "port \(port) of \(ip) is not the proxy's"
      } else {
        return true
      }
      return false
    }
    if case .refused(let reason) = addressGuard.verdict(for: ip) {
      refusal = "\(ip) is not a public address (\(reason))"
      return false
    }
    if !ports.contains(port) {
      refusal = "port \(port) of \(ip) is not allowed"
      return false
    }
    return true
  }

  // MARK: The end

  /// What curl's result means. Called once, after the transfer has ended and before the handle is freed.
  func outcome(_ result: CURLcode, networkIsSuspect: Bool) -> Outcome {
    if let stop {
      return .failure(FetchError(stop.code, url: url, message: stop.message, hint: stop.code.limitHint))
    }
    let isCutShort = result == CURLE_WRITE_ERROR && (isTruncated || head.isRedirect)
    guard result == CURLE_OK || isCutShort else { return .failure(error(result, networkIsSuspect: networkIsSuspect)) }
    // A large redirect cut short is not a bomb: nothing of it was kept.
    if isBomb(decoded: body.count, raw: rawBytes), let stop {
      return .failure(FetchError(stop.code, url: url, message: stop.message, hint: stop.code.limitHint))
    }
    // A session of cookies stays in a handle, and so may what a server was told of who we are.
    isReusable = result == CURLE_OK && !wantsCookies && !hasCredentials && proxy == nil
    return .success(
      HopAnswer(
        status: long(CURLINFO_RESPONSE_CODE), headers: head.fields, etag: head.etag, lastModified: head.lastModified,
        body: body, isTruncated: isTruncated, bytesReceived: long(CURLINFO_HEADER_SIZE) + rawBytes,
        headerBytes: head.bytes, httpVersion: httpVersion, remoteAddress: string(CURLINFO_PRIMARY_IP),
        reusedConnection: long(CURLINFO_NUM_CONNECTS) == 0, cookies: wantsCookies ? cookies() : []))
  }

  private func error(_ result: CURLcode, networkIsSuspect: Bool) -> FetchError {
    if sockets.takeFlooded(localPort: long(CURLINFO_LOCAL_PORT)) {
      return FetchError(
        .protocolError, url: url, message: "the server flooded the connection with frames that carry nothing")
    }
    let detail = String(cString: errorBuffer)
    let text = detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
    let failure = CurlFailure(
      result: result, refusal: refusal, systemError: Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO)),
      isConnected: offset(CURLINFO_PRETRANSFER_TIME_T) > 0,
      elapsedMilliseconds: offset(CURLINFO_TOTAL_TIME_T) / 1000, totalMilliseconds: time,
      text: text,
      proxy: proxy.map {
        .init(name: $0.description, connectStatus: long(CURLINFO_HTTP_CONNECTCODE), reply: long(CURLINFO_PROXY_ERROR))
      })
    return failure.error(url: url, networkIsSuspect: networkIsSuspect)
  }

  /// The ends of the connection, once there is one.
  var connection: (localPort: Int, port: Int, address: String) {
    (long(CURLINFO_LOCAL_PORT), long(CURLINFO_PRIMARY_PORT), string(CURLINFO_PRIMARY_IP))
  }

  private func long(_ info: CURLINFO) -> Int {
    var value = 0
    shim_easy_get_long(easy, info, &value)
    return value
  }

  private func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    shim_easy_get_offset(easy, info, &value)
    return Int(value)
  }

  private func string(_ info: CURLINFO) -> String {
    var value: UnsafePointer<CChar>?
    shim_easy_get_string(easy, info, &value)
    return value.map { String(cString: $0) } ?? ""
  }

  private func cookies() -> [String] {
    var list: UnsafeMutablePointer<curl_slist>?
    shim_easy_get_list(easy, CURLINFO_COOKIELIST, &list)
    defer { curl_slist_free_all(list) }
    var lines: [String] = []
    var at = list
    while let node = at {
      lines.append(String(cString: node.pointee.data))
      at = node.pointee.next
    }
    return lines
  }

  private var httpVersion: FetchResponse.HTTPVersion {
    switch long(CURLINFO_HTTP_VERSION) {
    case 1: .http1_0
    case 2: .http1_1
    case 3: .http2
    case 30: .http3
    default: .unknown
    }
  }
}

extension Duration {
  /// Rounded down, at least 1 for anything above zero: curl reads 0 as "no limit".
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    let whole = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    return self > .zero ? max(1, whole) : whole
  }

  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}

extension FetchError.Code {
  fileprivate var limitHint: String? {
    switch self {
    case .bodyTooLarge: "raise [fetch] feed_limit or page_limit if the publisher's content is really that large"
    default: nil
    }
  }
}
