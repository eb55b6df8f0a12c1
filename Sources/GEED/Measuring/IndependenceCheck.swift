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
    try independenceCheck(inputs, size: max(batchSize, 4), element: 0, of: dataset)
      .run(requiresBatches: batchSize > 1) { try requireMemory(rowShapes: $0) }
  }

  /// Throws unless the model meets the requirements, as a batch shows that has gone through it.
  ///
  /// - Parameter first: The example, element and data set of the first input of the batch.
  func requireIndependentExamples(
    in pass: ForwardPass, first: (example: Int, element: Int, isFromScaleDataset: Bool)
  ) throws {
    let inputs = try testInputs(for: pass.inputs.row(0), index: first.example)
    try independenceCheck(
      inputs, size: pass.inputs.rowCount, element: first.element,
      of: self.dataset(ofOrbits: !first.isFromScaleDataset)
    ).run(beside: pass) { try requireMemory(rowShapes: $0) }
  }

  private func independenceCheck(
    _ inputs: TestInputs, size: Int, element: Int, of dataset: any Dataset
  ) -> IndependenceCheck {
    IndependenceCheck(
      model: model, tensors: unique(probes.map(\.tensor)), inputs: inputs, size: size
    ) { tensor, value in
      .notFinite(
        tensor: tensor, value: value, example: inputs.index, dataset: dataset.name,
        element: inputAction.transformations.elementNames[element])
    }
  }

  /// Whether units remain to be computed after the records of an earlier run.
  package func needsModel(resuming records: [MeasurementRecord]) -> Bool {
    InputPlan(self).unitCount > records.count
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
    let alone = try outputsAlone(body)
    let copies: [String: Tensor]
    do {
      copies = try outputs(for: inputs.batch(of: size) { _ in example })
    } catch  where !requiresBatches {
      // Models that accept one input at a time cannot mix any.
      try requireEqual(alone, try outputs(for: [example]), rows: [(0, 0)])
      _ = try outputs(for: [inputs.blank])
      return
    }
    let rows = (0..<size).filter { $0 % 2 == 0 || $0 % (2 * inputs.probes.count) == 1 }
    try requireNumbers(copies, rows: rows)
    try requireSameOddRows(of: copies, inputs.mixedBatch(of: size))
    try requireSame(alone, rows.map { (copies, $0) })
  }

  /// Checks a batch that has gone through the model, and whose first row is the example.
  ///
  /// - Parameter body: Called with the shapes of rows after the first input.
  func run(beside pass: ForwardPass, _ body: ([String: [Int]]) throws -> Void) throws {
    try model.requireRows(of: tensors, in: pass.outputs, for: pass.inputs)
    try requireNumbers(pass.outputs, rows: [0])
    let alone = try outputsAlone(body)
    let amongOthers = try requireSameOddRows(
      of: pass.outputs, inputs.replacingEvenRows(of: pass.inputs))
    try requireSame(
      alone, [(pass.outputs, 0)] + stride(from: 4, to: size, by: 4).map { (amongOthers, $0) })
    // The first input is in even rows only.
    let second = pass.inputs.row(1)
    try requireSame(outputs(for: [second]), [(pass.outputs, 1)], of: second)
  }

  /// Throws unless the odd rows of a batch, which are the same as in another one, have the same outputs;
  /// returns the outputs of the batch.
  @discardableResult
  private func requireSameOddRows(
    of outputs: [String: Tensor], _ mixed: [Tensor]
  ) throws -> [String: Tensor] {
    let amongOthers = try self.outputs(for: mixed)
    let differing = try tensorsThatDiffer(
      outputs, amongOthers, rows: stride(from: 1, to: size, by: 2).map { ($0, $0) })
    if !differing.isEmpty {
      let again = try self.outputs(for: mixed)
      try requireEqual(amongOthers, again, rows: mixed.indices.map { ($0, $0) })
      throw MeasurementError.mixesExamples(tensors: differing)
    }
    return amongOthers
  }

  /// Throws unless an input, by default the example, has nearly the same outputs alone as in rows of
  /// batches.
  private func requireSame(
    _ alone: [String: Tensor], _ rows: [(outputs: [String: Tensor], row: Int)],
    of input: Tensor? = nil
  ) throws {
    let moved = try tensors.filter { tensor in
      try rows.contains { try difference(of: tensor, (alone, 0), $0, isMoved: true) }
    }
    guard moved.isEmpty else {
      try requireEqual(alone, try outputs(for: [input ?? inputs.example]), rows: [(0, 0)])
      throw MeasurementError.mixesExamples(tensors: moved)
    }
  }

  /// Runs the model on the example alone, and calls `body` with the shapes of rows.
  private func outputsAlone(_ body: ([String: [Int]]) throws -> Void) throws -> [String: Tensor] {
    let alone = try outputs(for: [inputs.example])
    try body(Dictionary(uniqueKeysWithValues: tensors.map { ($0, alone[$0]?.rowShape ?? []) }))
    try requireNumbers(alone, rows: [0])
    return alone
  }

  private func outputs(for examples: [Tensor]) throws -> [String: Tensor] {
    try model.outputs(of: tensors, for: .stacking(examples))
  }

  /// Throws if one of the rows, which hold outputs of the example, has NaN: no comparison would say so.
  private func requireNumbers(
    _ outputs: [String: Tensor], rows: [Int]
  ) throws {
    for tensor in tensors {
      let output = try outputs.output(tensor)
      for row in rows {
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
    // Engines usually repeat every digit, and layers can have millions of numbers.
    if x.elementsEqual(y) { return false }
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

  /// Returns the 10 % quantile of the magnitudes other than 0, to two digits; infinite if there are none.
  private func typicalMagnitude(_ scalars: some Sequence<Float>) -> Float {
    // The bit patterns of positive numbers have the order of the numbers, so their upper halves divide
    // the magnitudes into classes less than 1 % wide.
    var counts = [Int](repeating: 0, count: 1 << 15)
    var total = 0
    for scalar in scalars where scalar != 0 && scalar.isFinite {
      counts[Int(scalar.magnitude.bitPattern >> 16)] += 1
      total += 1
    }
    guard total > 0 else { return .infinity }
    var below = 0
    let place = counts.firstIndex { count in
      below += count
      return below > total / 10
    }
    return Float(bitPattern: UInt32(place ?? 0) << 16)
  }
}

extension MeasurableModel {
  /// Runs the model; throws unless each of some tensors has a row for each row of the batch.
  func outputs(of tensors: [String], for batch: Tensor) throws -> [String: Tensor] {
    let outputs = try outputs(for: batch)
    try requireRows(of: tensors, in: outputs, for: batch)
    return outputs
  }

  /// Throws unless each of some tensors has a row for each row of the batch.
  fileprivate func requireRows(
    of tensors: [String], in outputs: [String: Tensor], for batch: Tensor
  ) throws {
    for tensor in tensors {
      let output = try outputs.output(tensor)
      guard output.shape.first == batch.rowCount else {
        throw MeasurementError.rowCount(
          tensor: tensor, shape: output.shape, expected: batch.rowCount)
      }
    }
  }
}

/// Returns the elements without repetitions, in order.
func unique(_ names: [String]) -> [String] {
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}
