// SPDX-License-Identifier: MIT

extension LayoutTracker {
  func sliced(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard var result = axes(of: node, input: 0), result.count == shape.count else { return nil }
    guard let (starts, axes, steps) = node.slice(integers) else {
      // Without the numbers only whole axes are known to stay, unless they are reversed.
      return node.input(at: 4) == nil
        ? zip(result, shape).map { $0.length == $1 ? $0 : $0.shuffled($1) } : nil
    }
    for (position, axis) in axes.enumerated() {
      let index = axis.axisIndex(ofRank: shape.count)
      guard shape.indices.contains(index) else { return nil }
      let length = result[index].length
      // The last position, -1, means 'before the first' for a slice that runs backwards.
      let start = starts[position].axisIndex(ofRank: length)
      result[index] = result[index].part(
        from: min(max(start, 0), length), count: shape[index], step: steps[position])
    }
    return result.map(\.length) == shape ? result : nil
  }

  func split(_ node: ProtoNode, _ output: Int, _ shape: [Int]) -> [TrackedAxis]? {
    guard var axes = axes(of: node, input: 0), axes.count == shape.count,
      let index = node.axis(ofRank: axes.count, usual: 0)
    else { return nil }
    let before = node.output[..<output].compactMap { shapes[$0]?[safe: index] }
    let start = before.reduce(0, +)
    guard before.count == output, start + shape[index] <= axes[index].length else { return nil }
    axes[index] = axes[index].part(from: start, count: shape[index], step: 1)
    return axes
  }

  func gathered(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0) else {
      // Rows of a constant, such as embeddings: features at the positions of the indices.
      guard node.input.count > 1, isConstant(node.input[0]),
        let places = self.axes(of: node.input[1]),
        let axis = node.axis(ofRank: shape.count - places.count + 1, usual: 0)
      else { return nil }
      let result = shape.indices.map { index in
        (axis..<axis + places.count).contains(index)
          ? places[index - axis] : .features(shape[index])
      }
      return result.map(\.length) == shape ? result : nil
    }
    let indexAxes = shape.count - axes.count + 1
    guard let index = node.axis(ofRank: axes.count, usual: 0), indexAxes >= 0 else { return nil }
    var result = axes
    if indexAxes == 0 {
      result.remove(at: index)
      return result.map(\.length) == shape ? result.coarsened() : nil
    }
    let indices = node.input(at: 1).flatMap(integers)
    if indexAxes == 1, let indices, let first = indices.first, indices.count == shape[index],
      indices.allSatisfy({ $0 >= 0 })
    {
      let step = indices.count > 1 ? indices[1] - first : 1
      if step != 0, zip(indices, indices.dropFirst()).allSatisfy({ $1 - $0 == step }) {
        result[index] = axes[index].part(from: first, count: indices.count, step: step)
        return result
      }
    }
    result.replaceSubrange(
      index...index, with: shape[index..<index + indexAxes].map(axes[index].shuffled))
    return result.map(\.length) == shape ? result : nil
  }

  func concatenated(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    let names =
      node.opType == "QLinearConcat"
      ? stride(from: 2, to: node.input.count, by: 3).map { node.input[$0] } : Array(node.input)
    guard let index = node.axis(ofRank: shape.count, usual: 1) else { return nil }
    let parts = names.map { name in isConstant(name) ? nil : axes(of: name) }
    let isKnown = zip(names, parts).allSatisfy { isConstant($0) || $1 != nil }
    let known = parts.compactMap(\.self)
    guard isKnown, !known.isEmpty, known.allSatisfy({ $0.count == shape.count }) else { return nil }
    // Constants fill the remaining positions.
    let missing = shape[index] - known.reduce(0) { $0 + $1[index].length }
    let constantCount = parts.count - known.count
    let lengths = zip(names, parts).map { name, axes in
      axes?[index].length ?? shapes[name]?[safe: index] ?? (constantCount == 1 ? missing : nil)
    }
    var result = [TrackedAxis].broadcast(
      known.map { axes in
        var axes = axes
        axes[index] = TrackedAxis()
        return axes
      }, shape: shape)
    result[index] = Self.concatenated(
      parts.map { $0?[index] }, lengths: lengths, total: shape[index])
    return result
  }

  /// The axis of concatenated parts; a `nil` part is a constant.
  private static func concatenated(
    _ parts: [TrackedAxis?], lengths: [Int?], total: Int
  ) -> TrackedAxis {
    let known = parts.compactMap(\.self)
    if known.allSatisfy(\.isFeatures) { return .features(total) }
    guard lengths.allSatisfy({ $0 != nil }) else { return .mixed(total) }
    let lengths = lengths.map { $0 ?? 0 }
    // Consecutive lines, as when a feature map was shifted around its border.
    if known.count == parts.count {
      func joined(_ lines: [GridLines?]) -> GridLines? {
        lines.dropFirst().reduce(lines.first ?? nil) { sum, next in
          next.flatMap { sum?.followed(by: $0) }
        }
      }
      if let rows = joined(known.map(\.rows)) { return TrackedAxis(.rows(rows), total) }
      if let columns = joined(known.map(\.columns)) { return TrackedAxis(.columns(columns), total) }
    }
    // One grid among other tokens.
    let places = parts.indices.filter { parts[$0]?.hasPlace == true }
    guard places.count == 1, let sequence = parts[places[0]]?.sequence else { return .mixed(total) }
    let before = lengths[..<places[0]].reduce(sequence.before, +)
    let behind = lengths[(places[0] + 1)...].reduce(sequence.behind, +)
    return TrackedAxis(
      .tokens(rows: sequence.rows, columns: sequence.columns, before: before, behind: behind),
      total)
  }
}

extension ProtoNode {
  /// The starts, axes and steps of a `Slice`, or `nil` if some of them are unknown.
  func slice(
    _ constants: (String) -> [Int]?
  ) -> (starts: [Int], axes: [Int], steps: [Int])? {
    guard let starts = integers("starts", orInput: 1, constants) else { return nil }
    let hasAxes = integers("axes") != nil || input(at: 3) != nil
    let axes = hasAxes ? integers("axes", orInput: 3, constants) : Array(starts.indices)
    let steps =
      input(at: 4) == nil
      ? starts.map { _ in 1 } : integers("steps", orInput: 4, constants)
    guard let axes, let steps, axes.count == starts.count, steps.count == starts.count else {
      return nil
    }
    return (starts, axes, steps)
  }
}

extension TrackedAxis {
  var isFeatures: Bool { factors.allSatisfy { $0.source == .features } }

  /// Positions in an unknown order: features stay features.
  func shuffled(_ count: Int) -> TrackedAxis { isFeatures ? .features(count) : .mixed(count) }

  /// The grid in row-major order with the number of tokens around it, or `nil` for other axes.
  var sequence: (rows: Int, columns: Int, before: Int, behind: Int)? {
    if case .tokens(let rows, let columns, let before, let behind)? = source {
      return (rows, columns, before, behind)
    }
    guard factors.count == 2, let rows = TrackedAxis([factors[0]]).rows,
      let columns = TrackedAxis([factors[1]]).columns, rows.areCentered, columns.areCentered
    else { return nil }
    return (rows.count, columns.count, 0, 0)
  }

  /// Returns `count` of the positions, `step` apart.
  func part(from start: Int, count: Int, step: Int) -> TrackedAxis {
    if step == 1, start == 0, count == length { return self }
    if isFeatures { return .features(count) }
    if let lines = rows ?? columns {
      guard let part = lines.part(from: start, count: count, step: step) else {
        return .mixed(count)
      }
      return TrackedAxis(rows == nil ? .columns(part) : .rows(part), count)
    }
    guard step == 1, start >= 0, start <= length - count else { return .mixed(count) }
    guard let (high, wide, before, _) = sequence else {
      return source == .otherTokens ? TrackedAxis(.otherTokens, count) : .mixed(count)
    }
    let (end, gridEnd) = (start + count, before + high * wide)
    if end <= before || start >= gridEnd { return TrackedAxis(.otherTokens, count) }
    guard start <= before, end >= gridEnd else { return .mixed(count) }
    if start == before, end == gridEnd {
      return TrackedAxis(TrackedAxis.rows(high).factors + TrackedAxis.columns(wide).factors)
    }
    return TrackedAxis(
      .tokens(rows: high, columns: wide, before: before - start, behind: end - gridEnd), count)
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}
