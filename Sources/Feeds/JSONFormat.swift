internal import Values

/// JSON Feed 1.0 and 1.1 (jsonfeed.org).
enum JSONFormat {
  static func read(_ text: [UInt8], _ reading: Reading) throws(FeedError) -> Feed {
    var repairs = reading.repairs
    var isCut = false
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: text)
    } catch {
      do throws(JSONError) {
        json = try JSON(parsing: text, .repairing)
        isCut = text.last { $0 > 0x20 } != UInt8(ascii: "}")
        repairs.append("damaged JSON: \(error)")
      } catch {
        throw FeedError(.malformed(error.reason), byte: error.offset)
      }
    }
    if let wire = RSSWire(json: json) {
      var feed = wire.feed(reading)
      feed.repairs = repairs
      return feed
    }
    guard var wire = JSONWire(json) else {
      throw FeedError(.unknownFormat("JSON without the members of a JSON Feed"), byte: 0)
    }
    // Of a document that ends too early the last item may be half an item.
    if isCut, !wire.items.isEmpty { wire.items.removeLast() }
    var feed = wire.feed(reading)
    feed.repairs = repairs
    return feed
  }
}
