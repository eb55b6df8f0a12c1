// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing

@Suite struct TorchTensorStorageTests {
  @Test func conversionRoundsAndCuts() throws {
    let tensor = try TorchTensor([1.75, -1.75, 257, 0] as [Float], shape: [4])
    // bfloat16 has 8 bits of precision, so 257 becomes 256.
    #expect(try tensor.converted(to: .bfloat16, on: .cpu).doubles() == [1.75, -1.75, 256, 0])
    #expect(try tensor.converted(to: .int64, on: .cpu).integers() == [1, -1, 257, 0])
    #expect(try tensor.converted(to: .bool, on: .cpu).integers() == [1, 1, 1, 0])
    #expect(try tensor.moved(to: .cpu).host() == tensor.host())
  }

  @Test func channelsLastAndBack() throws {
    let counting = Tensor.counting([2, 3, 4, 5])
    let last = try TorchTensor(counting).channelsLast()
    #expect(last.shape == [2, 3, 4, 5])
    #expect(try last.host() == counting)
    let back = try last.contiguous()
    #expect(!back.isChannelsLast)
    #expect(try back.host() == counting)
  }

  @Test func channelsLastIsForImages() {
    #expect(throws: TorchError.self) { try TorchTensor.full(0, shape: [2, 3]).channelsLast() }
  }

  @Test func clonesShareNothing() throws {
    let original = try TorchTensor.full(1, shape: [2])
    let clone = try original.cloned()
    try original.assign(.full(2, shape: [2]))
    #expect(try clone.host().scalars == [1, 1])
    #expect(try original.host().scalars == [2, 2])
  }

  @Test func assigningKeepsTypeAndOrder() throws {
    let target = try TorchTensor.full(0, shape: [1, 2, 2, 2], type: .float64).channelsLast()
    try target.assign(TorchTensor(Tensor.counting([1, 2, 2, 2])))
    #expect(target.isChannelsLast)
    #expect(try target.elementType() == .float64)
    #expect(try target.host() == Tensor.counting([1, 2, 2, 2]))
  }

  @Test func assigningIsNotRecorded() throws {
    let weight = try TorchTensor.full(1, shape: [2])
    try weight.setRequiresGradient()
    let source = try weight.scaled(by: 3)
    try weight.assign(source)
    #expect(weight.requiresGradient)
    #expect(try weight.host().scalars == [3, 3])
    // Still a leaf: the gradient of the sum is 1, and not what the scaling would make of it.
    try weight.sum().backward()
    #expect(try weight.gradient()?.host().scalars == [1, 1])
  }

  /// Shapes that could be broadcast are no less a mistake.
  @Test(arguments: [[3], [1], [2, 2]])
  func assigningAnotherShapeThrows(shape: [Int]) throws {
    let target = try TorchTensor.full(0, shape: [2])
    #expect(throws: TorchError.self) { try target.assign(.full(1, shape: shape)) }
    #expect(try target.host().scalars == [0, 0])
  }
}
#endif
