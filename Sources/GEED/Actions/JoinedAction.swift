// SPDX-License-Identifier: MIT

/// The action of a group on the parts of an example that several inputs of a model take, one after the
/// other in a vector: on each part its own.
///
/// - Shape: `[n]` with the number of scalars of all parts.
package struct JoinedAction: OperatorAction {
  /// The parts, in order.
  package let inputs: [ModelInput]

  /// The actions on the parts; `nil` for one that stays as it is.
  private let actions: [(any TransformationAction)?]

  /// The action on the grid, or the named axis, of the first part that it moves; outputs move as this
  /// part does.
  package let base: any TransformationAction

  /// Creates the action of a named group.
  ///
  /// - Throws: ``ActionError`` if an action on a part is not defined.
  package init(
    _ group: GroupName, on inputs: [ModelInput], seed: UInt64, interpolation: Interpolation
  ) throws(ActionError) {
    self.inputs = inputs
    precondition(!inputs.isEmpty, "Expected at least one input.")
    // Random elements are those of one shape, so that all parts move alike.
    let shape = inputs.movedShape
    base = try group.transformations(on: shape, seed: seed, interpolation: interpolation)
    var actions: [(any TransformationAction)?] = []
    for input in inputs {
      let moved =
        try input.interpolation.map { (own) throws(ActionError) in
          try group.transformations(on: shape, seed: seed, interpolation: own)
        } ?? base
      if input.action.isTrivial {
        actions.append(nil)
      } else if input.action == .spatial {
        actions.append(moved)
      } else {
        do throws(OutputActionError) {
          if let kind = input.action.coordinates, kind.quantity != .vector,
            inputs.firstMoved == nil
          {
            throw .noImage(coordinates: kind.description, shape: input.shape)
          }
          let length = input.action.coordinates?.count
          actions.append(
            try input.action.action(
              of: group, over: moved, imageShape: shape,
              isMap: length != nil && input.shape.count == 3 && input.shape.last != length))
        } catch {
          throw .output(error)
        }
      }
    }
    self.actions = actions
  }

  /// The shape of the first part that the group moves as an image; of the first one if it moves none.
  package var imageShape: [Int] { inputs.movedShape }

  package var transformations: TransformationSet { base.transformations }

  package var gridAction: (any TransformationAction)? {
    inputs.firstMoved == nil ? nil : base.gridAction
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard shape == [inputs.count] else {
      throw .missingAxes(
        group: transformations.name, shape: shape, expected: "\([inputs.count]), that of all inputs"
      )
    }
    var maps = transformations.indices.map { _ in [any ArrayMap]() }
    for (input, action) in zip(inputs, actions) {
      let operators =
        try action?.operators(on: input.shape)
        ?? transformations.indices.map { _ in .identity(count: input.count) }
      for (element, map) in operators.enumerated() { maps[element].append(map.map) }
    }
    return maps.map { ArrayOperator(JoinedMap($0), count: inputs.count) }
  }
}

/// Maps of consecutive parts of an array.
private struct JoinedMap: ArrayMap {
  private let maps: [any ArrayMap]
  let count: Int

  init(_ maps: [any ArrayMap]) {
    self.maps = maps
    count = maps.reduce(0) { $0 + $1.count }
  }

  var isIdentity: Bool { maps.allSatisfy(\.isIdentity) }

  var hasNegativeWeights: Bool { maps.contains(where: \.hasNegativeWeights) }

  func followed(byParts permutation: Permutation) -> any ArrayMap {
    let whole = ArrayOperator(self, count: count)
    return FunctionMap(count: count, isIdentity: isIdentity) { whole($0) }
      .followed(byParts: permutation)
  }

  func apply(
    _ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>
  ) {
    forEachPart { map, range in
      map.apply(
        UnsafeBufferPointer(rebasing: source[range]),
        to: UnsafeMutableBufferPointer(rebasing: result[range]))
    }
  }

  func apply(
    _ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>
  ) {
    forEachPart { map, range in
      map.apply(
        UnsafeBufferPointer(rebasing: source[range]),
        to: UnsafeMutableBufferPointer(rebasing: result[range]))
    }
  }

  private func forEachPart(_ body: (any ArrayMap, Range<Int>) -> Void) {
    var start = 0
    for map in maps {
      body(map, start..<start + map.count)
      start += map.count
    }
  }
}
