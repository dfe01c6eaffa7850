import Articles
import Testing

/// Addresses of one picture in several sizes have one identity; those of two pictures two.
@Suite struct PictureIdentityTests {
  @Test(arguments: [
    [
      "https://a.example/2026/harbour-at-night-2026.jpg", "https://a.example/2026/harbour-at-night-2026-1024x768.jpg",
      "https://a.example/2026/harbour-at-night-2026.jpg?w=640#x",
      "https://a.example/640/harbour-at-night-2026.jpg.webp",
    ],
    ["https://b.example/w_800,h_600/pictures/a1b2c3d4e5.png", "https://b.example/pictures/a1b2c3d4e5.png"],
    [
      "https://c.example/img/9/boat.jpg", "https://resize.example/fit-in/300x200/https://c.example/img/9/boat.jpg",
      "https://resize.example/?url=https%3A%2F%2Fc.example%2Fimg%2F9%2Fboat.jpg&width=3",
      "https://resize.example/s/https:/c.example/img/9/boat.jpg",
    ],
    [
      "https://e.example/2026/harbour-640.jpg", "https://e.example/2026/harbour.jpg",
      "https://e.example/2026/harbour_1024.jpg",
    ],
    ["https://e.example/2026/IMG_2043-1024x768.jpg", "https://e.example/2026/IMG_2043.jpg"],
    // What a system writes behind the name for each size, and folders' names that say no more than one.
    [
      "https://f.example/1731312204871,harbour-100~_v-16x9@2dL_-6c42aff4.jpg",
      "https://f.example/1731312204871,harbour-100~_v-16x9@2dM_-ad6791ad.jpg",
    ],
    ["https://f.example/Qd01/77cafe0012/n-wide2x-16x9-far", "https://f.example/Qd01/77cafe0012/n-small-3x2"],
    // Widths, heights and names of sizes behind the last mark.
    [
      "https://e.example/2026/market-by-the-river.jpg", "https://e.example/2026/market-by-the-river_w640.jpg",
      "https://e.example/2026/market-by-the-river-600h.jpg", "https://e.example/2026/market-by-the-river-scaled.jpg",
      "https://e.example/2026/market-by-the-river-1024x.jpg",
      "https://e.example/2026/market-by-the-river_thumbnail.jpg",
    ],
    [
      "https://a.example/photos/01/26745540/5/ratio3x2_1920.webp",
      "https://a.example/photos/01/26745540/5/ratio3x2_650.webp",
    ],
    ["https://a.example/wide/992/46120011/1735500000", "https://a.example/wide/320/46120011/1735500000"],
    // Programs that hand out pictures: which one, a parameter says; how large, others do.
    [
      "https://g.example/image.php?id=48211", "https://img2.g.example/image.php?w=640&id=48211",
      "http://g.example/image.php?id=48211&width=800&v=3",
    ],
    [
      "https://g.example/index.php?eID=dumpFile&t=p&p=48211&token=aa",
      "https://g.example/index.php?eID=dumpFile&t=p&p=48211&token=bb",
    ],
    [
      "https://h.example/_next/image?url=%2Fmedia%2Fharbour-one.jpg&w=640&q=75",
      "https://h.example/_next/image?url=%2Fmedia%2Fharbour-one.jpg&w=1080&q=75",
    ],
    [
      "https://g.example/image.php?id=48211&_=1732", "https://g.example/image.php?ID=48211&nocache=2&X-Amz-Date=1",
      "https://g.example/image.php?id=48211;w=640",
    ],
    [
      "https://g.example/-/media/news/pier-at-dusk.ashx?h=200&la=en",
      "https://g.example/-/media/news/pier-at-dusk.ashx",
    ],
    ["https://resize.example/p?src=%2Fimg%2Fboat.jpg&w=1", "https://resize.example/p?w=2&src=%2Fimg%2Fboat.jpg"],
    [
      "https://d.example/bilder/schöner-hafen-im-nebel-am-morgen.jpg",
      "https://d.example/300x200/schöner-hafen-im-nebel-am-morgen.jpg",
    ],
  ])
  func isOne(_ addresses: [String]) {
    #expect(Set(addresses.map(PictureIdentity.of)).count == 1, "\(addresses.map(PictureIdentity.of))")
  }

  @Test(arguments: [
    ("https://a.example/1/photo.jpg", "https://a.example/2/photo.jpg"),
    (
      "https://a.example/news/article12345678.ece/harbour-at-night-2026.jpg",
      "https://a.example/news/article87654321.ece/harbour-at-night-2026.jpg"
    ),
    ("https://a.example/harbour-at-night.jpg", "https://a.example/harbour-at-dawn.jpg"),
    // Called by their shape, and by the moment behind the number.
    (
      "https://a.example/photos/01/26745540/5/ratio3x2_1920.webp",
      "https://a.example/photos/01/26745521/3/ratio3x2_1920.webp"
    ),
    ("https://a.example/wide/992/46120011/1735500000", "https://a.example/wide/992/46120015/1735500000"),
    (
      "https://f.example/town/1731312204871,harbour-100~_v-16x9@2dL_-6c42aff4.jpg",
      "https://f.example/town/1731312919004,bridge-100~_v-16x9@2dL_-6c42aff4.jpg"
    ),
    ("https://f.example/Zk93/be0912ac41/n-small-3x2", "https://f.example/Qd01/77cafe0012/n-small-3x2"),
    ("https://a.example/ais/0f3a,17/full/max/0/default.jpg", "https://a.example/ais/9b1c,18/full/max/0/default.jpg"),
    ("https://a.example/%zz/a.jpg", "https://a.example/%z/b.jpg"),
    // Numbers that count pictures are no sizes.
    ("https://e.example/2026/clean-up-01-800x445.jpg", "https://e.example/2026/clean-up-02-1024x683.jpg"),
    ("https://e.example/2026/IMG_2043.jpg", "https://e.example/2026/IMG_2044.jpg"),
    ("https://e.example/2026/IMG_2040.jpg", "https://e.example/2026/IMG_2050.jpg"),
    ("https://e.example/2026/market-7.jpg", "https://e.example/2026/market-11.jpg"),
    ("", "https://a.example/a.jpg"),
  ])
  func areTwo(_ one: String, _ other: String) {
    #expect(PictureIdentity.of(one) != PictureIdentity.of(other))
  }
}
