// SPDX-License-Identifier: MIT

/// Returns up to `count` candidates that are similar to `name`, nearest first.
///
/// The measure is the edit distance, ignoring case. A candidate that differs in more than half of
/// its letters is excluded, unless one of the two names contains the other.
package func nearest(_ count: Int, to name: String, among candidates: [String]) -> [String] {
  let wanted = Array(name.lowercased().unicodeScalars)
  let scored: [(distance: Int, name: String)] = candidates.compactMap { candidate in
    let letters = Array(candidate.lowercased().unicodeScalars)
    let distance = editDistance(wanted, letters)
    let isNear = 2 * distance <= max(wanted.count, letters.count)
    let holds = !name.isEmpty && (candidate.contains(name) || name.contains(candidate))
    return isNear || holds ? (distance, candidate) : nil
  }
  return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
    .prefix(count).map(\.name)
}

/// The minimum number of insertions, deletions and replacements that turn `a` into `b`.
///
/// - Complexity: O(`a.count` · `b.count`) time, O(`b.count`) space.
func editDistance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let replaced = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
