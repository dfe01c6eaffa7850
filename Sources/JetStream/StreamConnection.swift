internal import CNats
internal import Synchronization

/// The C handles of one connection. Not Sendable: confined to the thread of its `StreamClient`. libnats calls back on
/// its own threads; what it hands back there is a number, looked up in a table, so that no call can outlive its
/// receiver.
final class StreamConnection {
  /// Of this connection in events.
  let number: UInt64
  private let options: StreamOptions
  private var settings: OpaquePointer?
  private var connection: OpaquePointer?
  private var answers: OpaquePointer?
  private var inbox = ""

  /// Milliseconds.
  private static let patience: Int64 = 3000

  init(
    to address: String, _ options: StreamOptions, number: UInt64, events: @escaping @Sendable (StreamEvent) -> Void
  ) throws(StreamProblem) {
    self.number = number
    self.options = options
    Receivers.add(number, events)
    do throws(StreamProblem) {
      try configure(address)
      let status = natsConnection_Connect(&connection, settings)
      guard status == NATS_OK else { throw Self.problem(status, address) }
      try listen()
    } catch {
      // Objects whose initialiser throws after all members are set do run deinit; being explicit costs nothing.
      close()
      throw error
    }
  }

  deinit { close() }

  /// Ends it; no event comes afterwards.
  func close() {
    Receivers.remove(number)
    if answers != nil { natsSubscription_Destroy(answers) }
    if connection != nil {
      natsConnection_Close(connection)
      natsConnection_Destroy(connection)
    }
    if settings != nil { natsOptions_Destroy(settings) }
    (answers, connection, settings) = (nil, nil, nil)
  }

  // MARK: Connecting

  private func configure(_ address: String) throws(StreamProblem) {
    var status = natsOptions_Create(&settings)
    func also(_ next: @autoclosure () -> natsStatus) { if status == NATS_OK { status = next() } }
    let context = UnsafeMutableRawPointer(bitPattern: UInt(number))
    also(natsOptions_SetURL(settings, address))
    also(natsOptions_SetName(settings, "newswire-forward"))
    also(natsOptions_SetTimeout(settings, Self.patience))
    // Whether and when to try again is not the library's choice: what was under way then must be known.
    also(natsOptions_SetAllowReconnect(settings, false))
    also(natsOptions_SetWriteDeadline(settings, 2 * Self.patience))
    also(natsOptions_SetPingInterval(settings, 20_000))
    also(natsOptions_SetMaxPingsOut(settings, 2))
    also(natsOptions_SetClosedCB(settings, { connection, context in Receivers.closed(connection, context) }, context))
    also(
      natsOptions_SetErrorHandler(
        settings, { connection, _, status, context in Receivers.complaint(connection, status, context) }, context))
    switch options.login {
    case .none: break
    case .userAndPassword(let user, let password): also(natsOptions_SetUserInfo(settings, user, password))
    case .token(let token): also(natsOptions_SetToken(settings, token))
    case .credentials(let file): also(natsOptions_SetUserCredentialsFromFiles(settings, file, nil))
    }
    guard status == NATS_OK else { throw .settings("\(address): \(Self.text(status))") }
    guard address.hasPrefix("tls://") else { return }
    status = natsOptions_SetSecure(settings, true)
    if let caFile = options.caFile { also(natsOptions_LoadCATrustedCertificates(settings, caFile)) }
    guard status == NATS_OK else { throw .settings("\(options.caFile ?? "TLS"): \(Self.text(status))") }
  }

  /// Answers come to subjects of our own, one a message; its last token is the message's.
  private func listen() throws(StreamProblem) {
    var name: UnsafeMutablePointer<natsInbox>?
    var status = natsInbox_Create(&name)
    if status == NATS_OK, let name {
      inbox = String(cString: name)
      natsInbox_Destroy(name)
      status = natsConnection_Subscribe(
        &answers, connection, inbox + ".*",
        { _, _, message, context in
          Receivers.answer(message, context)
          natsMsg_Destroy(message)
        }, UnsafeMutableRawPointer(bitPattern: UInt(number)))
    }
    guard status == NATS_OK else { throw .unreachable(Self.text(status)) }
  }

  // MARK: The stream

  /// What the stream is like.
  func facts() throws(StreamProblem) -> StreamFacts {
    try withJetStream { context, options throws(StreamProblem) in
      var info: UnsafeMutablePointer<jsStreamInfo>?
      var code = jsErrCode(rawValue: 0)
      let status = js_GetStreamInfo(&info, context, self.options.stream, &options, &code)
      defer { if info != nil { jsStreamInfo_Destroy(info) } }
      guard status == NATS_OK, let config = info?.pointee.Config?.pointee else {
        throw Self.problem(status, code)
      }
      let subjects = (0..<Int(config.SubjectsLen)).compactMap { index in
        config.Subjects[index].map { String(cString: $0) }
      }
      return StreamFacts(
        server: server, subjects: subjects, window: Double(config.Duplicates) / 1e9,
        largestMessage: natsConnection_GetMaxPayload(connection))
    }
  }

  /// Makes the stream: on disk, without limits, refusing what is new when a limit is set later and reached.
  /// - Parameter window: seconds for which it knows a message again.
  func createStream(replicas: Int64, window: Double) throws(StreamProblem) {
    try withJetStream { context, options throws(StreamProblem) in
      var config = jsStreamConfig()
      jsStreamConfig_Init(&config)
      var code = jsErrCode(rawValue: 0)
      let status = self.options.stream.withCString { name in
        self.options.subjects.withCString { subject in
          var subjects: [UnsafePointer<CChar>?] = [subject]
          return subjects.withUnsafeMutableBufferPointer { subjects in
            config.Name = name
            config.Subjects = subjects.baseAddress
            config.SubjectsLen = 1
            config.Storage = js_FileStorage
            config.Discard = js_DiscardNew
            config.Replicas = replicas
            config.Duplicates = Int64(window * 1e9)
            return js_AddStream(nil, context, &config, &options, &code)
          }
        }
      }
      guard status == NATS_OK else { throw Self.problem(status, code) }
    }
  }

  private func withJetStream<Value>(
    _ body: (OpaquePointer?, inout jsOptions) throws(StreamProblem) -> Value
  ) throws(StreamProblem) -> Value {
    var options = jsOptions()
    jsOptions_Init(&options)
    options.Wait = Self.patience
    var context: OpaquePointer?
    let status = natsConnection_JetStream(&context, connection, &options)
    guard status == NATS_OK else { throw .unreachable(Self.text(status)) }
    defer { jsCtx_Destroy(context) }
    return try body(context, &options)
  }

  private var server: String {
    var buffer = [CChar](repeating: 0, count: 512)
    guard natsConnection_GetConnectedUrl(connection, &buffer, buffer.count) == NATS_OK else { return "" }
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  // MARK: Sending

  /// Hands the message to the library, which copies it; the answer comes as an event.
  func send(_ message: StreamMessage) throws(StreamProblem) {
    var wire: OpaquePointer?
    var status = message.body.withUnsafeBytes { body in
      natsMsg_Create(
        &wire, message.subject, "\(inbox).\(message.token)", body.baseAddress?.assumingMemoryBound(to: CChar.self),
        Int32(clamping: body.count))
    }
    if status == NATS_OK { status = natsMsgHeader_Set(wire, "Nats-Msg-Id", message.id) }
    // An answer of another stream that listens to the same subject must not count.
    if status == NATS_OK { status = natsMsgHeader_Set(wire, "Nats-Expected-Stream", options.stream) }
    if status == NATS_OK { status = natsConnection_PublishMsg(connection, wire) }
    natsMsg_Destroy(wire)
    if status == NATS_MAX_PAYLOAD { throw .tooLarge(limit: natsConnection_GetMaxPayload(connection)) }
    guard status == NATS_OK else { throw .unreachable(Self.text(status)) }
  }

  // MARK: Reasons

  /// The library's words for a status, with those of its last error where it has any. Secrets are in neither; addresses
  /// are shown by the log without their user part.
  static func text(_ status: natsStatus) -> String {
    var last = NATS_OK
    var detail = nats_GetLastError(&last).map { String(cString: $0) } ?? ""
    // The place in the library's own code: "(conn.c:2088): ".
    if detail.hasPrefix("("), let end = detail.firstIndex(of: ")") {
      detail = String(detail[end...].drop { ") :".contains($0) })
    }
    let words = String(cString: natsStatus_GetText(status))
    return detail.isEmpty || last != status || detail == words ? words : "\(words): \(detail)"
  }

  private static func problem(_ status: natsStatus, _ address: String) -> StreamProblem {
    switch status {
    case NATS_CONNECTION_AUTH_FAILED, NATS_NOT_PERMITTED: .login("\(address): \(text(status))")
    case NATS_SSL_ERROR, NATS_SECURE_CONNECTION_WANTED, NATS_SECURE_CONNECTION_REQUIRED:
      .tls("\(address): \(text(status))")
    default: .unreachable("\(address): \(text(status))")
    }
  }

  private static func problem(_ status: natsStatus, _ code: jsErrCode) -> StreamProblem {
    if code == JSStreamNotFoundErr { return .noStream }
    if status == NATS_NO_RESPONDERS || code == JSNotEnabledErr || code == JSNotEnabledForAccountErr {
      return .noJetStream(text(status))
    }
    if status == NATS_TIMEOUT { return .unreachable("JetStream does not answer") }
    return .unreachable(text(status))
  }
}

/// Who gets what libnats brings, by the number of the connection.
private enum Receivers {
  private static let table = Mutex<[UInt64: @Sendable (StreamEvent) -> Void]>([:])

  static func add(_ number: UInt64, _ receiver: @escaping @Sendable (StreamEvent) -> Void) {
    table.withLock { $0[number] = receiver }
  }

  static func remove(_ number: UInt64) { table.withLock { $0[number] = nil } }

  private static func of(_ context: UnsafeMutableRawPointer?) -> (UInt64, @Sendable (StreamEvent) -> Void)? {
    let number = UInt64(UInt(bitPattern: context))
    return table.withLock { $0[number] }.map { (number, $0) }
  }

  static func answer(_ message: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let (_, receive) = of(context), let subject = natsMsg_GetSubject(message).map({ String(cString: $0) }),
      let token = subject.split(separator: ".").last.flatMap({ UInt64($0) })
    else { return }
    let length = Int(natsMsg_GetDataLength(message))
    let body = natsMsg_GetData(message).map { Array(UnsafeRawBufferPointer(start: $0, count: length)) } ?? []
    receive(.answer(token: token, body: body, isNobody: natsMsg_IsNoResponders(message)))
  }

  static func closed(_ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let (number, receive) = of(context) else { return }
    receive(.closed(connection: number, reason: lastError(connection) ?? "the server closed the connection"))
  }

  static func complaint(_ connection: OpaquePointer?, _ status: natsStatus, _ context: UnsafeMutableRawPointer?) {
    guard let (number, receive) = of(context) else { return }
    receive(
      .complaint(connection: number, reason: lastError(connection) ?? String(cString: natsStatus_GetText(status))))
  }

  private static func lastError(_ connection: OpaquePointer?) -> String? {
    var text: UnsafePointer<CChar>?
    guard natsConnection_GetLastError(connection, &text) != NATS_OK, let text else { return nil }
    let words = String(cString: text)
    return words.isEmpty ? nil : words
  }
}
