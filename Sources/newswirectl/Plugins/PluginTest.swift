import ArgumentParser
import Authoring
import Manifest
import Service
import Values
import Workers

/// `newswirectl plugin test`: the plugin's rules over its samples.
struct PluginTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run a plugin over its samples and compare field by field.",
    discussion: """
      A sample is a page, samples/NAME.html beside plugin.toml, and what the plugin must make of it, samples/NAME.json: \
      {"url": "https://…", "article": {…}}. Each field is shown with the rule that gave it; what differs, as a difference \
      (- expected, + found). With --update, what is found becomes what is expected: look at the difference first.

      With --live, the publisher's sources are fetched instead, by the settings and manners of newswire.toml, and the newest \
      articles are shown with the rule of each field.

      PLUGIN is an id, or the plugin's folder. The exit status is 1 when a field differs.

      EXAMPLES
        newswirectl plugin test ./Plugins/the-examiner
        newswirectl plugin test the-examiner --plugins ./Plugins --update
        newswirectl plugin test the-examiner --live
      """)

  @Argument(help: "The plugin.")
  var plugin: String

  @Flag(help: "Accept what is found as what is expected.")
  var update = false

  @Flag(help: "Fetch the publisher's newest articles and show what the plugin makes of them.")
  var live = false

  @Option(help: "How many articles --live fetches.")
  var count = 3

  @Option(help: "Only this sample: its name without .html.")
  var sample: String?

  @Flag(help: "One JSON object a sample, one a line.")
  var json = false

  @OptionGroup var options: PluginOptions
  @OptionGroup var network: NetworkOptions

  func run() async throws {
    let place = try options.place(plugin)
    if live {
      try await LiveTest(place: place, network: network, count: count).run()
      return
    }
    let outcome = try await TestRun(place: place, only: sample, update: update, json: json).run()
    if !outcome { throw ArgumentParser.ExitCode(1) }
  }
}

/// One pass over a plugin's samples.
struct TestRun {
  let place: PluginPlace
  var only: String?
  var update = false
  var json = false

  /// Whether every sample is as expected.
  func run() async throws -> Bool {
    let manifest = try place.manifest()
    let samples = try place.samples().filter { only == nil || $0.name == only }
    guard !samples.isEmpty else {
      try fail(
        only.map { "\(place.folder)/samples holds no \($0).html" }
          ?? "\(place.id) has no samples: put a page into \(place.folder)/samples/NAME.html and its address into NAME.json",
        .data)
    }
    let reading = await PluginReading(place: place, manifest: manifest)
    var isGood = true
    var fieldCount = 0
    var different = 0
    for stored in samples {
      let fields: [FieldComparison]
      let found: JSON
      do {
        let report = try await reading.article(
          try Input.bytes(of: stored.page), url: stored.sample.url, contentType: stored.sample.contentType)
        found = report["article"] ?? .null
        fields = Comparison.fields(expected: stored.sample.article ?? .null, found: found, rules: report["rules"])
      } catch {
        isGood = false
        different += 1
        tell(stored.name, error: "\(error)")
        continue
      }
      let differences = fields.filter { !$0.isEqual }
      fieldCount += fields.count
      different += differences.count
      if update, !differences.isEmpty || stored.sample.article == nil {
        var sample = stored.sample
        sample.article = found
        try AtomicFile.write(sample.json.bytes(pretty: true) + [0x0A], to: stored.facts)
      } else if !differences.isEmpty {
        isGood = false
      }
      tell(stored, fields)
    }
    await reading.stop()
    if !json {
      let summary = "\(samples.count) samples, \(fieldCount) fields, \(different) different"
      Terminal.write(
        styled(
          summary + (update && different > 0 ? ", accepted" : ""), different == 0 ? .green : update ? .yellow : .boldRed
        ) + "\n")
    }
    return isGood
  }

  private func tell(_ name: String, error: String) {
    if json {
      Terminal.write(JSON.object(JSONObject([("sample", .string(name)), ("error", .string(error))])).text() + "\n")
    } else {
      Terminal.write(styled(name, .bold) + "\n  " + styled("✗ " + error, .boldRed) + "\n")
    }
  }

  private func tell(_ stored: PluginPlace.StoredSample, _ fields: [FieldComparison]) {
    guard !json else {
      let list: [JSON] = fields.map { field in
        var entry = JSONObject([("field", .string(field.field)), ("equal", .bool(field.isEqual))])
        entry.set("rule", field.rule)
        if !field.isEqual {
          entry["expected"] = .array(field.expected.map { .string($0) })
          entry["found"] = .array(field.found.map { .string($0) })
        }
        return .object(entry)
      }
      Terminal.write(
        JSON.object(JSONObject([("sample", .string(stored.name)), ("fields", .array(list))])).text() + "\n")
      return
    }
    Terminal.write(styled(stored.name, .bold) + styled("  \(stored.sample.url)", .dim) + "\n")
    for field in fields { Terminal.write(FieldReport.text(field, isNew: stored.sample.article == nil)) }
  }
}

/// A compared field as lines for a person.
enum FieldReport {
  static func text(_ field: FieldComparison, isNew: Bool) -> String {
    let name = field.field + String(repeating: " ", count: max(1, 15 - field.field.count))
    let rule = field.rule.map { $0 == "generic" ? "generic" : $0 } ?? "nothing"
    if field.isEqual { return "  " + styled("✓ ", .green) + name + styled(rule, .dim) + "\n" }
    if isNew {
      let first = field.found.first.map { $0.count > 70 ? $0.prefix(69) + "…" : $0 } ?? ""
      return "  " + styled("• ", .yellow) + name + first + styled("  \(rule)", .dim) + "\n"
    }
    var out = "  " + styled("✗ ", .boldRed) + name + styled(rule, .dim) + "\n"
    var same = 0
    for part in TextDiff.parts(field.expected, field.found) {
      switch part {
      case .same: same += 1
      case .gone(let line):
        out += skipped(&same) + "      " + styled("- " + line, .red) + "\n"
      case .new(let line):
        out += skipped(&same) + "      " + styled("+ " + line, .green) + "\n"
      }
    }
    return out + skipped(&same)
  }

  private static func skipped(_ count: inout Int) -> String {
    defer { count = 0 }
    return count == 0 ? "" : "      " + styled("  … \(count) equal", .dim) + "\n"
  }
}
