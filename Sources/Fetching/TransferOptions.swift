internal import CCurl
internal import Values

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// What libcurl is told of a transfer before it begins.
extension Transfer {
  /// An option that this libcurl does not know would be a limit that silently does not hold.
  func check(_ result: CURLcode, _ option: CURLoption) {
    precondition(result == CURLE_OK, "libcurl refuses option \(option.rawValue): \(result.rawValue)")
  }

  func set(_ option: CURLoption, _ value: Int) { check(shim_easy_set_long(easy, option, value), option) }
  func set(_ option: CURLoption, _ value: String) { check(shim_easy_set_string(easy, option, value), option) }

  func set(_ option: CURLoption, list lines: [[UInt8]]) {
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

  func setLimits() {
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.wholeMilliseconds)
    set(CURLOPT_TIMEOUT_MS, time)
    set(CURLOPT_LOW_SPEED_LIMIT, timeouts.lowSpeedLimit)
    set(CURLOPT_LOW_SPEED_TIME, max(1, timeouts.lowSpeedTime.wholeMilliseconds / 1000))
    set(CURLOPT_MAXLIFETIME_CONN, 600)
    // Longer than from a list to its pages and from page to page; kept longer it is of no use to a source that comes
    // again in minutes, a burden for the server, and one more that libcurl looks at whenever it opens another.
    set(CURLOPT_MAXAGE_CONN, 20)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    // A handle removed while its name is being resolved would otherwise wait for the resolver's thread, and every
    // other transfer with it.
    set(CURLOPT_QUICK_EXIT, 1)
  }

  func setSecurity(_ configuration: FetcherConfiguration, share: UnsafeMutableRawPointer) {
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

  func setRequest(_ hop: Hop, _ configuration: FetcherConfiguration) {
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

  /// Set in any case: an empty proxy beats http_proxy and its kind, behind which the guard would see the proxy's
  /// address only; with a proxy of the operator's, no_proxy must not lead around it.
  func setProxy() {
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

  func setForm(_ count: Int) {
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

  func setCallbacks() {
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
}
