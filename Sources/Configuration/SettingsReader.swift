public import TOML

extension Settings {
  /// Reads `file` and then the drop-ins `<file>.d/*.toml` in the order of their names; a later setting replaces an
  /// earlier one. Throws every problem of all files at once.
  ///
  /// - Parameters:
  ///   - required: whether `file` must exist; the default place may be empty.
  ///   - leftOut: the path of a drop-in that is passed over, for whoever asks what holds without it.
  public init(file: String, required: Bool, without leftOut: String? = nil) throws(Problems) {
    self.init()
    var problems: [Problem] = []
    let folder = file + ".d"
    let dropIns = SettingsFile.names(in: folder).filter { $0.hasSuffix(".toml") }.map { "\(folder)/\($0)" }
    for (path, required) in [(file, required)] + dropIns.filter({ $0 != leftOut }).map({ ($0, true) }) {
      let text: String
      do throws(SettingsFile.Failure) {
        text = try SettingsFile.text(of: path)
      } catch {
        guard required || !error.isAbsent else { continue }
        var problem = error.problem
        if path == file { problem.message += ", or name another file with --config" }
        problems.append(problem)
        continue
      }
      problems += lay(text, file: path)
    }
    // What is in a folder that cannot be looked into goes missing otherwise, and nobody would know.
    if let problem = SettingsFile.problem(inFolder: folder) { problems.append(problem) }
    problems += contradictions
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Lays the settings of one text over these.
  public mutating func apply(_ text: String, file: String) throws(Problems) {
    let problems = lay(text, file: file) + contradictions
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// The same, giving back what is wrong with the text by itself.
  private mutating func lay(_ text: String, file: String) -> [Problem] {
    let log = TableReader.ProblemLog(file: file)
    do throws(TOMLError) {
      let table = try TOMLTable(parsing: text)
      let top = TableReader(table, position: Position(line: 1, column: 1), log: log)
      top.child("paths").map { paths.read($0) }
      top.child("fetch").map { fetch.read($0) }
      top.child("schedule").map { schedule.read($0) }
      top.child("push").map { push.read($0) }
      top.child("queue").map { queue.read($0) }
      top.child("pages").map { pages.read($0) }
      top.child("workers").map { workers.read($0) }
      top.child("log").map { self.log.read($0) }
      top.child("publishers").map { publishers.read($0) }
      top.child("forward").map { forward.read($0) }
      top.child("state").map { state.read($0) }
      top.child("fleet").map { fleet.read($0) }
      top.finish()
      places.note(table, file: file)
    } catch {
      log.add(error.reason, at: error.position)
    }
    return log.problems
  }

  /// Settings that do not go together. They may stand in different files, so this is for the end of all of them.
  private var contradictions: [Problem] {
    var found: [Problem] = []
    func refuse(_ keys: [String], _ message: String) {
      // None of them written: then it is not what somebody set that is wrong.
      guard let place = keys.lazy.compactMap({ places.origin($0) }).first else { return }
      found.append(Problem(file: place.file, position: place.position, message: message))
    }
    if schedule.maxInterval < schedule.minInterval {
      refuse(
        ["schedule.max_interval", "schedule.min_interval"],
        "schedule.max_interval is shorter than schedule.min_interval")
    }
    if push.lease < 3600 { refuse(["push.lease"], "push.lease must be at least an hour") }
    return found
  }
}

extension TableReader {
  fileprivate func set<T>(_ target: inout T, _ value: T?) { if let value { target = value } }

  fileprivate func number(_ target: inout Int, _ key: String, _ range: ClosedRange<Int64>) {
    set(&target, integer(key, in: range))
  }

  fileprivate func texts(_ key: String) -> [String]? {
    let found = strings(key).map(\.text)
    return table[key] == nil ? nil : found
  }

  fileprivate func choice<T: RawRepresentable & CaseIterable>(_ target: inout T, _ key: String)
  where T.RawValue == String {
    guard let text = string(key) else { return }
    if let value = T(rawValue: text) {
      target = value
    } else {
      let names = T.allCases.map(\.rawValue).joined(separator: ", ")
      report("\(path).\(key) must be one of \(names)", at: table[key]?.position ?? position)
    }
  }

  /// A path that does not depend on the folder the daemon was started in, unless it says so with a dot.
  fileprivate func file(_ target: inout String, _ key: String) {
    guard let text = string(key) else { return }
    if text.isEmpty {
      report("\(path).\(key) is empty", at: table[key]?.position ?? position)
    } else {
      target = text
    }
  }
}

extension Settings.Paths {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.file(&state, "state")
    reader.file(&spool, "spool")
    reader.set(&plugins, reader.texts("plugins"))
    reader.file(&socket, "socket")
    if let folder = reader.string("credentials") {
      credentials = folder
      if !folder.hasPrefix("/"), !folder.hasPrefix(".") {
        reader.report(
          "paths.credentials must be a path", at: reader.table["credentials"]?.position ?? reader.position)
      }
    }
    reader.finish()
  }
}

extension Settings.Fetch {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.set(&contact, reader.string("contact").map { $0 })
    if let text = reader.string("user_agent") { userAgent = text.isEmpty ? nil : text }
    reader.number(&concurrency, "concurrency", 1...1000)
    reader.number(&groupConcurrency, "group_concurrency", 1...64)
    reader.set(&groupGap, reader.duration("group_gap"))
    reader.set(&http2, reader.boolean("http2"))
    reader.set(&timeout, reader.duration("timeout"))
    reader.set(&connectTimeout, reader.duration("connect_timeout"))
    reader.set(&feedLimit, reader.size("feed_limit"))
    reader.set(&pageLimit, reader.size("page_limit"))
    reader.set(&connectTo, reader.texts("connect_to"))
    reader.set(&caFile, reader.string("ca_file").map { $0 })
    reader.set(&allowAddresses, reader.texts("allow_addresses"))
    if let entry = reader.entry("allow_ports") {
      allowPorts = reader.elements(of: entry).compactMap { element in
        if case .integer(let port) = element.kind, (1...65_535).contains(port) { return Int(port) }
        reader.report("fetch.allow_ports must hold port numbers", at: element.position)
        return nil
      }
    }
    reader.set(&robots, reader.boolean("robots"))
    if let entry = reader.entry("separate_hosts") {
      separateHosts = reader.elements(of: entry).compactMap { element in
        guard case .string(let text) = element.kind else {
          reader.report("fetch.separate_hosts must hold strings, not \(element.kindName)", at: element.position)
          return nil
        }
        if let mistake = Self.mistake(inHost: text) {
          reader.report("fetch.separate_hosts: \(mistake)", at: element.position)
          return nil
        }
        return text
      }
    }
    if let bytes = reader.size("bandwidth") { bandwidth = bytes == 0 ? nil : bytes }
    if let text = reader.string("proxy") { proxy = text.isEmpty ? nil : text }
    if let text = reader.string("proxy_credential") { proxyCredential = text.isEmpty ? nil : text }
    if reader.table["proxies"] != nil {
      proxies = reader.stringTable("proxies").map { Proxy(publisher: $0.key, address: $0.value) }
    }
    reader.finish()
  }

  /// What is wrong with the name of a host; nil when it can be one.
  private static func mistake(inHost text: String) -> String? {
    // An IPv6 address stands in brackets, as in addresses of pages.
    let isAddress = text.hasPrefix("[") && text.hasSuffix("]")
    let name = isAddress ? text.dropFirst().dropLast() : text[...]
    let isHost =
      !name.isEmpty && !name.hasPrefix(".") && !name.hasSuffix(".")
      && name.unicodeScalars.allSatisfy { scalar in
        // A name in any script: what it is on the wire is the fetcher's matter.
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-._".unicodeScalars.contains(scalar)
          || scalar.properties.canonicalCombiningClass != .notReordered || isAddress && scalar == ":"
      }
    if isHost { return nil }
    return "\"\(text)\" is no host; name one such as \"feeds.example.org\", without http://, port and path"
  }
}

extension Settings.Push {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.set(&listen, reader.string("listen"))
    if let text = reader.string("url") { url = text.isEmpty ? nil : text }
    reader.set(&lease, reader.duration("lease"))
    reader.set(&limit, reader.size("limit"))
    reader.finish()
  }
}

extension Settings.Schedule {
  /// Without any, a list would be asked again and again; and doubling 0 would never lead anywhere.
  private static let rests = 1...TableReader.longest

  fileprivate mutating func read(_ reader: TableReader) {
    reader.set(&minInterval, reader.duration("min_interval"))
    reader.set(&maxInterval, reader.duration("max_interval", in: Self.rests))
    reader.number(&pageAttempts, "page_attempts", 1...100)
    reader.set(&pageRetry, reader.duration("page_retry", in: Self.rests))
    reader.set(&sourceRetry, reader.duration("source_retry", in: Self.rests))
    reader.set(&revisit, reader.durations("revisit"))
    reader.number(&rememberDays, "remember_days", 1...36_500)
    reader.finish()
  }
}

extension Settings.Queue {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.number(&maxFiles, "max_files", 10...100_000_000)
    // A queue that may hold nothing is full for ever.
    reader.set(&maxBytes, reader.size("max_bytes", in: 1...Int.max))
    reader.set(&minFreeBytes, reader.size("min_free_bytes"))
    reader.number(&minFreeInodes, "min_free_inodes", 0...1_000_000_000)
    reader.number(&publisherShare, "publisher_share", 1...100)
    reader.set(&anyFileSystem, reader.boolean("any_file_system"))
    reader.finish()
  }
}

extension Settings.Pages {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.set(&maxBytes, reader.size("max_bytes"))
    reader.set(&maxAge, reader.duration("max_age"))
    reader.finish()
  }
}

extension Settings.Workers {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.set(&program, reader.string("program").map { $0 })
    reader.set(&arguments, reader.texts("arguments"))
    if let number = reader.integer("count", in: 1...256) { count = number }
    reader.set(&jobLimit, reader.duration("job_limit", in: 1...86_400))
    reader.number(&programAttempts, "program_attempts", 1...1000)
    reader.set(&programRetry, reader.duration("program_retry"))
    reader.set(&programProbe, reader.duration("program_probe"))
    reader.finish()
  }
}

extension Settings.Log {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.choice(&level, "level")
    reader.choice(&target, "target")
    reader.set(&file, reader.string("file").map { $0 })
    reader.set(&fileSize, reader.size("file_size", in: 64 << 10...Int.max))
    reader.number(&files, "files", 1...1000)
    reader.finish()
  }
}

extension Settings.Publishers {
  fileprivate mutating func read(_ reader: TableReader) {
    reader.set(&only, reader.texts("only").map { $0 })
    reader.set(&disabled, reader.texts("disabled"))
    reader.finish()
  }
}

extension Settings.Forward {
  fileprivate mutating func read(_ reader: TableReader) {
    if let entry = reader.entry("urls") {
      urls = reader.elements(of: entry).compactMap { element in
        guard case .string(let text) = element.kind else {
          reader.report("forward.urls must hold addresses as strings", at: element.position)
          return nil
        }
        if let mistake = Self.mistake(in: text) {
          reader.report("forward.urls: \(mistake)", at: element.position)
          return nil
        }
        return text
      }
    }
    if let text = reader.string("credential") { credential = text.isEmpty ? nil : text }
    if let text = reader.string("ca_file") { caFile = text.isEmpty ? nil : text }
    if let text = reader.string("stream") {
      stream = text
      if text.isEmpty || !text.utf8.allSatisfy(Self.isNameByte) {
        reader.report(
          "forward.stream must be letters, digits, - and _", at: reader.table["stream"]?.position ?? reader.position)
      }
    }
    if let text = reader.string("prefix") {
      prefix = text
      let tokens = text.split(separator: ".", omittingEmptySubsequences: false)
      if !tokens.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isNameByte) }) {
        reader.report(
          "forward.prefix must be letters, digits, - and _, with single dots between",
          at: reader.table["prefix"]?.position ?? reader.position)
      }
    }
    reader.number(&inFlight, "in_flight", 1...10_000)
    reader.finish()
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }

  /// What is wrong with the address of a server. Says nothing of the text itself when that may hold a password.
  private static func mistake(in address: String) -> String? {
    if address.contains("@") {
      return "an address holds no user and no password; put them into a credential and name it as forward.credential"
    }
    for scheme in ["nats://", "tls://"] where address.hasPrefix(scheme) {
      let rest = address.dropFirst(scheme.count)
      let isHost = !rest.isEmpty && rest.first != ":" && !rest.contains { $0.isWhitespace || "/?#,".contains($0) }
      return isHost ? nil : "\"\(address)\" is no address; write \(scheme)HOST or \(scheme)HOST:PORT"
    }
    return "\"\(address)\" must begin with nats:// or tls://"
  }
}
