// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing

@Suite struct TorchTensorHostTests {
  @Test func singlePrecisionComesBack() throws {
    let scalars: [Float] = [
      0, -0.0, 1.5, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity,
    ]
    let tensor = try TorchTensor(scalars, shape: [2, 3])
    #expect(try tensor.elementType() == .float32)
    #expect(try tensor.host() == Tensor(shape: [2, 3], scalars: scalars))
    #expect(try tensor.host().scalars.map(\.bitPattern) == scalars.map(\.bitPattern))
    #expect(try TorchTensor([Float.nan], shape: []).host().scalars[0].isNaN)
  }

  @Test func doublePrecisionComesBack() throws {
    let scalars = [0.1, -1e300, .leastNonzeroMagnitude, .pi]
    let tensor = try TorchTensor(scalars, shape: [4])
    #expect(try tensor.elementType() == .float64)
    #expect(try tensor.doubles() == scalars)
  }

  @Test func integersComeBack() throws {
    let scalars: [Int64] = [0, -1, .max, .min]
    let tensor = try TorchTensor(scalars, shape: [2, 2])
    #expect(try tensor.elementType() == .int64)
    #expect(try tensor.integers() == scalars)
  }

  /// The bytes of 1.5 and -2, by hand: half precision has 10 bits of fraction and a bias of 15,
  /// bfloat16 is the upper half of single precision.
  @Test(arguments: [
    (TorchElementType.float16, [0x00, 0x3E, 0x00, 0xC0] as [UInt8], [1.5, -2.0]),
    (.bfloat16, [0xC0, 0x3F, 0x00, 0xC0], [1.5, -2]),
    (.bool, [1, 0], [1, 0]),
  ])
  func bytesAreRead(type: TorchElementType, bytes: [UInt8], expected: [Double]) throws {
    let tensor = try TorchTensor(copying: bytes, as: type, shape: [2])
    #expect(try tensor.elementType() == type)
    #expect(try tensor.doubles() == expected)
    #expect(try tensor.host().scalars == expected.map { Float($0) })
  }

  @Test func everyTypeCanBeFilledAndRead() throws {
    for type in TorchElementType.allCases {
      #expect(try TorchTensor.full(1, shape: [3], type: type).doubles() == [1, 1, 1])
      #expect(try TorchTensor.full(1, shape: [], type: type).item() == 1)
      #expect(try TorchTensor.full(0, shape: [2], type: type).integers() == [0, 0])
    }
  }

  @Test func rowMajorWhateverTheOrderInMemory() throws {
    let counting = Tensor.counting([2, 3, 2, 2])
    let tensor = try TorchTensor(counting)
    #expect(try tensor.channelsLast().host() == counting)
    // Transposed: 0, 3, 1, 4, 2, 5.
    let transposed = try TorchTensor(Tensor.counting([2, 3])).permuted([1, 0])
    #expect(try transposed.host() == Tensor(shape: [3, 2], scalars: [0, 3, 1, 4, 2, 5]))
    #expect(try transposed.integers() == [0, 3, 1, 4, 2, 5])
  }

  @Test func wrongCountsThrow() {
    #expect(throws: TorchError.self) { try TorchTensor([1, 2, 3] as [Float], shape: [2]) }
    #expect(throws: TorchError.self) { try TorchTensor([1, 2, 3] as [Int64], shape: [4]) }
    #expect(throws: TorchError.self) { try TorchTensor([1] as [Double], shape: [-1]) }
  }

  @Test func whatHasGradientsCanBeRead() throws {
    let leaf = try TorchTensor.full(3, shape: [])
    try leaf.setRequiresGradient()
    #expect(try (leaf * leaf).item() == 9)
  }

  @Test func onlySingleNumbersAreItems() async {
    await #expect(processExitsWith: .failure) {
      _ = try TorchTensor.full(0, shape: [2]).item()
    }
  }
}
#endif
