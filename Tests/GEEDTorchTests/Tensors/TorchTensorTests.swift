// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing

@Suite struct TorchTensorTests {
  @Test(arguments: [[], [1], [3], [0, 2], [2, 3], [2, 3, 4, 5, 6]])
  func shapesAreKept(shape: [Int]) throws {
    let tensor = try TorchTensor(Tensor.counting(shape))
    #expect(tensor.shape == shape)
    #expect(tensor.count == shape.reduce(1, *))
    #expect(try tensor.host() == Tensor.counting(shape))
  }

  @Test(arguments: TorchElementType.allCases)
  func typesAreKept(type: TorchElementType) throws {
    let tensor = try TorchTensor.full(1, shape: [2], type: type)
    #expect(try tensor.elementType() == type)
    #expect(try tensor.device() == .cpu)
  }

  @Test func changesInPlaceAreCounted() throws {
    let tensor = try TorchTensor.full(1, shape: [2])
    let before = tensor.version
    _ = try tensor + tensor
    #expect(tensor.version == before)
    try tensor.assign(.full(2, shape: [2]))
    #expect(tensor.version == before + 1)
  }

  @Test func rowMajorImagesAreNotChannelsLast() throws {
    let image = try TorchTensor(Tensor.counting([2, 3, 4, 5]))
    #expect(!image.isChannelsLast)
    #expect(try image.channelsLast().isChannelsLast)
    #expect(try TorchTensor(Tensor.counting([2, 3])).isChannelsLast == false)
  }
}
#endif
