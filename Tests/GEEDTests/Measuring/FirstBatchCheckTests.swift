// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import GEED

/// The check of independence in a run, for which its first batch is used.
@Suite struct FirstBatchCheckTests {
  private func measurement(
    batchSize: Int = 16, _ body: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> DeviationMeasurement {
    .ofSmallImages(count: 12, batchSize: batchSize, body)
  }

  private static func changed(
    _ batch: Tensor, _ change: (_ row: Int, _ value: Float) -> Float
  ) -> Tensor {
    let size = batch.scalars.count / batch.rowCount
    return Tensor(
      shape: batch.shape, scalars: batch.scalars.enumerated().map { change($0 / size, $1) })
  }

  @Test(
    "Two inputs and one batch more than the measurement go through the model", arguments: [8, 16])
  func runs(batchSize: Int) throws {
    let counts = Mutex<[Int]>([])
    let measurement = measurement(batchSize: batchSize) { batch in
      counts.withLock { $0.append(batch.rowCount) }
      return Self.changed(batch) { $1 * $1 }
    }
    let result = try measurement.run()
    #expect(counts.withLock { $0.reduce(0, +) } == 48 + 2 + batchSize)
    #expect(try measurement.run(checksIndependence: false) == result)
  }

  @Test("A leak between rows, rows that depend on their number, and random outputs are found")
  func faults() {
    func expect(_ error: MeasurementError, _ body: @escaping @Sendable (Tensor) -> Tensor) {
      #expect(throws: error) { try measurement(body).run() }
    }
    let mixes = MeasurementError.mixesExamples(tensors: ["y"])
    expect(mixes) { batch in
      let mean = batch.scalars.reduce(0, +) / Float(batch.scalars.count)
      return Self.changed(batch) { $1 - mean }
    }
    expect(mixes) { batch in
      let last = batch.scalars.last ?? 0
      return Self.changed(batch) { $0 % 2 == 0 ? $1 : $1 + 0.01 * last + Float(batch.rowCount) }
    }
    expect(mixes) { batch in Self.changed(batch) { $1 * (1 + 0.1 * Float($0)) } }
    let count = Mutex(0)
    expect(.notDeterministic(tensors: ["y"])) { batch in
      let number = count.withLock { count in
        count += 1
        return count
      }
      return Self.changed(batch) { $1 + Float(number) }
    }
  }

  @Test("The first input is named if its output is NaN")
  func notANumber() throws {
    let error = #expect(throws: MeasurementError.self) {
      try measurement { Self.changed($0) { row, value in row == 0 ? .nan : value } }.run()
    }
    guard case .notFinite("y", let value, _, _, "r0")? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(value.isNaN)
  }
}
