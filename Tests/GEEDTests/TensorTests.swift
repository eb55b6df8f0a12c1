// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct TensorTests {
  @Test("Rows stacked again are the batch", arguments: [[4], [3, 2], [1, 5, 2], [2, 0]])
  func stacking(shape: [Int]) {
    let batch = Tensor.counting(shape)
    let rows = (0..<batch.rowCount).map(batch.row)
    #expect(Tensor.stacking(rows) == batch)
    #expect(rows.allSatisfy { $0.shape == batch.rowShape })
  }

  /// Rows of [3, 2] are 0 1, 2 3 and 4 5.
  @Test("Rows are cut row-major")
  func rows() {
    let batch = Tensor.counting([3, 2])
    #expect(batch.row(1).scalars == [2, 3])
    #expect(batch.scalarRange(ofRow: 2) == 4..<6)
    #expect(batch.reshaped(to: [2, 3]).row(1).scalars == [3, 4, 5])
  }

  @Test("A tensor without axes is one number")
  func singleNumber() {
    #expect(Tensor.count(of: []) == 1)
    #expect(Tensor(repeating: 3, shape: []).scalars == [3])
  }

  @Test("A changed copy leaves the original as it was")
  func values() {
    let original = Tensor.counting([2, 2])
    var copy = original
    copy.scalars[0] = 9
    #expect(original.scalars == [0, 1, 2, 3])
    #expect(copy.scalars == [9, 1, 2, 3])
  }

  @Test("Scalars that do not fill the shape are a mistake of the caller")
  func wrongCount() async {
    await #expect(processExitsWith: .failure) { _ = Tensor(shape: [2, 2], scalars: [1]) }
    await #expect(processExitsWith: .failure) {
      var tensor = Tensor.counting([2])
      tensor.scalars.append(1)
    }
    await #expect(processExitsWith: .failure) { _ = Tensor.counting([2, 2]).row(2) }
  }
}
