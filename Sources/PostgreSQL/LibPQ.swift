// PostgreSQL: connections to a PostgreSQL server through libpq, which is loaded when the first one is wanted: a machine
// that keeps its state in a file needs no libpq, and its programs link none.
// It must not know what is kept there.

internal import Glibc

/// The functions of libpq that are used, with the types its manual gives them (PostgreSQL 14, chapter 34, and later).
///
/// Written by hand instead of imported: importing the header would want it on every machine that builds newswire.
final class LibPQ: @unchecked Sendable {  // Functions of C and nothing else; nothing changes once they are found.
  typealias Connection = OpaquePointer
  typealias Result = OpaquePointer
  typealias Text = UnsafePointer<CChar>
  typealias Texts = UnsafePointer<Text?>
  typealias Ignored = @convention(c) (UnsafeMutableRawPointer?, Text?) -> Void

  let connectStart: @convention(c) (Texts, Texts, Int32) -> Connection?
  let connectPoll: @convention(c) (Connection) -> Int32
  let status: @convention(c) (Connection) -> Int32
  let socket: @convention(c) (Connection) -> Int32
  let finish: @convention(c) (Connection) -> Void
  let errorMessage: @convention(c) (Connection) -> Text?
  let needsPassword: @convention(c) (Connection) -> Int32
  let setVerbosity: @convention(c) (Connection, Int32) -> Int32
  let setNoticeProcessor: @convention(c) (Connection, Ignored?, UnsafeMutableRawPointer?) -> OpaquePointer?
  let setNonBlocking: @convention(c) (Connection, Int32) -> Int32
  let backendPID: @convention(c) (Connection) -> Int32
  let serverVersion: @convention(c) (Connection) -> Int32

  let enterPipeline: @convention(c) (Connection) -> Int32
  let exitPipeline: @convention(c) (Connection) -> Int32
  let pipelineSync: @convention(c) (Connection) -> Int32
  let sendQuery: @convention(c) (Connection, Text) -> Int32
  let sendPrepare: @convention(c) (Connection, Text, Text, Int32, UnsafePointer<UInt32>?) -> Int32
  let sendPrepared:
    @convention(c) (Connection, Text, Int32, Texts?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32) -> Int32
  let putCopyData: @convention(c) (Connection, Text, Int32) -> Int32
  let putCopyEnd: @convention(c) (Connection, Text?) -> Int32
  let flush: @convention(c) (Connection) -> Int32
  let consumeInput: @convention(c) (Connection) -> Int32
  let isBusy: @convention(c) (Connection) -> Int32

  let getResult: @convention(c) (Connection) -> Result?
  let resultStatus: @convention(c) (Result) -> Int32
  let errorField: @convention(c) (Result, Int32) -> Text?
  let resultError: @convention(c) (Result) -> Text?
  let affectedRows: @convention(c) (Result) -> Text?
  let rowCount: @convention(c) (Result) -> Int32
  let value: @convention(c) (Result, Int32, Int32) -> Text?
  let length: @convention(c) (Result, Int32, Int32) -> Int32
  let isNull: @convention(c) (Result, Int32, Int32) -> Int32
  let clear: @convention(c) (Result) -> Void

  /// The library, or why it could not be had.
  static let loaded: Swift.Result<LibPQ, PostgresError> = load("libpq.so.5")

  static func load(_ name: String) -> Swift.Result<LibPQ, PostgresError> {
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
      return .failure(
        PostgresError(.refused, "the PostgreSQL client library is missing (\(reason)): apt install libpq5"))
    }
    // Never closed: its functions are kept for good.
    return Swift.Result { () throws(PostgresError) in try LibPQ(handle: handle) }
  }

  private init(handle: UnsafeMutableRawPointer) throws(PostgresError) {
    func find<Function>(_ name: String) throws(PostgresError) -> Function {
      guard let address = dlsym(handle, name) else {
        throw PostgresError(.refused, "the PostgreSQL client library has no \(name); version 14 or later is needed")
      }
      return unsafeBitCast(address, to: Function.self)
    }
    connectStart = try find("PQconnectStartParams")
    connectPoll = try find("PQconnectPoll")
    status = try find("PQstatus")
    socket = try find("PQsocket")
    finish = try find("PQfinish")
    errorMessage = try find("PQerrorMessage")
    needsPassword = try find("PQconnectionNeedsPassword")
    setVerbosity = try find("PQsetErrorVerbosity")
    setNoticeProcessor = try find("PQsetNoticeProcessor")
    setNonBlocking = try find("PQsetnonblocking")
    backendPID = try find("PQbackendPID")
    serverVersion = try find("PQserverVersion")
    enterPipeline = try find("PQenterPipelineMode")
    exitPipeline = try find("PQexitPipelineMode")
    pipelineSync = try find("PQpipelineSync")
    sendQuery = try find("PQsendQuery")
    sendPrepare = try find("PQsendPrepare")
    sendPrepared = try find("PQsendQueryPrepared")
    putCopyData = try find("PQputCopyData")
    putCopyEnd = try find("PQputCopyEnd")
    flush = try find("PQflush")
    consumeInput = try find("PQconsumeInput")
    isBusy = try find("PQisBusy")
    getResult = try find("PQgetResult")
    resultStatus = try find("PQresultStatus")
    errorField = try find("PQresultErrorField")
    resultError = try find("PQresultErrorMessage")
    affectedRows = try find("PQcmdTuples")
    rowCount = try find("PQntuples")
    value = try find("PQgetvalue")
    length = try find("PQgetlength")
    isNull = try find("PQgetisnull")
    clear = try find("PQclear")
  }

  /// ConnStatusType, PostgresPollingStatusType, ExecStatusType and PGVerbosity, as far as they are used.
  enum Status {
    static let ok: Int32 = 0
    static let pollFailed: Int32 = 0
    static let pollReading: Int32 = 1
    static let pollWriting: Int32 = 2
    static let pollOK: Int32 = 3
    static let commandOK: Int32 = 1
    static let tuplesOK: Int32 = 2
    static let copyIn: Int32 = 4
    static let pipelineSync: Int32 = 10
    static let pipelineAborted: Int32 = 11
    static let verbose: Int32 = 2
  }
}
