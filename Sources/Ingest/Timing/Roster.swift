import Manifest
import Scheduling

/// The sources of the plugins in use, by number, and the little that is kept of each in memory between two visits.
/// Everything else of a source is read from the store when it is its turn.
struct Roster {
  /// What the last visit brought; eight bytes.
  struct Note: Sendable {
    /// nil until the first visit of this run.
    var outcome: Visit.Outcome?
    var reason: Cadence.Decision.Reason?
    var isFailing = false
    var isMuted = false
    private var itemCount: UInt16 = 0
    private var newCount: UInt16 = 0

    /// Up to 65,535.
    var items: Int {
      get { Int(itemCount) }
      set { itemCount = UInt16(clamping: newValue) }
    }
    var new: Int {
      get { Int(newCount) }
      set { newCount = UInt16(clamping: newValue) }
    }
  }

  /// In the order of the catalogue.
  let manifests: [Manifest]
  /// The number of each manifest's first source, and the count of all at the end.
  private let starts: [Int]
  private let places: [String: Int]
  private var notes: [Note]
  /// Failing sources of each manifest.
  private var failing: [Int]
  private(set) var failingPublishers = 0

  init(_ manifests: [Manifest]) {
    self.manifests = manifests
    var starts = [0]
    for manifest in manifests { starts.append(starts[starts.count - 1] + manifest.sources.count) }
    self.starts = starts
    places = Dictionary(manifests.enumerated().map { ($1.publisher.id, $0) }) { first, _ in first }
    notes = Array(repeating: Note(), count: starts[starts.count - 1])
    failing = Array(repeating: 0, count: manifests.count)
  }

  var count: Int { notes.count }

  /// Which of `manifests` has that id.
  func place(publisher id: String) -> Int? { places[id] }

  subscript(publisher id: String) -> Manifest? { places[id].map { manifests[$0] } }

  func numbers(ofPlace place: Int) -> Range<Int> { starts[place]..<starts[place + 1] }

  func numbers(publisher id: String) -> Range<Int> { places[id].map { numbers(ofPlace: $0) } ?? 0..<0 }

  /// The manifest's place and the source's within it.
  private func position(_ number: Int) -> (place: Int, source: Int) {
    var (low, high) = (0, manifests.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= number { low = middle } else { high = middle }
    }
    return (low, number - starts[low])
  }

  func manifest(_ number: Int) -> Manifest { manifests[position(number).place] }

  func source(_ number: Int) -> Source {
    let (place, source) = position(number)
    return manifests[place].sources[source]
  }

  /// The number of a source by its id; nil when it is not in use.
  func number(of id: String) -> Int? {
    guard let slash = id.firstIndex(of: "/"), let place = places[String(id[..<slash])],
      let source = manifests[place].sources.firstIndex(where: { $0.id == id })
    else { return nil }
    return starts[place] + source
  }

  func note(_ number: Int) -> Note { notes[number] }

  mutating func update(_ number: Int, _ change: (inout Note) -> Void) {
    let before = notes[number].isFailing
    change(&notes[number])
    guard notes[number].isFailing != before else { return }
    let place = position(number).place
    failing[place] += before ? -1 : 1
    if failing[place] == (before ? 0 : 1) { failingPublishers += before ? -1 : 1 }
  }
}
