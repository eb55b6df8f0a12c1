// SPDX-License-Identifier: MIT

#if Torch
import Testing

/// `Trainer` of `GEEDModels`, in several processes.
@Suite(.serialized) struct DistributedTrainerTests {
  /// Ten steps at a high rate, in single precision, of numbers around 1: sums in another order leave
  /// some ten units in the last place, 1e-6.
  @Test("Several processes share batches, augmentation and all, and get what one gets")
  func equalsOneProcess() async throws {
    let one = try #require(try await Workers.run(["trainer"], count: 1).first)
    #expect(one.status == 0, "\(one.error)")
    #expect(one.losses.count == 10 && one.weights.count == 98)
    for process in try await Workers.run(["trainer"], count: 2) {
      #expect(process.status == 0, "\(process.error)")
      #expect(process.losses.count == 10 && process.weights.count == 98)
      #expect(process.accuracies == one.accuracies)
      #expect(zip(process.losses, one.losses).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(zip(process.weights, one.weights).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }
}
#endif
