// SPDX-License-Identifier: MIT

/// A group action on arrays of one shape, ready to be applied.
public struct PreparedAction: Sendable {
  /// The group that acts.
  public let group: FiniteGroup

  /// The shape of the arrays, without a batch axis.
  public let shape: [Int]

  /// φ(g, ·) for each element, in order.
  public let operators: [ArrayOperator]

  /// The elements that move no array of this shape, ker φ, ascending; the identity is among them.
  ///
  /// Found from the operators, not declared. It depends on the shape: on a 1 × 1 grid every
  /// rotation is in the kernel. It is always a subgroup: an element that happens to move nothing,
  /// because interpolation is coarse, counts only if its products with all others do so too.
  public let kernel: [FiniteGroup.Element]

  /// Creates an action from one operator for each element.
  ///
  /// - Precondition: There is one operator for each element, all for arrays of `shape`, and the
  ///   identity's changes nothing.
  public init(group: FiniteGroup, shape: [Int], operators: [ArrayOperator]) {
    precondition(
      operators.count == group.order,
      "Expected \(group.order) operators, but got \(operators.count).")
    let count = Tensor.count(of: shape)
    precondition(
      operators.allSatisfy { $0.count == count }, "Expected operators on \(count) scalars.")
    precondition(operators[group.identity].isIdentity, "The identity must change nothing.")
    self.group = group
    self.shape = shape
    self.operators = operators
    let unmoved = group.elements.filter { operators[$0].isIdentity }
    self.kernel = unmoved.filter { k in
      unmoved.allSatisfy { operators[group.product(k, $0)].isIdentity }
    }
  }

  /// Whether every element but the identity moves some array.
  public var isFaithful: Bool { kernel.count == 1 }

  /// Whether no element moves any array.
  public var isTrivial: Bool { kernel.count == group.order }

  /// Returns *gx*.
  ///
  /// - Precondition: `x` has this action's ``shape``.
  public func callAsFunction(_ g: FiniteGroup.Element, _ x: Tensor) -> Tensor {
    precondition(x.shape == shape, "Expected shape \(shape), but got \(x.shape).")
    let scalars = [Float](unsafeUninitializedCapacity: x.scalars.count) { result, count in
      count = x.scalars.count
      x.scalars.withUnsafeBufferPointer { operators[g].apply($0, to: result) }
    }
    return Tensor(shape: shape, scalars: scalars)
  }

  /// Returns *gx* for every row *x* of a batch `[N, ...]`, on several threads.
  public func callAsFunction(_ g: FiniteGroup.Element, batch: Tensor) -> Tensor {
    precondition(batch.rowShape == shape, "Expected rows of \(shape), but got \(batch.rowShape).")
    return Tensor(
      shape: batch.shape,
      scalars: transforming(rows: batch.rowCount, of: batch) { (row: $0, element: g) })
  }

  /// Returns the orbit of `x` as a batch `[|G|, ...]`, in the order of the group's elements.
  public func orbit(of x: Tensor) -> Tensor {
    precondition(x.shape == shape, "Expected shape \(shape), but got \(x.shape).")
    return Tensor(
      shape: [group.order] + shape,
      scalars: transforming(rows: group.order, of: x.reshaped(to: [1] + shape)) {
        (row: 0, element: $0)
      })
  }

  /// The action of a subgroup: the same maps, of its elements alone.
  public func restricted(to subgroup: Subgroup) -> PreparedAction {
    precondition(subgroup.parent == group, "Expected a subgroup of \(group.name).")
    return PreparedAction(
      group: subgroup.group, shape: shape, operators: subgroup.elements.map { operators[$0] })
  }

  /// Makes `rows` arrays, each by an element of the group from a row of `batch`.
  private func transforming(
    rows: Int, of batch: Tensor,
    _ origin: (Int) -> (row: Int, element: FiniteGroup.Element)
  ) -> [Float] {
    let size = Tensor.count(of: shape)
    return [Float](unsafeUninitializedCapacity: rows * size) { result, count in
      count = rows * size
      batch.scalars.withUnsafeBufferPointer { source in
        inParallel(rows, grain: 1 + 16_384 / max(size, 1)) { i in
          let (row, element) = origin(i)
          operators[element].apply(
            UnsafeBufferPointer(rebasing: source[row * size..<(row + 1) * size]),
            to: UnsafeMutableBufferPointer(rebasing: result[i * size..<(i + 1) * size]))
        }
      }
    }
  }
}

extension GroupAction {
  /// Fixes the shape of the arrays to act on.
  ///
  /// - Throws: ``ActionError`` if the group cannot act on such arrays.
  public func prepared(for shape: [Int]) throws(ActionError) -> PreparedAction {
    PreparedAction(group: group, shape: shape, operators: try operators(on: shape))
  }
}
