// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

@Suite(.serialized) struct DataParallelTests {
  @Test("With no group there is one process, which has the whole batch")
  func alone() throws {
    let parallel = DataParallel()
    #expect(parallel.rank == 0 && parallel.size == 1 && parallel.isFirst)
    #expect(parallel.share(of: 7) == 0..<7)
    let weight = try TorchTensor([1.0, 2.0], shape: [2])
    try parallel.synchronize(parameters: [weight])
    try parallel.averageGradients(of: [weight])
    try parallel.averageStatistics([weight])
    #expect(try weight.doubles() == [1, 2])
    #expect(try parallel.means([3, 4]) == [3, 4])
    #expect(try parallel.anywhere(true) && !parallel.anywhere(false) && parallel.agree(on: "it"))
  }

  /// The sums over a batch are made of one number for each process, so they round otherwise. Six steps
  /// make of that some units in the last place of numbers around 1: 1e-12 and 1e-5 are about 5,000 and 80
  /// of these.
  @Test(
    "Several processes train as one does with the whole batch",
    arguments: [("float64", 2, 1e-12), ("float64", 4, 1e-12), ("float32", 2, 1e-5)])
  func equalsOneProcess(type: String, count: Int, tolerance: Double) async throws {
    let one = try #require(try await Workers.run(["train", type], count: 1).first)
    let several = try await Workers.run(["train", type], count: count)
    #expect(one.status == 0 && one.losses.count == 6 && one.weights.count == 63)
    #expect(Set(one.losses).count == 6)
    for process in several {
      #expect(process.status == 0, "\(process.error)")
      #expect(largestDifference(process.losses, one.losses) < tolerance)
      #expect(largestDifference(process.weights, one.weights) < tolerance)
      // All processes make the same sums in the same order.
      #expect(process.weights == several[0].weights && process.losses == several[0].losses)
    }
  }

  @Test("Processes with different networks learn that before they train")
  func differentNetworks() async throws {
    let outcomes = try await Workers.run(["mismatch"], count: 2)
    for (outcome, shape) in zip(outcomes, ["[3]", "[4]"]) {
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("differ; process"))
      #expect(outcome.error.contains("has 1 tensors: float32 \(shape)."))
    }
  }

  /// The largest distance of two numbers in the same place; infinite if their counts differ.
  private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? .infinity : .infinity
  }
}
#endif
