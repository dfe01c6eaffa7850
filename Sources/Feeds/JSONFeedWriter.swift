public import Values

extension Feed {
  /// The feed as JSON Feed 1.1; what that has no place for stands under `_newswire`.
  public var jsonFeed: JSON {
    var json = JSONObject()
    json.set("version", "https://jsonfeed.org/version/1.1")
    json.set("title", title ?? "")
    json.set("home_page_url", homePage?.description)
    json.set("feed_url", feedURL?.description)
    json.set("description", description)
    json.set("icon", icon?.description)
    json.set("language", language)
    json.set("authors", Self.list(authors) { $0.json })
    json.set("hubs", Self.list(hubs) { ["type": "WebSub", "url": .string($0.description)] })
    json.set("items", .array(items.map(\.json)))
    var more = JSONObject()
    more.set("kind", kind.rawValue)
    more.set("next_page", nextPage?.description)
    more.set("previous_archive", previousArchive?.description)
    more.set("ttl", ttl)
    more.set("skip_hours", Self.list(skipHours) { JSON($0) })
    more.set("skip_days", Self.list(skipDays) { JSON($0) })
    more.set("update_period", updatePeriod)
    more.set(
      "sitemaps",
      Self.list(sitemaps) { sitemap in
        var json = JSONObject()
        json.set("url", sitemap.url.description)
        json.set("last_modified", sitemap.lastModified?.rfc3339)
        return .object(json)
      })
    more.set("repairs", Self.list(repairs) { .string($0) })
    json.set("_newswire", .object(more))
    return .object(json)
  }

  /// nil for an empty list: absent data has no member.
  static func list<Element>(_ elements: [Element], _ json: (Element) -> JSON) -> JSON? {
    elements.isEmpty ? nil : .array(elements.map(json))
  }
}

extension FeedItem {
  /// The item as JSON Feed has it.
  public var json: JSON {
    var json = JSONObject()
    json.set("id", id)
    json.set("url", url?.description)
    json.set("external_url", externalURL?.description)
    json.set("title", title)
    json.set("content_html", contentHTML)
    // One of the two has to be there.
    json.set("content_text", contentText ?? (contentHTML == nil ? "" : nil))
    json.set("summary", summary)
    json.set("image", images.first?.url.description)
    json.set("date_published", published?.rfc3339)
    json.set("date_modified", modified?.rfc3339)
    json.set("authors", Feed.list(authors) { $0.json })
    json.set("tags", Feed.list(tags) { .string($0) })
    json.set("language", language)
    json.set("attachments", Feed.list(attachments) { $0.json })
    var more = JSONObject()
    if dateGuessed { more.set("date_guessed", .bool(true)) }
    more.set("images", Feed.list(images) { $0.json })
    if !more.isEmpty { json.set("_newswire", .object(more)) }
    return .object(json)
  }
}

extension FeedAuthor {
  var json: JSON {
    var json = JSONObject()
    json.set("name", name)
    json.set("url", url)
    return .object(json)
  }
}

extension FeedAttachment {
  var json: JSON {
    var json = JSONObject()
    json.set("url", url.description)
    json.set("mime_type", mimeType ?? "application/octet-stream")
    json.set("title", title)
    json.set("size_in_bytes", size)
    json.set("duration_in_seconds", duration)
    return .object(json)
  }
}

extension FeedImage {
  var json: JSON {
    var json = JSONObject()
    json.set("url", url.description)
    json.set("width", width)
    json.set("height", height)
    json.set("mime_type", mimeType)
    json.set("caption", caption)
    json.set("credit", credit)
    return .object(json)
  }
}
