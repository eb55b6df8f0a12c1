// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

/// Whether an operation on `x` is.
private func isRecorded(_ x: TorchTensor) throws -> Bool { try (x * x).requiresGradient }

@Suite struct TorchTensorGradientsTests {
  /// d(x²)/dx = 2x
  @Test func squaresByHand() throws {
    let x = try randomLeaf([3], seed: 0)
    try (x * x).sum().backward()
    #expect(try x.gradient()?.doubles() == x.doubles().map { 2 * $0 })
  }

  @Test func gradientsAddUpUntilTheyAreCleared() throws {
    let x = try TorchTensor.full(3, shape: [])
    try x.setRequiresGradient()
    #expect(try x.gradient() == nil)
    try (x * x).backward()
    try (x * x).backward()
    #expect(try x.gradient()?.item() == 12)
    try TorchTensor.clearGradients(of: [x])
    #expect(try x.gradient() == nil)
    try (x * x).backward()
    #expect(try x.gradient()?.item() == 6)
  }

  @Test func whatIsRecordedIsGivenUp() throws {
    let x = try TorchTensor.full(3, shape: [])
    try x.setRequiresGradient()
    let square = try x * x
    try square.backward()
    let error = #expect(throws: TorchError.self) { try square.backward() }
    #expect(error?.message.contains("second time") == true)
    #expect(try x.gradient()?.item() == 6)
  }

  @Test func onlySingleNumbersHaveGradients() throws {
    let x = try randomLeaf([2], seed: 0)
    #expect(throws: TorchError.self) { try (x * x).backward() }
    #expect(throws: TorchError.self) { try TorchTensor.full(1, shape: []).backward() }
  }

  @Test func onlyLeavesOfRealNumbersRequireGradients() throws {
    let labels = try TorchTensor([1] as [Int64], shape: [1])
    #expect(throws: TorchError.self) { try labels.setRequiresGradient() }
    #expect(!labels.requiresGradient)
    let x = try randomLeaf([2], seed: 0)
    let square = try x * x
    #expect(square.requiresGradient)
    #expect(throws: TorchError.self) { try square.setRequiresGradient(false) }
    #expect(square.requiresGradient)
    try x.setRequiresGradient(false)
    #expect(!x.requiresGradient)
    #expect(try isRecorded(x) == false)
  }

  @Test func whatOperationsMadeKeepsNoGradient() throws {
    let x = try randomLeaf([2], seed: 0)
    let square = try x * x
    try square.sum().backward()
    #expect(try square.gradient() == nil)
  }

  @Test func detachedNumbersAreConstants() throws {
    let x = try TorchTensor.full(3, shape: [])
    try x.setRequiresGradient()
    let detached = try x.detached()
    #expect(!detached.requiresGradient)
    // x · const(x): the derivative is x, not 2x.
    try (x * detached).backward()
    #expect(try x.gradient()?.item() == 3)
  }

  @Test func nothingIsRecordedWithoutGradients() throws {
    let x = try randomLeaf([2], seed: 0)
    try withoutGradients {
      #expect(try isRecorded(x) == false)
      let innerRecords = try withoutGradients { try isRecorded(x) }
      #expect(!innerRecords)
      // The inner scope gives back what the outer one set.
      #expect(try isRecorded(x) == false)
    }
    #expect(try isRecorded(x))
  }

  @Test func recordingIsRestoredAfterAnError() throws {
    let x = try randomLeaf([2], seed: 0)
    #expect(throws: TorchError.self) {
      try withoutGradients { () throws(TorchError) in try x + .full(1, shape: [3]) }
    }
    #expect(try isRecorded(x))
  }

  @Test func recordingBelongsToTheThread() async throws {
    // Tasks take turns on few threads; none may see what another one set.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<64 {
        group.addTask {
          let x = try randomLeaf([2], seed: 0)
          if index.isMultiple(of: 2) {
            let records = try withoutGradients { try isRecorded(x) }
            #expect(!records)
          } else {
            #expect(try isRecorded(x))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// A chain of 100,000 operations is taken apart without recursion.
  @Test func longChainsAreFreed() throws {
    let x = try TorchTensor.full(1, shape: [])
    try x.setRequiresGradient()
    var y = x
    for _ in 0..<100_000 { y = try y.shifted(by: 1) }
    #expect(try y.item() == 100_001)
    try y.backward()
    #expect(try x.gradient()?.item() == 1)
  }
}
#endif
