internal import CCurl
internal import Values

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// What a curl result means to the rest of the house.
struct CurlFailure {
  var result: CURLcode
  /// Set when the address guard refused, whatever curl says about it.
  var refusal: String?
  /// errno of the last failed connect, 0 for none.
  var systemError: Int32
  /// Whether the request could be sent.
  var isConnected: Bool
  var elapsedMilliseconds: Int
  var totalMilliseconds: Int
  var text: String
  /// Set when the request went through a proxy.
  var proxy: ProxyAnswer?

  struct ProxyAnswer {
    /// Fit for logs.
    var name: String
    /// The status of its answer to CONNECT, 0 for none.
    var connectStatus: Int
    /// CURLINFO_PROXY_ERROR: what a SOCKS proxy said.
    var reply: Int
  }

  /// `networkIsSuspect`: nothing has been received from anywhere lately.
  func error(url: WebURL, networkIsSuspect: Bool) -> FetchError {
    if let refusal, result == CURLE_COULDNT_CONNECT || result == CURLE_ABORTED_BY_CALLBACK {
      return FetchError(
        .addressRefused, url: url, message: refusal,
        hint: "if the operator means it, exempt the address with allow_addresses or the port with allow_ports")
    }
    if let proxy, isOfProxy(proxy) {
      return FetchError(
        .proxy, url: url, message: "the proxy \(proxy.name): \(text)",
        hint: "check fetch.proxy and fetch.proxies in newswire.toml, and the proxy itself", isLocal: true)
    }
    return FetchError(
      code, url: url, message: text, hint: hint, isLocal: isLocal(networkIsSuspect: networkIsSuspect))
  }

  /// Whether the proxy itself is at fault, and not the server behind it.
  private func isOfProxy(_ proxy: ProxyAnswer) -> Bool {
    switch result {
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: true
    case CURLE_PROXY: !Self.repliesAboutTheServer.contains(UInt32(truncatingIfNeeded: proxy.reply))
    case CURLE_RECV_ERROR: proxy.connectStatus >= 300 && ![502, 503, 504].contains(proxy.connectStatus)
    default: false
    }
  }

  /// What a SOCKS proxy says of the server and not of itself (RFC 1928, section 6).
  private static let repliesAboutTheServer: Set<UInt32> = [
    CURLPX_REPLY_GENERAL_SERVER_FAILURE.rawValue, CURLPX_REPLY_NETWORK_UNREACHABLE.rawValue,
    CURLPX_REPLY_HOST_UNREACHABLE.rawValue, CURLPX_REPLY_CONNECTION_REFUSED.rawValue,
    CURLPX_REPLY_TTL_EXPIRED.rawValue,
  ]

  /// Without a delivery limit the kernel has patience for a quarter of an hour, which no request has. libcurl tells the
  /// errno of a TLS connection in words only.
  private var isUndelivered: Bool {
    isConnected && [CURLE_SEND_ERROR, CURLE_RECV_ERROR].contains(result)
      && (systemError == ETIMEDOUT || text.hasSuffix("errno \(ETIMEDOUT)"))
  }

  private var code: FetchError.Code {
    switch result {
    case _ where isUndelivered: .undelivered
    case CURLE_PROXY: .connect
    case CURLE_RECV_ERROR where (proxy?.connectStatus ?? 0) >= 300: .connect
    case CURLE_URL_MALFORMAT: .invalidRequest
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameResolution
    case CURLE_COULDNT_CONNECT: .connect
    case CURLE_OPERATION_TIMEDOUT:
      isConnected && elapsedMilliseconds + 50 < totalMilliseconds ? .tooSlow : .timeout
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_SHUTDOWN_FAILED,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
      .tls
    case CURLE_PARTIAL_FILE: .truncated
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .connectionLost
    case CURLE_BAD_CONTENT_ENCODING: .encoding
    // Our schemes are always supported: the unsupported protocol is the answer's, HTTP/0.9.
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_WEIRD_SERVER_REPLY,
      CURLE_HTTP_RETURNED_ERROR, CURLE_WRITE_ERROR,
      CURLE_OUT_OF_MEMORY:  // also a header line beyond curl's own limit
      .protocolError
    default: .engine
    }
  }

  private var hint: String? {
    switch code {
    case .nameResolution: "check the host name, and the resolver if other hosts fail too"
    case .tls where result == CURLE_SSL_CACERT_BADFILE:
      "check the file that [fetch] ca_file names, or without one the system's certificates (package ca-certificates)"
    case .tls: "check the server's certificate and this machine's clock; verification is never switched off"
    default: nil
    }
  }

  private func isLocal(networkIsSuspect: Bool) -> Bool {
    switch code {
    case .connect
    where [ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS, EACCES, EPERM].contains(systemError):
      // IPv6-only hosts look like this on an IPv4 network: then others have answered.
      networkIsSuspect
    case .nameResolution, .timeout: networkIsSuspect
    case .connect where systemError == EHOSTUNREACH || systemError == ETIMEDOUT: networkIsSuspect
    case .tls where result == CURLE_SSL_CACERT_BADFILE: true
    default: false
    }
  }
}
