// SPDX-License-Identifier: MIT

extension DeviationMeasurement {
  /// Throws unless the model meets the requirements of ``MeasurableModel``: equal inputs give equal
  /// outputs, and each row of an output depends only on the same row of the input.
  ///
  /// One example goes through the model alone, then as all rows of a batch, then in a batch with
  /// others, moved copies and a blank one, each time in several places. These batches have ``batchSize`` rows, at
  /// least 4. Of every tensor that is probed the rows of that example are compared:
  ///
  /// - in the same place of batches of the same size: largest difference at most 10⁻⁴ of the largest
  ///   number. An engine does the same work in the same order there, and on a processor the numbers
  ///   are equal to the bit; a graphics card may add in another order from run to run.
  /// - in other places and alone: root mean square of the differences at most 5 % of that of the
  ///   numbers. An engine may choose other kernels there, which in 16 bits, and where 8-bit numbers
  ///   are rounded to the next level, costs some per cent in a deep network; a network that counts
  ///   its rows, or sums over them, differs by more.
  ///
  /// Numbers that are very much larger than the others of a row, such as the −10⁹ of a masked class,
  /// are compared by themselves, lest nothing else be seen beside them.
  ///
  /// A dependence that shows only for other examples is not detected. A model that takes only one
  /// input at a time passes only if ``batchSize`` is 1.
  ///
  /// With ``memoryLimit`` the need of the measurement is estimated after the first input.
  ///
  /// - Throws: ``MeasurementError/notDeterministic(tensors:)``,
  ///   ``MeasurementError/mixesExamples(tensors:)``, ``MeasurementError/rowCount(tensor:shape:expected:)``,
  ///   ``MeasurementError/memory(needed:limit:tensor:shape:)``, and what the model or the data set throw.
  /// - Complexity: 2·``batchSize`` + 1 inputs in three batches.
  public func requireIndependentExamples() throws {
    let plan = InputPlan(self)
    guard let first = plan.examples.first else { return }
    let example = try dataset.example(at: first)
    var others = [Tensor(shape: example.shape, scalars: example.scalars.reversed())]
    for index in plan.examples.dropFirst().prefix(8) {
      let candidate = try dataset.example(at: index)
      if candidate.shape == example.shape, candidate != example { others.append(candidate) }
    }
    if others.count > 1 { others.removeFirst() }
    // What resembles the example most: a model that looks for similar rows would find them.
    let action = try inputAction.prepared(for: example.shape)
    let moved = (0..<action.transformations.count).prefix(8).map { action($0, example) }
      .filter { $0 != example }
    others = (0..<max(others.count, moved.count)).flatMap { index in
      [others, moved].compactMap { $0.isEmpty ? nil : $0[index % $0.count] }
    }
    // A picture that is blank already is told from one that is so in another shade.
    let shade: Float = example.scalars.allSatisfy { $0 == 0 } ? 1 : 0
    try IndependenceCheck(
      model: model, tensors: unique(probes.map(\.tensor)), example: example, others: others,
      blank: Tensor(repeating: shade, shape: example.shape), size: max(batchSize, 4)
    ).run(requiresBatches: batchSize > 1) { try requireMemory(rowShapes: $0) }
  }

  /// Whether records of an earlier run leave something to be computed.
  package func needsModel(resuming records: [MeasurementRecord]) -> Bool {
    InputPlan(self).unitCount > records.count
  }
}

/// The batches of a check, and what is made of them.
private struct IndependenceCheck {
  let model: any MeasurableModel
  let tensors: [String]
  let example: Tensor
  let others: [Tensor]
  let blank: Tensor
  /// The number of rows of a batch.
  let size: Int

  /// - Parameter body: Is called with the shapes of rows after the first input.
  func run(requiresBatches: Bool, _ body: ([String: [Int]]) throws -> Void) throws {
    let alone = try outputs(for: [example])
    try body(Dictionary(uniqueKeysWithValues: tensors.map { ($0, alone[$0]?.rowShape ?? []) }))
    let copies: [String: Tensor]
    do {
      copies = try outputs(for: Array(repeating: example, count: size))
    } catch  where !requiresBatches {
      // Models that take one input at a time cannot mix any.
      try requireEqual(alone, try outputs(for: [example]), rows: [(0, 0)])
      _ = try outputs(for: [blank])
      return
    }
    // Every second row is the example; a blank one and others stand between.
    let mixed = (0..<size).map { row in
      row % 2 == 1 ? example : row == 2 ? blank : others[row / 2 % others.count]
    }
    let company = try outputs(for: mixed)
    let differing = try tensorsThatDiffer(
      copies, company, rows: stride(from: 1, to: size, by: 2).map { ($0, $0) })
    if !differing.isEmpty {
      let again = try outputs(for: mixed)
      try requireEqual(company, again, rows: mixed.indices.map { ($0, $0) })
      throw MeasurementError.mixesExamples(tensors: differing)
    }
    let moved = try tensors.filter { tensor in
      try (0..<size).contains { row in
        try difference(of: tensor, (alone, 0), (copies, row), isMoved: true)
      }
    }
    guard moved.isEmpty else {
      try requireEqual(alone, try outputs(for: [example]), rows: [(0, 0)])
      throw MeasurementError.mixesExamples(tensors: moved)
    }
  }

  private func outputs(for examples: [Tensor]) throws -> [String: Tensor] {
    let outputs = try model.outputs(for: Tensor.stacking(examples))
    for tensor in tensors {
      guard let output = outputs[tensor] else {
        throw MeasurementError.missingTensor(tensor, available: Array(outputs.keys))
      }
      guard output.shape.first == examples.count else {
        throw MeasurementError.rowCount(
          tensor: tensor, shape: output.shape, expected: examples.count)
      }
    }
    return outputs
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

  /// Whether two rows of a tensor differ by more than rounding explains.
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
    let huge = 1e4 * typicalMagnitude(x)
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

  /// A magnitude that a tenth of the numbers other than 0 do not exceed; infinite if there are none.
  private func typicalMagnitude(_ scalars: some Sequence<Float>) -> Float {
    let magnitudes = scalars.lazy.map(\.magnitude).filter { $0 > 0 && $0.isFinite }.sorted()
    return magnitudes.isEmpty ? .infinity : magnitudes[magnitudes.count / 10]
  }
}

/// The elements without those that came before.
private func unique(_ names: [String]) -> [String] {
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}
