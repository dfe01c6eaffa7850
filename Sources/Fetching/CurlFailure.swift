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

  /// `networkIsSuspect`: nothing has been received from anywhere lately.
  func error(url: WebURL, networkIsSuspect: Bool) -> FetchError {
    if let refusal, result == CURLE_COULDNT_CONNECT || result == CURLE_ABORTED_BY_CALLBACK {
      return FetchError(
        .addressRefused, url: url, message: refusal,
        hint: "if the operator means it, exempt the address with allow_addresses or the port with allow_ports")
    }
    return FetchError(
      code, url: url, message: text, hint: hint, isLocal: isLocal(networkIsSuspect: networkIsSuspect))
  }

  private var code: FetchError.Code {
    switch result {
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
