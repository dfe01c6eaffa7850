internal import Values

/// JSON Feed 1.0 and 1.1 (jsonfeed.org).
enum JSONFormat {
  static func read(_ text: [UInt8], _ reading: Reading) throws(FeedError) -> Feed {
    var repairs = reading.repairs
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: text)
    } catch {
      do throws(JSONError) {
        json = try JSON(parsing: text, .repairing)
        repairs.append("damaged JSON: \(error)")
      } catch {
        throw FeedError(.malformed(error.reason), byte: error.offset)
      }
    }
    guard let wire = JSONWire(json) else {
      throw FeedError(.unknownFormat("JSON without the members of a JSON Feed"), byte: 0)
    }
    var feed = wire.feed(reading)
    feed.repairs = repairs
    return feed
  }
}
