// SPDX-License-Identifier: MIT

/// The places of sets that are ordered by inclusion, in a diagram of Hasse.
///
/// Rows are sizes, the smallest at the bottom. In a row each set is near those that it covers and
/// those that cover it: rows are sorted repeatedly by the mean place of these, from several first
/// orders, and the order with the fewest crossings is kept.
package struct LatticeLayout: Sendable {
  /// The places of the sets, in the unit square.
  package let positions: [(x: Double, y: Double)]

  /// The pairs of sets of which the upper one contains the lower one, with none between them.
  package let covers: [(lower: Int, upper: Int)]

  /// The number of rows.
  package let rowCount: Int

  /// Creates the layout of distinct sets.
  package init(_ sets: [Set<String>]) {
    let sizes = Set(sets.map(\.count)).sorted()
    let levels = sets.map { sizes.firstIndex(of: $0.count) ?? 0 }
    let covers = Self.covers(of: sets)
    let orders = (0..<4).flatMap { start in
      LatticeOrder(levels, covers, start: start).sorted(sweepCount: 24)
    }
    let best = orders.min { $0.crossings < $1.crossings }
    let height = Double(max(1, sizes.count - 1))
    positions = levels.enumerated().map { set, level in
      (best?.x[set] ?? 0.5, Double(level) / height)
    }
    self.covers = covers
    rowCount = sizes.count
  }

  private static func covers(of sets: [Set<String>]) -> [(lower: Int, upper: Int)] {
    sets.indices.flatMap { lower in
      let above = sets.indices.filter { sets[lower].isStrictSubset(of: sets[$0]) }
      return above.filter { upper in
        !above.contains { sets[$0].isStrictSubset(of: sets[upper]) }
      }.map { (lower, $0) }
    }
  }
}

/// An order of the sets in each row.
private struct LatticeOrder {
  private let levels: [Int]
  private let covers: [(lower: Int, upper: Int)]
  private let neighbors: [[Int]]
  private var rows: [[Int]]

  /// The places of the sets: at equal distances in their row, from 0 to 1.
  private(set) var x: [Double]

  /// - Parameter start: The number of sets that move from the beginning of each row to its end.
  init(_ levels: [Int], _ covers: [(lower: Int, upper: Int)], start: Int) {
    self.levels = levels
    self.covers = covers
    neighbors = levels.indices.map { set in
      covers.compactMap { $0.lower == set ? $0.upper : $0.upper == set ? $0.lower : nil }
    }
    rows = (0...(levels.max() ?? 0)).map { level in
      let row = levels.indices.filter { levels[$0] == level }
      let shift = row.isEmpty ? 0 : start % row.count
      return Array(row[shift...] + row[..<shift])
    }
    x = Array(repeating: 0, count: levels.count)
    for row in rows { place(row) }
  }

  /// Returns the orders after each sweep from the top or from the bottom, and the order itself.
  func sorted(sweepCount: Int) -> [LatticeOrder] {
    (0..<sweepCount).reduce(into: [self]) { orders, sweep in
      var next = orders[sweep]
      for level in sweep.isMultiple(of: 2) ? rows.indices.reversed() : Array(rows.indices) {
        next.sort(level)
      }
      orders.append(next)
    }
  }

  /// Sorts a row by the mean place of each set's neighbors; equal means keep their order.
  private mutating func sort(_ level: Int) {
    let means = rows[level].map { set in
      neighbors[set].isEmpty
        ? x[set] : neighbors[set].reduce(0) { $0 + x[$1] } / Double(neighbors[set].count)
    }
    rows[level] = means.indices.sorted { (means[$0], $0) < (means[$1], $1) }
      .map { rows[level][$0] }
    place(rows[level])
  }

  private mutating func place(_ row: [Int]) {
    for (place, set) in row.enumerated() { x[set] = (Double(place) + 0.5) / Double(row.count) }
  }

  /// The number of pairs of lines between the same two rows that cross.
  var crossings: Int {
    let lines = Dictionary(grouping: covers) { [levels[$0.lower], levels[$0.upper]] }
    return lines.values.reduce(0) { count, lines in
      lines.indices.reduce(count) { count, index in
        count
          + lines[..<index].count {
            (x[$0.lower] - x[lines[index].lower]) * (x[$0.upper] - x[lines[index].upper]) < 0
          }
      }
    }
  }
}
