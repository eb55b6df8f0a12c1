// SPDX-License-Identifier: MIT

/// An example and the inputs that share batches with it.
struct TestInputs {
  /// The number of the example in its data set.
  let index: Int
  let example: Tensor
  let others: [Tensor]
  let blank: Tensor

  /// The inputs in odd rows, in turn.
  var probes: [Tensor] { [example] + others }

  /// Returns a batch whose odd rows are the example and the others in turn.
  func batch(of size: Int, _ even: (Int) -> Tensor) -> [Tensor] {
    let probes = probes
    return (0..<size).map { $0 % 2 == 1 ? probes[$0 / 2 % probes.count] : even($0) }
  }

  /// Returns a batch whose even rows are other inputs and a blank one.
  func mixedBatch(of size: Int) -> [Tensor] {
    let reversed = Array(others.reversed())
    return batch(of: size) { $0 == 2 ? blank : reversed[$0 / 2 % reversed.count] }
  }

  /// Returns the rows of a batch with the even ones replaced: from row 4 on in steps of 4 by the example,
  /// elsewhere by other inputs and a blank one.
  func replacingEvenRows(of batch: Tensor) -> [Tensor] {
    let reversed = Array(others.reversed())
    return (0..<batch.rowCount).map { row in
      if row % 2 == 1 { return batch.row(row) }
      if row == 2 { return blank }
      return row > 0 && row % 4 == 0 ? example : reversed[row / 2 % reversed.count]
    }
  }
}

extension DeviationMeasurement {
  /// Returns two batches whose odd rows are the same; even rows are copies of the first example in one,
  /// and other inputs and a blank one in the other. Returns none if there is no example.
  func testBatches() throws -> [Tensor] {
    guard let inputs = try testInputs() else { return [] }
    let size = max(batchSize, 4)
    return [
      .stacking(inputs.batch(of: size) { _ in inputs.example }),
      .stacking(inputs.mixedBatch(of: size)),
    ]
  }

  /// The first example, and inputs that go through the model beside it.
  func testInputs() throws -> TestInputs? {
    guard let first = InputPlan(self).examples.first else { return nil }
    return try testInputs(for: dataset.example(at: first), index: first)
  }

  /// An input, and others that go through the model beside it.
  func testInputs(for example: Tensor, index first: Int) throws -> TestInputs {
    var others = [reversed(example)]
    for index in InputPlan(self).examples.dropFirst().prefix(8) {
      let candidate = try dataset.example(at: index)
      if candidate.shape == example.shape, candidate != example { others.append(candidate) }
    }
    if others.count > 1 { others.removeFirst() }
    // The inputs most similar to the example: a model that searches for similar rows would find
    // them.
    let action = try inputAction.prepared(for: example.shape)
    let moved = (0..<action.transformations.count).prefix(8).map { action($0, example) }
      .filter { $0 != example }
    others = (0..<max(others.count, moved.count)).flatMap { index in
      [others, moved].compactMap { $0.isEmpty ? nil : $0[index % $0.count] }
    }
    // The blank input has another value if the example itself is zero everywhere.
    let shade: Float = example.scalars.allSatisfy { $0 == 0 } ? 1 : 0
    return TestInputs(
      index: first, example: example, others: others,
      blank: Tensor(repeating: shade, shape: example.shape))
  }

  /// Returns an example with its numbers in reversed order, within each part that one input takes.
  private func reversed(_ example: Tensor) -> Tensor {
    let parts = (inputAction as? JoinedAction)?.inputs.ranges ?? [example.scalars.indices]
    return Tensor(
      shape: example.shape, scalars: parts.flatMap { example.scalars[$0].reversed() })
  }
}
