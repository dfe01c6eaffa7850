internal import Values

/// JSON Feed 1.0 and 1.1 (jsonfeed.org).
enum JSONFormat {
  static func read(_ text: [UInt8], _ reading: Reading) throws(FeedError) -> Feed {
    var repairs = reading.repairs
    var isCut = false
    // A value costs many times the bytes that the shortest have; text has fewer commas and brackets by far.
    let signs = text.withUnsafeBufferPointer { bytes in
      var count = 0
      // Without a branch, so that many bytes are looked at together.
      for byte in bytes {
        count &+= byte == UInt8(ascii: ",") ? 1 : 0
        count &+= byte == UInt8(ascii: "[") ? 1 : 0
        count &+= byte == UInt8(ascii: "{") ? 1 : 0
      }
      return count
    }
    guard signs <= Reading.fewestItems + text.count / 12 else {
      throw FeedError(.malformed("more values than a feed of its size has"))
    }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: text, keepingDigits: true)
    } catch {
      do throws(JSONError) {
        (json, isCut) = try JSON.repaired(text, keepingDigits: true)
        repairs.append("damaged JSON: \(error)")
      } catch {
        throw FeedError(.malformed(error.reason), byte: error.offset)
      }
    }
    if let wire = RSSWire(json: json, reading) {
      var feed = wire.feed(reading)
      feed.repairs = repairs
      feed.endsEarly = isCut
      return feed
    }
    guard
      var wire = JSONWire(
        json, mostItems: min(Reading.mostItems, Reading.fewestItems + text.count / Reading.bytesOfItem))
    else {
      throw FeedError(.unknownFormat("JSON without the members of a JSON Feed"), byte: 0)
    }
    // Of a document that ends too early the last item may be half an item.
    if isCut, !wire.items.isEmpty { wire.items.removeLast() }
    if wire.isFull { repairs.append("only the first \(wire.items.count) items read") }
    var feed = wire.feed(reading)
    feed.repairs = repairs
    feed.endsEarly = isCut
    return feed
  }
}
