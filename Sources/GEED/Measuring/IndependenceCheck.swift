// SPDX-License-Identifier: MIT

extension DeviationMeasurement {
  /// Throws unless the model meets the requirements of ``MeasurableModel``: equal inputs give equal
  /// outputs, and each row of an output depends only on the same row of the input.
  ///
  /// One example goes through the model alone, then in two batches whose odd rows are the same: the
  /// example, other examples, and copies of it that the group has moved. The even rows are the
  /// example in the first batch, and other inputs and a blank one in the second. These batches have
  /// ``batchSize`` rows, at least 4. For every tensor that is probed the outputs are compared:
  ///
  /// - odd rows of the two batches, for which an engine performs the same operations: the largest
  ///   difference is at most 10⁻⁴ of the largest number.
  /// - the example alone and its copies in other rows, for which an engine may choose other kernels:
  ///   the root mean square of the differences is at most 5 % of that of the numbers.
  ///
  /// Numbers that are very much larger than the others of a row, such as the −10⁹ of a masked
  /// class, are compared separately. A dependence that shows only for other examples is not
  /// detected. A model that accepts only one input at a time passes only if ``batchSize`` is 1.
  /// With ``memoryLimit`` the memory that the measurement needs is estimated after the first input.
  ///
  /// - Throws: ``MeasurementError``, and errors of the model or the data set.
  /// - Complexity: 2·``batchSize`` + 1 inputs in three batches.
  public func requireIndependentExamples() throws {
    guard let inputs = try testInputs() else { return }
    try IndependenceCheck(
      model: model, tensors: unique(probes.map(\.tensor)), inputs: inputs,
      size: max(batchSize, 4)
    ) { tensor, value in
      .notFinite(
        tensor: tensor, value: value, example: inputs.index, dataset: dataset.name,
        element: inputAction.transformations.elementNames.first ?? "")
    }.run(requiresBatches: batchSize > 1) { try requireMemory(rowShapes: $0) }
  }

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
  private func testInputs() throws -> TestInputs? {
    let plan = InputPlan(self)
    guard let first = plan.examples.first else { return nil }
    let example = try dataset.example(at: first)
    var others = [reversed(example)]
    for index in plan.examples.dropFirst().prefix(8) {
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

  /// Whether units remain to be computed after the records of an earlier run.
  package func needsModel(resuming records: [MeasurementRecord]) -> Bool {
    InputPlan(self).unitCount > records.count
  }
}

/// An example and the inputs that share batches with it.
private struct TestInputs {
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
}

private struct IndependenceCheck {
  let model: any MeasurableModel
  let tensors: [String]
  let inputs: TestInputs
  let size: Int
  /// The error for an output of the example, in a tensor, that is no number.
  let notFinite: (_ tensor: String, _ value: Float) -> MeasurementError

  /// - Parameter body: Called with the shapes of rows after the first input.
  func run(requiresBatches: Bool, _ body: ([String: [Int]]) throws -> Void) throws {
    let example = inputs.example
    let alone = try outputs(for: [example])
    try requireNumbers(alone, rows: 0..<1)
    try body(Dictionary(uniqueKeysWithValues: tensors.map { ($0, alone[$0]?.rowShape ?? []) }))
    let copies: [String: Tensor]
    do {
      copies = try outputs(for: inputs.batch(of: size) { _ in example })
    } catch  where !requiresBatches {
      // Models that accept one input at a time cannot mix any.
      try requireEqual(alone, try outputs(for: [example]), rows: [(0, 0)])
      _ = try outputs(for: [inputs.blank])
      return
    }
    try requireNumbers(copies, rows: 0..<size) {
      $0 % 2 == 0 || $0 % (2 * inputs.probes.count) == 1
    }
    let mixed = inputs.mixedBatch(of: size)
    let amongOthers = try outputs(for: mixed)
    let differing = try tensorsThatDiffer(
      copies, amongOthers, rows: stride(from: 1, to: size, by: 2).map { ($0, $0) })
    if !differing.isEmpty {
      let again = try outputs(for: mixed)
      try requireEqual(amongOthers, again, rows: mixed.indices.map { ($0, $0) })
      throw MeasurementError.mixesExamples(tensors: differing)
    }
    let moved = try tensors.filter { tensor in
      try (0..<size).contains { row in
        try (row % 2 == 0 || row % (2 * inputs.probes.count) == 1)
          && difference(of: tensor, (alone, 0), (copies, row), isMoved: true)
      }
    }
    guard moved.isEmpty else {
      try requireEqual(alone, try outputs(for: [example]), rows: [(0, 0)])
      throw MeasurementError.mixesExamples(tensors: moved)
    }
  }

  private func outputs(for examples: [Tensor]) throws -> [String: Tensor] {
    try model.outputs(of: tensors, for: .stacking(examples))
  }

  /// Throws if one of the rows, which hold outputs of the example, has NaN: no comparison would say so.
  private func requireNumbers(
    _ outputs: [String: Tensor], rows: Range<Int>, where isExample: (Int) -> Bool = { _ in true }
  ) throws {
    for tensor in tensors {
      let output = try outputs.output(tensor)
      for row in rows where isExample(row) {
        let range = output.scalarRange(ofRow: row)
        if let value = output.scalars[range].first(where: \.isNaN) {
          throw notFinite(tensor, value)
        }
      }
    }
  }

  private func requireEqual(
    _ a: [String: Tensor], _ b: [String: Tensor], rows: [(Int, Int)]
  ) throws {
    let differing = try tensorsThatDiffer(a, b, rows: rows)
    guard differing.isEmpty else { throw MeasurementError.notDeterministic(tensors: differing) }
  }

  private func tensorsThatDiffer(
    _ a: [String: Tensor], _ b: [String: Tensor], rows: [(Int, Int)]
  ) throws -> [String] {
    try tensors.filter { tensor in
      try rows.contains { try difference(of: tensor, (a, $0.0), (b, $0.1), isMoved: false) }
    }
  }

  /// Whether two rows of a tensor differ by more than rounding can explain.
  private func difference(
    of tensor: String, _ a: (outputs: [String: Tensor], row: Int),
    _ b: (outputs: [String: Tensor], row: Int), isMoved: Bool
  ) throws -> Bool {
    guard let first = a.outputs[tensor], let second = b.outputs[tensor] else { return false }
    guard first.rowShape == second.rowShape else {
      throw MeasurementError.shapeChanged(
        tensor: tensor, from: first.rowShape, to: second.rowShape)
    }
    let x = first.scalars(ofRows: a.row..<a.row + 1)
    let y = second.scalars(ofRows: b.row..<b.row + 1)
    let pairs = zip(x, y).lazy.filter { p, q in p.isFinite || (p != q && !(p.isNaN && q.isNaN)) }
    let huge = 1e3 * typicalMagnitude(x)
    var (squares, squaredDifferences): (Double, Double) = (0, 0)
    var (largest, largestDifference): (Float, Float) = (0, 0)
    for (p, q) in pairs {
      guard p.isFinite, q.isFinite else { return true }
      let difference = (p - q).magnitude
      if max(p.magnitude, q.magnitude) > huge {
        if difference > (isMoved ? 0.05 : 1e-4) * max(p.magnitude, q.magnitude) { return true }
        continue
      }
      largest = max(largest, p.magnitude)
      largestDifference = max(largestDifference, difference)
      squares += Double(p) * Double(p)
      squaredDifferences += Double(difference) * Double(difference)
    }
    return isMoved
      ? squaredDifferences > 0.05 * 0.05 * squares : largestDifference > 1e-4 * largest
  }

  /// Returns the 10 % quantile of the magnitudes other than 0; infinite if there are none.
  private func typicalMagnitude(_ scalars: some Sequence<Float>) -> Float {
    let magnitudes = scalars.lazy.map(\.magnitude).filter { $0 > 0 && $0.isFinite }.sorted()
    return magnitudes.isEmpty ? .infinity : magnitudes[magnitudes.count / 10]
  }
}

extension MeasurableModel {
  /// Runs the model; throws unless each of some tensors has a row for each row of the batch.
  func outputs(of tensors: [String], for batch: Tensor) throws -> [String: Tensor] {
    let outputs = try outputs(for: batch)
    for tensor in tensors {
      let output = try outputs.output(tensor)
      guard output.shape.first == batch.rowCount else {
        throw MeasurementError.rowCount(
          tensor: tensor, shape: output.shape, expected: batch.rowCount)
      }
    }
    return outputs
  }
}

/// Returns the elements without repetitions, in order.
func unique(_ names: [String]) -> [String] {
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}

extension DeviationMeasurement {
  /// Returns an estimate of the bytes that a measurement keeps at a time, without what the model computes
  /// in between: its weights, four batches of inputs and outputs, two orbits, and for latent metrics the
  /// outputs of the examples of *M*.
  package func memoryEstimate(rowShapes: [String: [Int]]) -> Int {
    let order = inputAction.transformations.count
    let rows = 4 * max(batchSize, 4) + 2 * order
    var bytes = Double(Tensor.count(of: dataset.exampleShape)) * Double(rows) * 4
    for shape in rowShapes.values { bytes += size(shape) * Double(rows) }
    let scaleTotal = (scaleDataset ?? dataset).count
    let scaleCount = min(scaleExampleCount ?? scaleTotal, scaleTotal)
    for probe in probes where probe.metric.scaleMeasure != nil {
      bytes += 2 * size(rowShapes[probe.tensor] ?? []) * Double(scaleCount)
    }
    bytes += Double(weightByteCount)
    return bytes < 0x1p62 ? Int(bytes) : 1 << 62
  }

  private func size(_ shape: [Int]) -> Double { 4 * shape.reduce(1) { $0 * Double($1) } }

  /// Throws an error if a measurement needs more than ``memoryLimit``.
  func requireMemory(rowShapes: [String: [Int]]) throws {
    guard let memoryLimit else { return }
    let needed = memoryEstimate(rowShapes: rowShapes)
    guard needed > memoryLimit else { return }
    let largest = rowShapes.max { (size($0.value), $1.key) < (size($1.value), $0.key) }
    throw MeasurementError.memory(
      needed: needed, limit: memoryLimit, tensor: largest?.key ?? "", shape: largest?.value ?? [])
  }
}

/// Returns a number of bytes as text, such as `1.5 GB`.
package func byteText(_ count: Int) -> String {
  let units = [(1 << 60, "EB"), (1 << 50, "PB"), (1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB")]
  guard let (size, unit) = units.first(where: { count >= $0.0 }) else { return "\(count >> 10) kB" }
  let tenths = (Double(count) / Double(size) * 10).rounded()
  return tenths < 100 ? "\(tenths / 10) \(unit)" : "\(Int(tenths / 10)) \(unit)"
}
