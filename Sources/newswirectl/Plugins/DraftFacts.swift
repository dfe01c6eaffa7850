import Authoring
import Dates
import Manifest
import Service

/// The facts of a new plugin that a person may give, by options or when asked: each is looked at by itself.
enum DraftFact: CaseIterable {
  case name, id, country, language, zone

  var key: String { "\(self)" }

  var label: String { key.prefix(1).uppercased() + key.dropFirst() }

  var path: WritableKeyPath<PluginDraft, String> {
    switch self {
    case .name: \.name
    case .id: \.id
    case .country: \.country
    case .language: \.language
    case .zone: \.zone
    }
  }

  /// What is wrong with a value, and what would be right; nil when it will do.
  func problem(_ value: String, into folder: String) -> String? {
    switch self {
    case .name:
      return value.isEmpty ? "the publisher's name as readers know it" : nil
    case .id:
      guard !value.isEmpty, value == PluginDraft.id(from: value) else {
        let better = PluginDraft.id(from: value)
        return "lower-case letters, digits and hyphens only" + (better.isEmpty ? "" : ", such as \(better)")
      }
      let place = "\(folder)/\(value)"
      return Paths.exists(place)
        ? "\(place) is there already: choose another id, or go on with: newswirectl plugin test \(place)" : nil
    case .country:
      if Countries.isCode(value) { return nil }
      let meant = Countries.meant(by: value) ?? (Countries.isCode(value.lowercased()) ? value.lowercased() : nil)
      return "two lower-case letters of ISO 3166-1, such as \(meant ?? "gb")"
    case .language:
      return Lint.isLanguageTag(value) ? nil : "a BCP 47 tag, such as en or pt-BR"
    case .zone:
      do throws(ZoneError) {
        _ = try Zone(name: value)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}

/// Asks on a terminal what a person knows better than the pages say. An answer that will not do is asked for again.
struct DraftQuestions {
  let into: String
  /// Facts that options have given.
  let given: Set<DraftFact>

  /// The facts that were answered with more than Enter.
  func ask(_ draft: inout PluginDraft) -> Set<DraftFact> {
    var answered: Set<DraftFact> = []
    Terminal.write("Enter keeps what stands in brackets.\n")
    for fact in DraftFact.allCases {
      if fact == .id, given.isDisjoint(with: [.id, .name]) { draft.id = PluginDraft.id(from: draft.name) }
      guard let isAnswered = ask(fact, &draft) else {
        // The end of the input: what was found stands.
        Terminal.write("\n")
        break
      }
      if isAnswered { answered.insert(fact) }
    }
    return answered
  }

  /// Whether a value was typed; nil at the end of the input.
  private func ask(_ fact: DraftFact, _ draft: inout PluginDraft) -> Bool? {
    while true {
      let mark = draft.guessed.contains(fact.key) ? styled(" (a guess)", .yellow) : ""
      Terminal.write("\(fact.label)\(mark) [\(draft[keyPath: fact.path])]: ")
      guard let line = readLine(strippingNewline: true) else { return nil }
      let text = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let value = text.isEmpty ? draft[keyPath: fact.path] : text
      if let problem = fact.problem(value, into: into) {
        Terminal.write(styled("  \(value): \(problem)", .yellow) + "\n")
        continue
      }
      if !text.isEmpty {
        draft[keyPath: fact.path] = text
        draft.guessed.remove(fact.key)
      }
      return !text.isEmpty
    }
  }
}
