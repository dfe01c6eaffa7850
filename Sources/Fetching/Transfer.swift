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
  let url: WebURL
  /// Not called `continuation`, because the engine decides when: after the handle has left the multi handle.
  let resume: (Outcome) -> Void
  let easy: UnsafeMutableRawPointer

  private let addressGuard: AddressGuard
  private let ports: Set<Int>
  private let limits: FetcherConfiguration.Limits
  private let timeouts: FetcherConfiguration.Timeouts
  /// What the request has left of its time, in milliseconds, and of its header bytes.
  private let time: Int
  private let headerLimit: Int
  private let bodyLimit: Int
  private let cutsBody: Bool
  private let wantsCookies: Bool
  private let hasCredentials: Bool
  private let proxy: Proxy?
  /// The form that curl reads from; it does not copy it.
  private let form: UnsafeMutableBufferPointer<UInt8>?
  /// Counts received bytes against the cap; false when this transfer has to pause.
  private let received: ((Int) -> Bool)?
  private var counted = 0

  private var lists: [UnsafeMutablePointer<curl_slist>] = []
  private let errorBuffer: UnsafeMutablePointer<CChar>
  private let sockets: SocketWatch
  private let tidiesNames: Bool
  private var named: (() -> Void)?
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
  /// How far the count of raw bytes may lag behind what has been decoded: one of curl's receive buffers, of the size that
  /// curl gives them (CURLOPT_BUFFERSIZE) and that a handle used before has already.
  private static let receiveBuffer = 16 << 10

  private let handles: HandleShelf
  /// Whether nothing of this transfer could show in another that uses its handle.
  private var isReusable = false

  /// - Parameters:
  ///   - tidiesNames: whether libcurl looks through all its cached names when the transfer is done.
  ///   - closesConnection: whether the connection is not kept for others.
  ///   - named: called when the host's addresses are known, or are not needed.
  init(
    id: Int, hop: Hop, configuration: FetcherConfiguration, thread: CurlThread, tidiesNames: Bool,
    closesConnection: Bool, named: (() -> Void)? = nil, received: ((Int) -> Bool)? = nil,
    resume: @escaping (Outcome) -> Void
  ) {
    self.id = id
    handles = thread.handles
    easy = handles.take()
    sockets = thread.sockets
    self.tidiesNames = tidiesNames
    self.named = named
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

  // MARK: Options

  /// An option that this libcurl does not know would be a limit that silently does not hold.
  private func check(_ result: CURLcode, _ option: CURLoption) {
    precondition(result == CURLE_OK, "libcurl refuses option \(option.rawValue): \(result.rawValue)")
  }

  private func set(_ option: CURLoption, _ value: Int) { check(shim_easy_set_long(easy, option, value), option) }
  private func set(_ option: CURLoption, _ value: String) { check(shim_easy_set_string(easy, option, value), option) }

  private func set(_ option: CURLoption, list lines: [[UInt8]]) {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      let text = (line + [0]).map(CChar.init(bitPattern:))
      guard let longer = curl_slist_append(list, text) else { preconditionFailure("no memory for a header") }
      list = longer
    }
    guard let list else { return }
    lists.append(list)
    check(shim_easy_set_pointer(easy, option, list), option)
  }

  private func setLimits() {
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.wholeMilliseconds)
    set(CURLOPT_TIMEOUT_MS, time)
    set(CURLOPT_LOW_SPEED_LIMIT, timeouts.lowSpeedLimit)
    set(CURLOPT_LOW_SPEED_TIME, max(1, timeouts.lowSpeedTime.wholeMilliseconds / 1000))
    set(CURLOPT_MAXLIFETIME_CONN, 600)
    // Longer than from a list to its pages and from page to page; kept longer it is of no use to a source that comes again
    // in minutes, a burden for the server, and one more that libcurl looks at whenever it opens another.
    set(CURLOPT_MAXAGE_CONN, 20)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    // A handle removed while its name is being resolved would otherwise wait for the resolver's thread, and every
    // other transfer with it.
    set(CURLOPT_QUICK_EXIT, 1)
  }

  private func setSecurity(_ configuration: FetcherConfiguration, share: UnsafeMutableRawPointer) {
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_UNRESTRICTED_AUTH, 0)
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    set(CURLOPT_NETRC, shim_ignore_netrc)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    if let caFile = configuration.caFile {
      set(CURLOPT_CAINFO, caFile)
      check(shim_easy_set_string(easy, CURLOPT_CAPATH, nil), CURLOPT_CAPATH)
    }
    check(shim_easy_set_pointer(easy, CURLOPT_SHARE, share), CURLOPT_SHARE)
  }

  private func setRequest(_ hop: Hop, _ configuration: FetcherConfiguration) {
    set(CURLOPT_URL, Self.wireText(of: hop.url))
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_HTTPGET, 1)
    set(CURLOPT_HTTP_VERSION, hop.http2 ? shim_http_version_2_over_tls : shim_http_version_1_1)
    // Rather wait for a stream of a connection that is being made than make another; over TLS only, where ALPN tells
    // within the handshake. Without TLS, curl would hold the second request back until the first is answered.
    set(CURLOPT_PIPEWAIT, hop.http2 && hop.url.scheme == "https" ? 1 : 0)
    set(CURLOPT_USERAGENT, configuration.userAgentField)
    // Every encoding that this libcurl can undo.
    set(CURLOPT_ACCEPT_ENCODING, "")
    set(
      CURLOPT_HTTPHEADER,
      list: hop.headers.map { Array($0.name.utf8) + ($0.value.isEmpty ? [0x3B] : [0x3A, 0x20]) + $0.value })
    set(CURLOPT_CONNECT_TO, list: configuration.connectTo.map { Array($0.utf8) })
    if let credentials = hop.credentials {
      let colon = credentials.firstIndex(of: UInt8(ascii: ":")) ?? credentials.endIndex
      setBytes(CURLOPT_USERNAME, credentials[..<colon])
      setBytes(CURLOPT_PASSWORD, credentials[colon...].dropFirst())
    }
    if let cookies = hop.cookies {
      set(CURLOPT_COOKIEFILE, "")
      for cookie in cookies { set(CURLOPT_COOKIELIST, cookie) }
    }
  }

  /// Set in any case: an empty proxy beats http_proxy and its kind, behind which the guard would see the proxy's address
  /// only; with a proxy of the operator's, no_proxy must not lead around it.
  private func setProxy() {
    set(CURLOPT_NOPROXY, "")
    guard let proxy else {
      set(CURLOPT_PROXY, "")
      return
    }
    set(CURLOPT_PROXY, proxy.description)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
    set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
    if let user = proxy.user { setBytes(CURLOPT_PROXYUSERNAME, Array(user.reveal.utf8)[...]) }
    if let password = proxy.password { setBytes(CURLOPT_PROXYPASSWORD, Array(password.reveal.utf8)[...]) }
  }

  private func setForm(_ count: Int) {
    guard let form else { return }
    set(CURLOPT_POST, 1)
    set(CURLOPT_POSTFIELDSIZE, count)
    check(shim_easy_set_pointer(easy, CURLOPT_POSTFIELDS, form.baseAddress), CURLOPT_POSTFIELDS)
  }

  private func setBytes(_ option: CURLoption, _ bytes: ArraySlice<UInt8>) {
    check(shim_easy_set_string(easy, option, (bytes + [0]).map(CChar.init(bitPattern:))), option)
  }

  /// The URL as curl gets it: no userinfo, no fragment, the host in its IDNA form.
  static func wireText(of url: WebURL) -> String {
    url.scheme + "://" + Punycode.asciiHost(url.host) + (url.port.map { ":\($0)" } ?? "") + url.path
      + (url.query.map { "?" + $0 } ?? "")
  }

  private func setCallbacks() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    for option in [
      CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_XFERINFODATA, CURLOPT_OPENSOCKETDATA,
      CURLOPT_PREREQDATA,
    ] {
      check(shim_easy_set_pointer(easy, option, context), option)
    }
    check(shim_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, errorBuffer), CURLOPT_ERRORBUFFER)
    check(
      shim_easy_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        Transfer.from(context).receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
      }, CURLOPT_WRITEFUNCTION)
    check(
      shim_easy_set_data_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        Transfer.from(context).receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
      }, CURLOPT_HEADERFUNCTION)
    set(CURLOPT_NOPROGRESS, 0)
    check(
      shim_easy_set_progress_callback(easy) { context, _, received, _, _ in
        Transfer.from(context).progress(received: Int(received))
      }, CURLOPT_XFERINFOFUNCTION)
    check(
      shim_easy_set_socket_callback(easy) { context, _, address in
        Transfer.from(context).openSocket(address)
      }, CURLOPT_OPENSOCKETFUNCTION)
    // Of the thread, not of this transfer: the connection may outlive it.
    check(
      shim_easy_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(sockets).toOpaque()),
      CURLOPT_CLOSESOCKETDATA)
    check(
      shim_easy_set_close_callback(easy) { context, socket in
        guard let context else { preconditionFailure("curl lost the callback's context") }
        return Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().closeSocket(socket)
      }, CURLOPT_CLOSESOCKETFUNCTION)
    check(
      shim_easy_set_prerequest_callback(easy) { context, address, _, port, _ in
        Transfer.from(context).prerequest(address, port: Int(port))
      }, CURLOPT_PREREQFUNCTION)
  }

  /// The transfer behind a pointer that was given to curl.
  static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context else { preconditionFailure("curl lost the callback's context") }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: Callbacks, on the curl thread inside curl_multi_perform

  /// The body's bytes after content decoding. Anything but their count stops the transfer.
  private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
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

  private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
    head.receive(bytes)
    if head.bytes > headerLimit {
      stop = (.headersTooLarge, "the header fields are larger than the limit of \(limits.headerBytes) bytes")
      return 0
    }
    return bytes.count
  }

  /// Raw bytes, for bodies that arrive without ever decoding to anything.
  private func progress(received: Int) -> Int32 {
    guard received > bodyLimit, !cutsBody else { return 0 }
    if stop == nil { stop = (.bodyTooLarge, "more than the limit of \(bodyLimit) bytes came over the wire") }
    return 1
  }

  private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
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
    if opened >= 0 { sockets.opened(opened) }
    return opened
  }

  /// Runs before each request, also on a connection that was opened for another one.
  private func prerequest(_ address: UnsafeMutablePointer<CChar>?, port: Int) -> Int32 {
    tellNamed()
    // The name has been looked up, by its age. What this says is for the end of the transfer: to leave the other names.
    if !tidiesNames { set(CURLOPT_DNS_CACHE_TIMEOUT, -1) }
    guard let address, let ip = IPAddress(String(cString: address)) else {
      refusal = "a connection to an unknown address"
      return shim_prerequest_abort
    }
    return permits(ip, port: port) ? shim_prerequest_go : shim_prerequest_abort
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
    case .bodyTooLarge: "raise limits.feed_bytes or limits.page_bytes if the publisher's content is really that large"
    case .headersTooLarge: "raise limits.header_bytes if the server is trusted"
    default: nil
    }
  }
}
