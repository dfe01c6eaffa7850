// Prints version and headline of every article and takes it from the queue. Key your own work on uri and version: an
// article whose consumer died in the middle comes again.
//
//     example-consumer [DIRECTORY [COUNT]]      the queue directory, and after how many articles to end
import Foundation
import NewswireQueue

let arguments = CommandLine.arguments
let queue = try ArticleQueue(path: arguments.count > 1 ? arguments[1] : "/var/spool/newswire")
var left = arguments.count > 2 ? Int(arguments[2]) ?? .max : .max

for try await article in queue.articles {
  guard let item = try JSONSerialization.jsonObject(with: Data(article.json)) as? [String: Any],
    let version = item["version"] as? String
  else {
    try await article.setAside()  // into bad/, for a person to look at
    continue
  }
  print(version, item["title"] as? String ?? "(no headline)")
  try await article.acknowledge()
  left -= 1
  if left == 0 { break }
}
