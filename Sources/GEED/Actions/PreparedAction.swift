// SPDX-License-Identifier: MIT

/// A group action, or a family of other transformations, prepared for arrays of one shape.
public struct PreparedAction: Sendable {
  /// The transformations that are applied.
  public let transformations: TransformationSet

  /// The shape of the arrays, without a batch axis.
  public let shape: [Int]

  /// φ(g, ·) for each transformation, in order.
  package let operators: [ArrayOperator]

  /// The transformations that leave all arrays of this shape unchanged, ker φ, ascending; they
  /// include the identity.
  ///
  /// The kernel is computed from the operators and depends on the shape: on a 1 × 1 grid every
  /// rotation is in it. It is always a subgroup. A sample is not closed under products; its kernel
  /// is the identity, unless all its transformations change nothing.
  public let kernel: [FiniteGroup.Element]

  /// Creates an action from one operator for each transformation.
  package init(_ transformations: TransformationSet, shape: [Int], operators: [ArrayOperator]) {
    precondition(
      operators.count == transformations.count,
      "Expected \(transformations.count) operators, but got \(operators.count).")
    let count = Tensor.count(of: shape)
    precondition(
      operators.allSatisfy { $0.count == count }, "Expected operators on \(count) scalars.")
    precondition(operators[0].isIdentity, "The identity must change nothing.")
    self.transformations = transformations
    self.shape = shape
    self.operators = operators
    let unmoved = transformations.indices.filter { operators[$0].isIdentity }
    if let group = transformations.group {
      self.kernel = unmoved.filter { k in
        unmoved.allSatisfy { operators[group.product(k, $0)].isIdentity }
      }
    } else {
      self.kernel = unmoved.count == transformations.count ? unmoved : [0]
    }
  }

  /// Creates the trivial action, in which no transformation changes any array.
  package init(trivial transformations: TransformationSet, shape: [Int]) {
    let identity = ArrayOperator.identity(count: Tensor.count(of: shape))
    self.init(
      transformations, shape: shape,
      operators: Array(repeating: identity, count: transformations.count))
  }

  /// The finite group that acts; `nil` for a sample and for transformations that are no group.
  public var group: FiniteGroup? { transformations.group }

  /// Returns whether this action and another one give equal images of a random array.
  func agrees(with other: PreparedAction) -> Bool {
    guard shape == other.shape, operators.count == other.operators.count else { return false }
    var generator = SplitMix64(seed: 0)
    let x = (0..<Tensor.count(of: shape)).map { _ in generator.nextGaussian() }
    return zip(operators, other.operators).allSatisfy { $0(x) == $1(x) }
  }

  /// Whether all elements only move values, and replace some by 0, without blending any.
  var movesValues: Bool {
    var generator = SplitMix64(seed: 0)
    let x = (0..<Tensor.count(of: shape)).map { _ in generator.nextGaussian() }
    let values = Set(x + [0])
    return operators.allSatisfy { $0(x).allSatisfy(values.contains) }
  }

  /// Whether no element changes any array.
  package var isTrivial: Bool { kernel.count == transformations.count }

  /// Returns *gx*, for an array of this action's ``shape``.
  public func callAsFunction(_ g: FiniteGroup.Element, _ x: Tensor) -> Tensor {
    precondition(x.shape == shape, "Expected shape \(shape), but got \(x.shape).")
    return operators[g](x)
  }

  /// Returns *gx* for every row *x* of a batch `[N, ...]`, on several threads.
  public func callAsFunction(_ g: FiniteGroup.Element, batch: Tensor) -> Tensor {
    precondition(batch.rowShape == shape, "Expected rows of \(shape), but got \(batch.rowShape).")
    return Tensor(
      shape: batch.shape,
      scalars: transforming(rows: batch.rowCount, of: batch) { (row: $0, element: g) })
  }

  /// Returns the orbit of `x` as a batch `[|G|, ...]`, in the order of the transformations.
  public func orbit(of x: Tensor) -> Tensor {
    precondition(x.shape == shape, "Expected shape \(shape), but got \(x.shape).")
    return Tensor(
      shape: [transformations.count] + shape,
      scalars: transforming(rows: transformations.count, of: x.reshaped(to: [1] + shape)) {
        (row: 0, element: $0)
      })
  }

  /// Returns the action of a subgroup: the operators of its elements.
  package func restricted(to subgroup: Subgroup) -> PreparedAction {
    precondition(
      subgroup.parent == group, "Expected a subgroup of \(transformations.name).")
    return PreparedAction(
      TransformationSet(subgroup.group), shape: shape,
      operators: subgroup.elements.map { operators[$0] })
  }

  /// Returns `rows` arrays, each made from a row of `batch` by an element of the group.
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
          operators[element].map.apply(
            UnsafeBufferPointer(rebasing: source[row * size..<(row + 1) * size]),
            to: UnsafeMutableBufferPointer(rebasing: result[i * size..<(i + 1) * size]))
        }
      }
    }
  }
}
