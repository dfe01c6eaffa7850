public import Values

extension Feed {
  /// The feed as JSON Feed 1.1, in UTF-8; what that has no place for stands under `_newswire`.
  public var jsonFeedBytes: [UInt8] {
    // About what the texts need; a list grows otherwise by copying what it has.
    var text = JSONText(reserving: 256 + items.reduce(0) { $0 + $1.roughSize })
    text.object { json in
      json.member("version", "https://jsonfeed.org/version/1.1")
      json.member("title", title ?? "")
      json.member("home_page_url", homePage?.description)
      json.member("feed_url", feedURL?.description)
      json.member("description", description)
      json.member("next_url", nextPage?.description)
      json.member("icon", icon)
      json.member("favicon", favicon)
      json.member("language", language)
      json.member("authors", authors) { $1.write(to: &$0) }
      if isExpired { json.member("expired", true) }
      json.member("hubs", hubs) { json, hub in
        json.object {
          $0.member("type", "WebSub")
          $0.member("url", hub.description)
        }
      }
      json.key("items")
      json.array(items) { $1.write(to: &$0) }
      json.key("_newswire")
      json.object { writeMore(to: &$0) }
    }
    return text.bytes
  }

  private func writeMore(to json: inout JSONText) {
    json.member("kind", kind.rawValue)
    json.member("ttl", ttl)
    json.member("skip_hours", skipHours) { $0.integer($1) }
    json.member("skip_days", skipDays) { $0.integer($1) }
    json.member("update_period", updatePeriod)
    json.member("update_base", updateBase?.rfc3339)
    json.member("previous_archive_url", previousArchive?.description)
    json.member("current_url", currentDocument?.description)
    if isComplete { json.member("complete", true) }
    json.member("moved_to", movedTo?.description)
    json.member("copyright", copyright)
    json.member("generator", generator)
    json.member("tags", tags) { $0.string($1) }
    json.member("date_published", published?.rfc3339)
    json.member("date_modified", modified?.rfc3339)
    json.member("sitemaps", sitemaps) { json, sitemap in
      json.object {
        $0.member("url", sitemap.url.description)
        $0.member("last_modified", sitemap.lastModified?.rfc3339)
      }
    }
    if endsEarly { json.member("ends_early", true) }
    json.member("repairs", repairs) { $0.string($1) }
  }

  /// The same as a value.
  public var jsonFeed: JSON { JSON(written: jsonFeedBytes) }
}

extension JSON {
  fileprivate init(written bytes: [UInt8]) {
    do throws(JSONError) {
      self = try JSON(parsing: bytes)
    } catch {
      preconditionFailure("what was written as JSON cannot be read: \(error)")
    }
  }
}

extension FeedItem {
  /// The item as JSON Feed has it.
  public var jsonText: String {
    var text = JSONText(reserving: roughSize)
    write(to: &text)
    return text.bytes.withUnsafeBufferPointer { UTF8Text.string($0) }
  }

  /// The same as a value.
  public var json: JSON {
    var text = JSONText(reserving: roughSize)
    write(to: &text)
    return JSON(written: text.bytes)
  }

  /// About how many bytes the item's JSON has.
  fileprivate var roughSize: Int {
    let texts = (contentHTML?.utf8.count ?? 0) + (contentText?.utf8.count ?? 0) + (summary?.utf8.count ?? 0)
    return texts + texts / 16 + 200 + id.utf8.count + 2 * (url?.description.utf8.count ?? 0) + (title?.utf8.count ?? 0)
  }

  fileprivate func write(to text: inout JSONText) {
    text.object { json in
      json.member("id", id)
      json.member("url", url?.description)
      json.member("external_url", externalURL?.description)
      json.member("title", title)
      json.member("content_html", contentHTML)
      // One of the two has to be there.
      json.member("content_text", contentText ?? (contentHTML == nil ? "" : nil))
      json.member("summary", summary)
      json.member("image", images.first?.url.description)
      json.member("date_published", published?.rfc3339)
      json.member("date_modified", modified?.rfc3339)
      json.member("authors", authors) { $1.write(to: &$0) }
      json.member("tags", tags) { $0.string($1) }
      json.member("language", language)
      json.member("attachments", attachments) { $1.write(to: &$0) }
      guard dateGuessed || !images.isEmpty || hasDetails else { return }
      json.key("_newswire")
      json.object { json in
        if dateGuessed { json.member("date_guessed", true) }
        json.member("images", images) { $1.write(to: &$0) }
        if hasDetails { details.write(to: &json) }
      }
    }
  }
}

extension ItemDetails {
  fileprivate func write(to json: inout JSONText) {
    json.member("comments_url", commentsURL?.description)
    json.member("comment_count", commentCount)
    json.member("section", section)
    json.member("reply_to", replyTo)
    json.member("rights", rights)
    json.member("license", license)
    json.member("source_title", sourceTitle)
    json.member("source_url", sourceURL?.description)
    json.member("identifier", identifier)
    if let place {
      json.key("place")
      json.object {
        $0.member("latitude", place.latitude)
        $0.member("longitude", place.longitude)
        $0.member("name", place.name)
      }
    }
    json.member("season", season)
    json.member("episode", episode)
    json.member("explicit", isExplicit)
    json.member("translations", translations) { json, translation in
      json.object {
        $0.member("language", translation.language)
        $0.member("url", translation.url.description)
      }
    }
    json.member("genres", genres) { $0.string($1) }
  }

  /// Reads back what `write` wrote among the members of an item's `_newswire`.
  init(_ json: JSON?) {
    guard let json else { return }
    commentsURL = json["comments_url"]?.string.flatMap { WebURL($0) }
    commentCount = json["comment_count"]?.integer
    section = json["section"]?.string
    replyTo = json["reply_to"]?.string
    rights = json["rights"]?.string
    license = json["license"]?.string
    sourceTitle = json["source_title"]?.string
    sourceURL = json["source_url"]?.string.flatMap { WebURL($0) }
    identifier = json["identifier"]?.string
    if let latitude = json["place"]?["latitude"]?.number, let longitude = json["place"]?["longitude"]?.number {
      place = FeedPlace(latitude: latitude, longitude: longitude, name: json["place"]?["name"]?.string)
    }
    season = json["season"]?.integer
    episode = json["episode"]?.integer
    isExplicit = json["explicit"]?.bool
    translations = (json["translations"]?.array ?? []).compactMap { json in
      guard let language = json["language"]?.string, let url = json["url"]?.string.flatMap({ WebURL($0) }) else {
        return nil
      }
      return FeedTranslation(language: language, url: url)
    }
    genres = (json["genres"]?.array ?? []).compactMap(\.string)
  }
}

extension FeedAuthor {
  fileprivate func write(to text: inout JSONText) {
    text.object { json in
      json.member("name", name)
      json.member("url", url)
      json.member("avatar", avatar)
      guard let email else { return }
      json.key("_newswire")
      json.object { $0.member("email", email) }
    }
  }
}

extension FeedAttachment {
  fileprivate func write(to text: inout JSONText) {
    text.object { json in
      json.member("url", url.description)
      json.member("mime_type", mimeType ?? "application/octet-stream")
      json.member("title", title)
      json.member("size_in_bytes", size)
      json.member("duration_in_seconds", duration)
    }
  }
}

extension FeedImage {
  fileprivate func write(to text: inout JSONText) {
    text.object { json in
      json.member("url", url.description)
      json.member("width", width)
      json.member("height", height)
      json.member("mime_type", mimeType)
      json.member("caption", caption)
      json.member("credit", credit)
    }
  }
}
