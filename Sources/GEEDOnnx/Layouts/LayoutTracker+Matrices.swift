// SPDX-License-Identifier: MIT

extension LayoutTracker {
  func multiplied(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    let second = node.opType == "QLinearMatMul" ? 3 : 1
    return multiplied(node, by: second, shape)
  }

  func multipliedByGemm(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    let second = node.opType == "QGemm" ? 3 : 1
    let moving = [0, second].compactMap { axes(of: node, input: $0) }
    return moving.allSatisfy { $0.count == 2 } ? multiplied(node, by: second, shape) : nil
  }

  /// Tracks the product of two inputs, each of which may be constant, or transposed.
  private func multiplied(
    _ node: ProtoNode, by second: Int, _ shape: [Int]
  ) -> [TrackedAxis]? {
    guard node.input.count > second else { return nil }
    func matrix(_ position: Int, _ transposition: String) -> [TrackedAxis]?? {
      let name = node.input[position]
      guard let axes = axes(of: name) else { return isConstant(name) ? .some(nil) : nil }
      guard node.integer(transposition) == 1, axes.count >= 2 else { return axes }
      return axes.dropLast(2) + axes.suffix(2).reversed()
    }
    guard let left = matrix(0, "transA"), let right = matrix(second, "transB") else { return nil }
    return product(left, right, shape)
  }

  /// Returns the axes of the product `[…, M, K]` · `[…, K, N]`; an operand that is `nil` is
  /// constant.
  private func product(
    _ left: [TrackedAxis]?, _ right: [TrackedAxis]?, _ shape: [Int]
  ) -> [TrackedAxis]? {
    guard shape.count >= 2, left?.count ?? 2 >= 2, right?.count ?? 2 >= 2 else { return nil }
    let rank = shape.count
    let outer = [TrackedAxis].broadcast(
      [left, right].compactMap { $0.map { Array($0.dropLast(2)) } }, shape: Array(shape.dropLast(2))
    )
    let row =
      left.map { $0[$0.count - 2] } ?? right.map { mixture(of: $0[$0.count - 2], shape[rank - 2]) }
    let column =
      right.map { $0[$0.count - 1] } ?? left.map { mixture(of: $0[$0.count - 1], shape[rank - 1]) }
    guard let row, let column else { return nil }
    let result = outer + [row, column]
    return result.map(\.length) == shape ? result.coarsened() : nil
  }

  /// The axis after a product with a constant matrix: features if it consists of features or of
  /// pixels of patches; otherwise mixed, without positions.
  private func mixture(of axis: TrackedAxis, _ length: Int) -> TrackedAxis {
    let keepsPlaces = axis.factors.allSatisfy { $0.source == .features || $0.isInner }
    return keepsPlaces ? .features(length) : .mixed(length)
  }

  /// Tracks an einsum, in which each letter of the result is an axis of the operands.
  func einsum(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard let equation = node.text("equation")?.filter({ $0 != " " }), !equation.contains(".")
    else { return nil }
    let sides = equation.split(separator: ">").map { $0.filter { $0 != "-" } }
    guard sides.count == 2, sides[1].count == shape.count else { return nil }
    let operands = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard operands.count == node.input.count else { return nil }
    var meaning: [Character: TrackedAxis] = [:]
    var contracted: [TrackedAxis] = []
    for (name, letters) in zip(node.input, operands) {
      guard let axes = axes(of: name) else {
        guard isConstant(name) else { return nil }
        continue
      }
      guard axes.count == letters.count else { return nil }
      for (letter, axis) in zip(letters, axes) {
        if !sides[1].contains(letter) { contracted.append(axis) }
        if axis.rank > meaning[letter]?.rank ?? -1 { meaning[letter] = axis }
      }
    }
    // A letter that occurs only in constants is a new axis; it is mixed if positions are summed.
    let mixes = contracted.contains { mixture(of: $0, 2) == .mixed(2) }
    let isDynamic = node.input.allSatisfy { axes(of: $0) != nil }
    let result = zip(sides[1], shape).map { letter, length in
      meaning[letter] ?? (mixes && !isDynamic ? .mixed(length) : .features(length))
    }
    return result.map(\.length) == shape ? result.coarsened() : nil
  }
}
