import Values

/// A publisher as `status` answers it, read once. Pure.
struct PublisherRow: Equatable {
  struct Ailment: Equatable {
    var kind: String
    var reason: String
  }

  var id: String
  var name: String
  var sources: Int
  var failing: Int
  var lastSuccess: Timestamp?
  var nextFetch: Timestamp?
  var today: Int
  /// Articles that there usually are by this time of day; nil while unknown.
  var usualByNow: Int?
  var usualDay: Int?
  var total: Int
  var waiting: Int
  /// Shares, 0...1; nil while unknown.
  var fill: Double?
  var fillUsual: Double?
  var whole: Double?
  var lastError: String?
  /// Fields whose rules find nothing any more.
  var brokenRules: Int
  /// A rule that failed on a page, and how.
  var ruleFailure: String?
  var ailments: [Ailment]

  init(_ json: JSON) {
    func time(_ key: String) -> Timestamp? { json[key]?.string.flatMap { Timestamp(rfc3339: $0) } }
    id = json["id"]?.string ?? "?"
    name = json["name"]?.string ?? id
    sources = json["sources"]?.integer ?? 0
    failing = json["failing"]?.integer ?? 0
    lastSuccess = time("last_success")
    nextFetch = time("next_fetch")
    today = json["articles_today"]?.integer ?? 0
    usualByNow = json["usual_by_now"]?.integer
    usualDay = json["usual_day"]?.integer
    total = json["articles_total"]?.integer ?? 0
    waiting = json["waiting"]?.integer ?? 0
    fill = json["fill"]?.number
    fillUsual = json["fill_usual"]?.number
    whole = json["whole"]?.number
    lastError = json["last_error"]?.string
    brokenRules = json["broken_rules"]?.array?.count ?? 0
    ruleFailure = json["rule_failure"]?.string
    ailments = (json["ailments"]?.array ?? []).map {
      Ailment(kind: $0["kind"]?.string ?? "?", reason: $0["reason"]?.string ?? "")
    }
  }

  /// Whether nothing at all comes from it.
  var isDown: Bool { ailments.contains { $0.kind == "failing" || $0.kind == "silent" } }

  /// 0 well, 1 something is wrong, 2 nothing comes.
  var trouble: Int { isDown ? 2 : ailments.isEmpty && failing == 0 ? 0 : 1 }

  /// What is wrong, one phrase each.
  var problems: [String] {
    var found = ailments.map { "\($0.kind): \($0.reason)" }
    if ailments.isEmpty, failing > 0 { found.append(lastError ?? "failing") }
    if let ruleFailure { found.append("a rule fails: \(ruleFailure)") }
    return found
  }
}

/// A whole status, read once. Pure.
struct StatusSnapshot {
  let json: JSON
  let publishers: [PublisherRow]
  /// Plugins that are not in use because they hold mistakes or cannot be read.
  let refused: [(id: String, problems: [String])]
  /// What else of the daemon itself is not as it should be, one sentence each.
  let ownProblems: [String]

  init(_ json: JSON) {
    self.json = json
    ownProblems =
      (json["settings_problems"]?.array ?? []).compactMap(\.string) + [json["log_problem"]?.string].compactMap { $0 }
    refused = (json["refused_plugins"]?.array ?? []).map { plugin in
      (plugin["id"]?.string ?? "?", (plugin["problems"]?.array ?? []).compactMap(\.string))
    }
    publishers = (json["publishers"]?.array ?? []).map(PublisherRow.init)
  }
}
