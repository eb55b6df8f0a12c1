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

  /// One channel stands in both orders at once; what is made of it keeps the order that was asked for.
  @Test func oneChannelKeepsItsOrder() throws {
    let image = try TorchTensor(Tensor.counting([2, 1, 4, 5]))
    let kernel = try TorchTensor(Tensor.counting([3, 1, 3, 3]))
    let last = try image.channelsLast()
    #expect(last.isChannelsLast && !image.isChannelsLast)
    #expect(try last.conv2d(weight: kernel).isChannelsLast)
    #expect(try !last.contiguous().conv2d(weight: kernel).isChannelsLast)
    #expect(try last.conv2d(weight: kernel).host() == image.conv2d(weight: kernel).host())
  }
}
#endif
