import Articles
import Authoring
import Dates
import Extraction
import Feeds
import Manifest
import TOML
import Values
import WorkerProtocol

/// Answers the messages of the protocol, wherever it runs: in a worker, or in the process of an offline verb that finds
/// none. Keeps the rules and zones it was given.
struct JobRunner {
  private var zones: [String: Zone] = [:]
  private var manifests: [String: Manifest] = [:]
  private var sets = RuleSets()
  private var extractors: [String: PageExtractor] = [:]
  private let faults: Bool

  init(faults: Bool = false) { self.faults = faults }

  /// nil for messages without an answer.
  mutating func answer(_ frame: Frame) -> Frame? {
    switch frame.type {
    case "zone":
      let name = frame.header["zone"]?.string ?? ""
      zones[name] = try? Zone(name: name, tzif: frame.body)
      return nil
    case "rules":
      sets.add(
        RuleSets.File(
          name: frame.header["rules"]?.string ?? "", path: frame.header["file"]?.string ?? "rules.toml",
          text: String(decoding: frame.body, as: UTF8.self)))
      return nil
    case "plugin":
      let id = frame.header["plugin"]?.string ?? ""
      let text = String(decoding: frame.body, as: UTF8.self)
      let file = frame.header["file"]?.string ?? "\(id)/plugin.toml"
      // The daemon has checked the plugin; a job for one that does not read here is answered with an error.
      manifests[id] = try? Manifest(parsing: text, file: file, sets: sets, checkingZone: false)
      extractors[id] = nil
      return nil
    case "parse", "extract", "inspect", "suggest", "opml", "form":
      if faults { Faults.act(on: frame.body) }
      guard Gunzip.isGzip(frame.body) else { return work(on: frame) }
      var frame = frame
      do throws(Gunzip.Failure) { frame.body = try Gunzip.unpacked(frame.body) } catch {
        let message = error == .tooLarge ? "the gzip file unpacks to far more than it is" : "the gzip file is damaged"
        return refusal(frame, reason: "bad-gzip", message, hint: "look at it with gunzip, and tell the publisher")
      }
      return work(on: frame)
    default:
      return refusal(frame, reason: "unknown-type", "no job of type \"\(frame.type.prefix(40))\"", hint: nil)
    }
  }

  private mutating func work(on frame: Frame) -> Frame {
    let url = frame.header["url"]?.string.flatMap { WebURL($0) }
    let contentType = frame.header["content_type"]?.string
    let zone = frame.header["zone"]?.string.flatMap { zones[$0] } ?? .utc
    if frame.type == "opml" { return opml(frame, contentType) }
    if frame.type == "form" { return form(frame, contentType) }
    if frame.type == "parse", frame.header["select"] == nil { return parse(frame, url, contentType, zone) }
    // A feed's links are absolute as a rule; a page's are not.
    guard let url else {
      return refusal(frame, reason: "bad-url", "the job has no http or https address", hint: nil)
    }
    switch frame.type {
    case "parse": return links(frame, url, contentType)
    case "inspect": return inspect(frame, url, contentType)
    case "suggest": return suggest(frame, url, contentType)
    default: return extract(frame, url, contentType)
    }
  }

  private func links(_ frame: Frame, _ url: WebURL, _ contentType: String?) -> Frame {
    do throws(SectionPageError) {
      let select = frame.header["select"]?.string ?? ""
      return result(frame, try SectionPage.feed(frame.body, url: url, contentType: contentType, select: select))
    } catch {
      return refusal(frame, reason: "no-items", error.message, hint: error.hint)
    }
  }

  private func parse(_ frame: Frame, _ url: WebURL?, _ contentType: String?, _ zone: Zone) -> Frame {
    do throws(FeedError) {
      let feed = try FeedReader.read(frame.body, url: url, contentType: contentType, zone: zone)
      return result(frame, feed.jsonFeedBytes)
    } catch {
      var answer = refusal(frame, reason: error.word, error.description, hint: nil)
      if case .htmlPage(let feeds) = error.reason, !feeds.isEmpty {
        answer.header["feeds"] = .array(feeds.map { .string($0.description) })
      }
      return answer
    }
  }

  private mutating func extract(_ frame: Frame, _ url: WebURL, _ contentType: String?) -> Frame {
    let id = frame.header["plugin"]?.string ?? ""
    if extractors[id] == nil {
      extractors[id] = PageExtractor(
        manifest: manifests[id], zone: manifests[id].map { zones[$0.publisher.zone] ?? .utc })
    }
    guard let extractor = extractors[id] else { preconditionFailure("an extractor was just stored") }
    do throws(ExtractionError) {
      let extraction = try extractor.extract(frame.body, url: url, contentType: contentType)
      let report = PageReport(
        article: extraction.article, rules: extraction.rules, fill: extraction.fill, missed: extraction.missed,
        failures: extraction.failures, layout: extraction.layout)
      return result(frame, report.record)
    } catch {
      return refusal(frame, reason: error.reason.rawValue, error.description, hint: nil)
    }
  }

  /// For plugin authors: the extraction, and how the plugin's rules meet the page.
  private mutating func inspect(_ frame: Frame, _ url: WebURL, _ contentType: String?) -> Frame {
    let answer = extract(frame, url, contentType)
    guard answer.type == "result", let json = try? JSON(parsing: answer.body) else { return answer }
    do throws(ExtractionError) {
      let manifest = manifests[frame.header["plugin"]?.string ?? ""]
      return result(
        frame,
        try Inspection.report(frame.body, url: url, contentType: contentType, manifest: manifest, extraction: json))
    } catch {
      return refusal(frame, reason: error.reason.rawValue, error.description, hint: nil)
    }
  }

  /// For plugin authors: what a page says of its publisher, and rules for it. A page that is no article has facts
  /// alone.
  private mutating func suggest(_ frame: Frame, _ url: WebURL, _ contentType: String?) -> Frame {
    let answer = extract(frame, url, contentType)
    do throws(ExtractionError) {
      return result(
        frame,
        try Suggestion.report(
          frame.body, url: url, contentType: contentType,
          extraction: answer.type == "result" ? try? JSON(parsing: answer.body) : nil,
          refusal: answer.header["message"]?.string))
    } catch {
      return refusal(frame, reason: error.reason.rawValue, error.description, hint: nil)
    }
  }

  private func opml(_ frame: Frame, _ contentType: String?) -> Frame {
    do throws(OPML.Failure) {
      return result(frame, try OPML.report(frame.body, contentType: contentType))
    } catch {
      return refusal(frame, reason: "not-opml", error.description, hint: nil)
    }
  }

  private func form(_ frame: Frame, _ contentType: String?) -> Frame {
    let name = frame.header["password_field"]?.string ?? ""
    do throws(HiddenFields.Failure) {
      return result(frame, try HiddenFields.report(frame.body, contentType: contentType, passwordField: name))
    } catch {
      return refusal(
        frame, reason: "no-form", error.message, hint: "check [login] page and password_field in the plugin")
    }
  }

  private func result(_ frame: Frame, _ json: JSON) -> Frame { result(frame, json.bytes()) }

  private func result(_ frame: Frame, _ json: [UInt8]) -> Frame {
    var header = JSONObject([("type", "result")])
    header.set("id", frame.header["id"])
    return Frame(header, body: json)
  }

  private func refusal(_ frame: Frame, reason: String, _ message: String, hint: String?) -> Frame {
    var header = JSONObject([("type", "error"), ("reason", .string(reason)), ("message", .string(message))])
    header.set("id", frame.header["id"])
    header.set("hint", hint)
    return Frame(header)
  }
}

extension FeedError {
  /// The reason in one word, for machines.
  fileprivate var word: String {
    switch reason {
    case .empty: "empty"
    case .tooLarge: "too-large"
    case .htmlPage: "html-page"
    case .notAFeed: "not-a-feed"
    case .unknownFormat: "unknown-format"
    case .entityDeclaration: "entity-declaration"
    case .malformed: "malformed"
    case .tooDeep: "too-deep"
    }
  }
}
