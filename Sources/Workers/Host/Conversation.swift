import Dates
import Manifest
import Values
import WorkerProtocol

/// What is said to one worker: which settings it already has, and the messages that a job needs.
struct Conversation {
  let catalogue: Catalogue
  private var sentPlugins: Set<String> = []
  private var sentSets: Set<String> = []
  private var sentZones: Set<String> = []
  private var nextID = 1

  init(catalogue: Catalogue) { self.catalogue = catalogue }

  /// The settings to send before a job, and the job itself with its number. A body that no worker would take is refused
  /// here: the worker could only hang up on it.
  mutating func messages(for job: Job) throws(JobError) -> (settings: [Frame], job: Frame, id: Int) {
    guard job.body.count <= Frame.bodyLimit else {
      throw JobError(
        .refused, reason: "too-large",
        "the document has \(job.body.count >> 20) MiB, and no more than \(Frame.bodyLimit >> 20) MiB are read")
    }
    var settings: [Frame] = []
    let id = nextID
    nextID += 1
    var header = JSONObject([("id", JSON(id))])
    header.set("url", job.url?.description)
    header.set("content_type", job.contentType)
    if let zone = job.zone {
      settings += message(zone: zone)
      header["zone"] = .string(zone)
    }
    switch job.task {
    case .parse(let select):
      header["type"] = "parse"
      header.set("select", select)
    case .suggest: header["type"] = "suggest"
    case .opml: header["type"] = "opml"
    case .form(let passwordField):
      header["type"] = "form"
      header["password_field"] = .string(passwordField)
    case .extract(let plugin), .inspect(let plugin):
      header["type"] = "extract"
      if case .inspect = job.task { header["type"] = "inspect" }
      if let plugin {
        settings += message(plugin: plugin)
        header["plugin"] = .string(plugin)
      }
    }
    return (settings, Frame(header, body: job.body), id)
  }

  /// The result in an answer, as JSON text. `worker` names who answered, for the error.
  static func result(of answer: Frame, id: Int, worker: String) throws(JobError) -> [UInt8] {
    guard answer.header["id"]?.integer == id else {
      throw JobError(.protocolViolation, "\(worker) answered another job")
    }
    switch answer.type {
    case "result": return answer.body
    case "error":
      var error = JobError(
        .refused, reason: answer.header["reason"]?.string, answer.header["message"]?.string ?? "no reason given",
        hint: answer.header["hint"]?.string)
      error.feeds = (answer.header["feeds"]?.array ?? []).compactMap { $0.string.flatMap { WebURL($0) } }
      throw error
    default: throw JobError(.protocolViolation, "\(worker) answered \"\(answer.type.prefix(40))\"")
    }
  }

  private mutating func message(plugin id: String) -> [Frame] {
    guard !sentPlugins.contains(id), let manifest = catalogue[id] else { return [] }
    sentPlugins.insert(id)
    var header = JSONObject([("type", "plugin"), ("plugin", .string(id))])
    header["file"] = .string(manifest.file)
    let rules = Frame(header, body: Array(manifest.text.utf8))
    return manifest.sets.flatMap { message(set: $0) } + [rules] + message(zone: manifest.publisher.zone)
  }

  /// A shared rule set goes before the first plugin that extends it.
  private mutating func message(set: RuleSets.File) -> [Frame] {
    guard sentSets.insert(set.name).inserted else { return [] }
    let header = JSONObject([("type", "rules"), ("rules", .string(set.name)), ("file", .string(set.path))])
    return [Frame(header, body: Array(set.text.utf8))]
  }

  private mutating func message(zone: String) -> [Frame] {
    guard !sentZones.contains(zone), let bytes = try? Zone.file(named: zone) else { return [] }
    sentZones.insert(zone)
    return [Frame(JSONObject([("type", "zone"), ("zone", .string(zone))]), body: bytes)]
  }
}
