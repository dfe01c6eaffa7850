public import Values

// The control protocol: one JSON object a line in both directions over a Unix stream socket.
//
//     → {"v":1,"verb":"fetch","publisher":"bbc","wait":true}
//     ← {"v":1,"ok":true,"progress":{…}}                                            any number of them
//     ← {"v":1,"ok":true,"result":{…},"done":true}
//     ← {"v":1,"ok":false,"error":{"code":"not-found","message":"…","hint":"…"},"done":true}
//
// A request's arguments stand beside `verb`. Requests of one connection are answered in order. A line that is not
// understood gets an error, and the connection stays usable, except after a line that is too long.

/// The version of the control protocol this code speaks.
public let controlVersion = 1

/// One command to the daemon.
public struct ControlRequest: Sendable, Equatable {
  public var verb: String
  /// All members but `v` and `verb`.
  public var arguments: JSONObject

  public init(verb: String, arguments: JSONObject = JSONObject()) {
    (self.verb, self.arguments) = (verb, arguments)
  }

  /// Reads a line without its line break.
  init(line: [UInt8]) throws(ControlError) {
    let json: JSON
    do {
      json = try JSON(parsing: line)
    } catch {
      throw ControlError(.badRequest, "The request is not JSON: \(error).", hint: "Send one JSON object a line.")
    }
    guard var object = json.object else {
      throw ControlError(.badRequest, "The request is not a JSON object.", hint: "Send one JSON object a line.")
    }
    guard let version = object["v"]?.integer else {
      throw ControlError(.badRequest, "The request has no version.", hint: "Add \"v\":\(controlVersion).")
    }
    guard version == controlVersion else {
      throw ControlError(
        .unsupportedVersion, "The request is of version \(version), this daemon speaks version \(controlVersion).",
        hint: "Use the newswirectl that came with this newswired.")
    }
    guard let verb = object["verb"]?.string, !verb.isEmpty else {
      throw ControlError(.badRequest, "The request has no verb.", hint: "Add \"verb\":\"status\", for example.")
    }
    object["v"] = nil
    object["verb"] = nil
    self.init(verb: verb, arguments: object)
  }

  /// The request as its line, line break included.
  var line: [UInt8] {
    var object = JSONObject([(key: "v", value: JSON(controlVersion)), (key: "verb", value: .string(verb))])
    for (key, value) in arguments where key != "v" && key != "verb" { object[key] = value }
    return JSON.object(object).bytes() + [UInt8(ascii: "\n")]
  }
}

/// Why a request was not carried out.
public struct ControlError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What programs go by. Codes are never renamed.
  public struct Code: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The line is not a request.
    public static let badRequest = Code(rawValue: "bad-request")
    /// The line is longer than the server reads.
    public static let tooLong = Code(rawValue: "too-long")
    public static let unsupportedVersion = Code(rawValue: "unsupported-version")
    public static let unknownVerb = Code(rawValue: "unknown-verb")
    /// The verb needs rights that the peer does not have.
    public static let forbidden = Code(rawValue: "forbidden")
    /// What the request names (a publisher, a source) does not exist.
    public static let notFound = Code(rawValue: "not-found")
    /// Too many connections, or the same is already going on.
    public static let busy = Code(rawValue: "busy")
    /// The daemon starts or stops.
    public static let unavailable = Code(rawValue: "unavailable")
    /// It cannot be done at this time, and the same again later may succeed.
    public static let notNow = Code(rawValue: "not-now")
    /// It was tried and failed.
    public static let failed = Code(rawValue: "failed")
    /// A configuration was refused.
    public static let refused = Code(rawValue: "refused")
    /// A bug.
    public static let internalFault = Code(rawValue: "internal")
  }

  public var code: Code
  /// What went wrong, a sentence.
  public var message: String
  /// What to do about it, a sentence.
  public var hint: String?

  public init(_ code: Code, _ message: String, hint: String? = nil) {
    (self.code, self.message, self.hint) = (code, message, hint)
  }

  /// The answer to a verb that the handler does not know.
  public static func unknownVerb(_ verb: String) -> ControlError {
    ControlError(
      .unknownVerb, "The daemon does not know the command “\(verb)”.",
      hint: "Use the newswirectl that came with this newswired.")
  }

  public var description: String {
    guard let hint else { return message }
    // Several mistakes stand on a line each.
    if message.contains("\n") { return message + "\n" + hint }
    // A mistake in a file is told without a full stop.
    return message + (message.last.map { ".!?".contains($0) } == true ? " " : ". ") + hint
  }

  /// The exit status of a program that met this error.
  public var exitStatus: ExitStatus {
    switch code {
    case .badRequest, .unknownVerb, .notFound, .tooLong: .usage
    case .forbidden: .permission
    case .busy, .notNow, .failed: .temporary
    case .refused: .configuration
    case .internalFault: .software
    default: .unavailable
    }
  }
}

/// One line from the daemon.
enum ControlResponse: Equatable {
  case progress(JSON)
  case result(JSON)
  case failure(ControlError)

  var line: [UInt8] {
    var object = JSONObject([(key: "v", value: JSON(controlVersion))])
    switch self {
    case .progress(let value):
      object["ok"] = true
      object["progress"] = value
    case .result(let value):
      object["ok"] = true
      object["result"] = value
      object["done"] = true
    case .failure(let error):
      object["ok"] = false
      var detail = JSONObject()
      detail.set("code", error.code.rawValue)
      detail.set("message", error.message)
      detail.set("hint", error.hint)
      object["error"] = .object(detail)
      object["done"] = true
    }
    return JSON.object(object).bytes() + [UInt8(ascii: "\n")]
  }

  /// Reads a line without its line break; nil when it is no response of this version.
  init?(line: [UInt8]) {
    guard let json = try? JSON(parsing: line), json["v"]?.integer == controlVersion, let ok = json["ok"]?.bool else {
      return nil
    }
    if !ok {
      guard let error = json["error"], let code = error["code"]?.string, let message = error["message"]?.string else {
        return nil
      }
      self = .failure(
        ControlError(ControlError.Code(rawValue: code), escapingControls(ofLines: message), hint: error["hint"]?.string)
      )
    } else if let progress = json["progress"] {
      self = .progress(progress)
    } else if let result = json["result"] {
      self = .result(result)
    } else {
      return nil
    }
  }
}
