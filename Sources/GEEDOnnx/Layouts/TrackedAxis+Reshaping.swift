// SPDX-License-Identifier: MIT

extension [TrackedAxis] {
  /// Returns the axes of the same scalars in another shape, in row-major order.
  ///
  /// - Returns: `nil` if the shape has a different number of scalars.
  func reshaped(to shape: [Int]) -> [TrackedAxis]? {
    guard shape.allSatisfy({ $0 > 0 }), allSatisfy({ $0.length > 0 }),
      reduce(1, { $0 * $1.length }) == shape.reduce(1, *)
    else { return nil }
    var waiting = flatMap(\.factors)[...]
    var result: [TrackedAxis] = []
    for (index, length) in shape.enumerated() {
      var taken: [AxisFactor] = []
      var missing = length
      while missing != 1, let factor = waiting.first {
        waiting.removeFirst()
        if missing.isMultiple(of: factor.length) {
          taken.append(factor)
          missing /= factor.length
        } else if factor.length.isMultiple(of: missing), factor.canSplit {
          let parts = factor.split(outer: missing)
          taken.append(parts[0])
          waiting = [parts[1]] + waiting
          missing = 1
        } else {
          taken.append(factor)
          return result + Self.remainder(of: taken + waiting, shape: shape[index...])
        }
      }
      result.append(TrackedAxis(taken))
    }
    return result.combiningBlocks()
  }

  /// Returns axes for factors that do not fit the shape: features, or numbers of an input, if all
  /// factors are such; otherwise mixed axes.
  private static func remainder(
    of factors: [AxisFactor], shape: ArraySlice<Int>
  ) -> [TrackedAxis] {
    let sources = Set(factors.map(\.source))
    let source: AxisFactor.Source =
      sources == [.features] ? .features : sources == [.given] ? .given : .mixed
    return shape.map { TrackedAxis(source, $0) }
  }

  /// Treats *r* × *r* features that were moved after the rows and the columns as a finer grid, as
  /// when features are shuffled into pixels, or repeated.
  private func combiningBlocks() -> [TrackedAxis] {
    func blocks(_ axis: TrackedAxis, _ isRows: Bool) -> (lines: Int, block: Int)? {
      guard axis.factors.count == 2, axis.factors[0].stride == 1,
        axis.factors[1].source == .features, let grid = axis.factors[0].grid,
        grid.isRows == isRows, grid.lines.areWhole, grid.lines.count == axis.factors[0].length
      else { return nil }
      return (grid.lines.count, axis.factors[1].length)
    }
    guard let rows = indices.first(where: { blocks(self[$0], true) != nil }),
      let columns = indices.first(where: { blocks(self[$0], false) != nil }),
      let high = blocks(self[rows], true), let wide = blocks(self[columns], false),
      high.block == wide.block
    else { return self }
    var result = self
    result[rows] = .rows(high.lines * high.block)
    result[columns] = .columns(wide.lines * wide.block)
    return result
  }

  /// Treats blocks of lines whose inner positions are gone as lines of a coarser grid, as after a
  /// matrix over the pixels of patches.
  func coarsened() -> [TrackedAxis] {
    let lines = flatMap(\.factors).filter { $0.grid != nil }
    guard lines.count == 2, lines.allSatisfy(\.isCoarse),
      lines[0].grid?.isRows != lines[1].grid?.isRows
    else { return self }
    return map { axis in
      TrackedAxis(
        axis.factors.map { factor in
          guard let grid = factor.grid else { return factor }
          let lines = GridLines(factor.length)
          return AxisFactor(
            source: grid.isRows ? .rows(lines) : .columns(lines), length: factor.length)
        })
    }
  }

  /// Returns the axes of tensors that are combined elementwise, aligned at their last axes.
  static func broadcast(_ operands: [[TrackedAxis]], shape: [Int]) -> [TrackedAxis] {
    shape.indices.map { index in
      var best = TrackedAxis()
      for axes in operands {
        let place = index - (shape.count - axes.count)
        guard axes.indices.contains(place), axes[place].length == shape[index] else { continue }
        let axis = axes[place]
        if axis.rank > best.rank {
          best = axis
        } else if axis.rank == best.rank, let lines = axis.alike(best) {
          best = lines
        } else if axis.rank == best.rank, axis != best {
          // The two meanings contradict each other.
          best = axis.rank == 2 ? .features(shape[index]) : .mixed(shape[index])
        }
      }
      return best.factors.isEmpty ? .mixed(shape[index]) : best
    }
  }
}

extension TrackedAxis {
  /// Returns the axis whose lines are farther off the image's center, if the two axes differ only
  /// in that and both are nearly centered; otherwise `nil`.
  fileprivate func alike(_ other: TrackedAxis) -> TrackedAxis? {
    guard (rows == nil) == (other.rows == nil), let mine = rows ?? columns,
      let others = other.rows ?? other.columns, mine.areCentered, others.areCentered,
      mine.total == others.total, mine.first == others.first, mine.count == others.count
    else { return nil }
    return abs(mine.offset) < abs(others.offset) ? other : self
  }
}
