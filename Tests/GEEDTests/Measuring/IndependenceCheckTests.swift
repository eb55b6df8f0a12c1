// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import GEED

@Suite struct IndependenceCheckTests {
  private func measurement(
    batchSize: Int = 16, _ body: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> DeviationMeasurement {
    .ofSmallImages(count: 6, batchSize: batchSize, body)
  }

  @Test(
    "A map of each row by itself passes, in one input and two batches of the measurement's size",
    arguments: [(1, 4), (4, 4), (16, 16)])
  func rowByRow(batchSize: Int, rowCount: Int) throws {
    let counts = Mutex<[Int]>([])
    try measurement(batchSize: batchSize) { batch in
      counts.withLock { $0.append(batch.rowCount) }
      return Tensor(shape: batch.shape, scalars: batch.scalars.map { $0 * $0 })
    }.requireIndependentExamples()
    #expect(counts.withLock { $0 } == [1, rowCount, rowCount])
  }

  @Test("A leak between late rows of a batch is found, and one that grows with their number")
  func lateRows() {
    #expect(throws: MeasurementError.mixesExamples(tensors: ["y"])) {
      try measurement { batch in
        let size = batch.scalars.count / batch.rowCount
        let late = batch.scalars.dropFirst(4 * size).reduce(0, +)
        return Tensor(
          shape: batch.shape,
          scalars: batch.scalars.enumerated().map { $0 < 4 * size ? $1 : $1 + late })
      }.requireIndependentExamples()
    }
    #expect(throws: MeasurementError.mixesExamples(tensors: ["y"])) {
      try measurement { batch in
        let factor = 1 + 0.014 * Float(batch.rowCount)
        return Tensor(shape: batch.shape, scalars: batch.scalars.map { factor * $0 })
      }.requireIndependentExamples()
    }
  }

  @Test("NaN is named before it can look like a mixture", arguments: [0, 2])
  func notANumber(row: Int) throws {
    let error = #expect(throws: MeasurementError.self) {
      try measurement { batch in
        var result = batch
        let size = batch.scalars.count / batch.rowCount
        if row < batch.rowCount { result.scalars[row * size] = .nan }
        return result
      }.requireIndependentExamples()
    }
    guard case .notFinite("y", let value, _, _, "r0")? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(value.isNaN)
  }

  @Test(
    "A masked class does not hide what the others do", arguments: [-1e9, -65_504, -1e5] as [Float])
  func masked(mask: Float) throws {
    func masking(_ leak: Float) -> DeviationMeasurement {
      measurement { batch in
        let size = batch.scalars.count / batch.rowCount
        let mean = batch.scalars.reduce(0, +) / Float(batch.scalars.count)
        return Tensor(
          shape: batch.shape,
          scalars: batch.scalars.enumerated().map { $0 % size == 0 ? mask : $1 + leak * mean })
      }
    }
    try masking(0).requireIndependentExamples()
    #expect(throws: MeasurementError.mixesExamples(tensors: ["y"])) {
      try masking(1).requireIndependentExamples()
    }
  }

  @Test("Rounding that depends on the size of the batch passes; more does not")
  func rounding() throws {
    // 2⁻⁸ is the last digit of bfloat16, the coarsest type there is.
    try measurement { batch in
      Tensor(
        shape: batch.shape,
        scalars: batch.scalars.map { $0 * (1 + 0x1p-8 / Float(batch.rowCount)) })
    }.requireIndependentExamples()
    #expect(throws: MeasurementError.mixesExamples(tensors: ["y"])) {
      try measurement { batch in
        Tensor(
          shape: batch.shape, scalars: batch.scalars.map { $0 * (1 + 0.25 / Float(batch.rowCount)) }
        )
      }.requireIndependentExamples()
    }
  }

  @Test(
    "A leak of one part in a thousand from another row is found, one from the last digit is not")
  func leak() throws {
    func leaking(_ part: Float) -> DeviationMeasurement {
      measurement { batch in
        let first = batch.row(0).scalars
        return Tensor(
          shape: batch.shape,
          scalars: batch.scalars.enumerated().map { $1 + part * first[$0 % first.count] })
      }
    }
    // The examples are below 100 and some of their numbers above 10.
    #expect(throws: MeasurementError.mixesExamples(tensors: ["y"])) {
      try leaking(1e-3).requireIndependentExamples()
    }
    try leaking(1e-8).requireIndependentExamples()
  }

  @Test("Rows in another order, and rows that know their number, are found")
  func places() {
    for batchSize in [1, 16] {
      #expect(throws: MeasurementError.mixesExamples(tensors: ["y"])) {
        try measurement(batchSize: batchSize) { batch in
          .stacking((0..<batch.rowCount).reversed().map { batch.row($0) })
        }.requireIndependentExamples()
      }
      #expect(throws: MeasurementError.mixesExamples(tensors: ["y"])) {
        try measurement(batchSize: batchSize) { batch in
          .stacking(
            (0..<batch.rowCount).map { row in
              Tensor(
                shape: batch.rowShape,
                scalars: batch.row(row).scalars.map { $0 * (1 + Float(row)) })
            })
        }.requireIndependentExamples()
      }
    }
  }

  @Test("A model that counts its calls is not deterministic, and `run` says so")
  func calls() {
    final class Counter: Sendable { let value = Mutex<Float>(0) }
    let counter = Counter()
    let measurement = measurement { batch in
      let number = counter.value.withLock { count in
        count += 1
        return count
      }
      return Tensor(shape: batch.shape, scalars: batch.scalars.map { $0 + number })
    }
    #expect(throws: MeasurementError.notDeterministic(tensors: ["y"])) { _ = try measurement.run() }
  }

  @Test("A model of one input at a time passes where it gets no more")
  func oneAtATime() throws {
    struct TooMany: Error {}
    let body: @Sendable (Tensor) throws -> Tensor = { batch in
      guard batch.rowCount == 1 else { throw TooMany() }
      return batch
    }
    try measurement(batchSize: 1, body).requireIndependentExamples()
    #expect(throws: TooMany.self) {
      try measurement(batchSize: 2, body).requireIndependentExamples()
    }
  }

  @Test("Rows that are not one for each input are found at the second size")
  func rowCount() {
    #expect(throws: MeasurementError.rowCount(tensor: "y", shape: [1, 1, 2, 2], expected: 16)) {
      try measurement { batch in .stacking([batch.row(0)]) }.requireIndependentExamples()
    }
  }
}
