// SPDX-License-Identifier: MIT

/// Returns a name for each item, which no other item has: its first part, followed by those parts
/// in which it differs from items of the same name, and at last by a number.
func distinctNames(_ parts: [[String]]) -> [String] {
  var names = parts.map { $0.first ?? "" }
  for place in 1..<max(1, parts.map(\.count).max() ?? 1) {
    let words = parts.map { place < $0.count ? $0[place] : "" }
    let groups = Dictionary(grouping: names.indices) { names[$0] }
    for group in groups.values where Set(group.map { words[$0] }).count > 1 {
      for item in group where !words[item].isEmpty { names[item] += ", \(words[item])" }
    }
  }
  for group in Dictionary(grouping: names.indices, by: { names[$0] }).values where group.count > 1 {
    for (number, item) in group.enumerated() { names[item] += " (\(number + 1))" }
  }
  return names
}

/// Returns the names of files without their extensions, with as much of their folders as tells them
/// apart; equal for equal paths.
func fileNames(_ paths: [String]) -> [String] {
  let files = paths.uniqued
  let short = shortNames(files)
  let stems = short.map(\.fileStem)
  let names = Set(stems).count == stems.count ? stems : short
  let byPath = Dictionary(uniqueKeysWithValues: zip(files, names))
  return paths.map { byPath[$0] ?? $0.fileStem }
}

extension String {
  /// The words of the text, joined by `-`; without a letter or digit it is `unnamed`.
  var slug: String {
    let words = split { !$0.isLetter && !$0.isNumber }
    return words.isEmpty ? "unnamed" : words.joined(separator: "-")
  }
}
