// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

@Suite struct TorchTensorTests {
  @Test func numbersComeBackFromTheEngine() throws {
    let tensor = try TorchTensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(try tensor.host().scalars == [1, 2, 3, 4, 5, 6])
  }
}
#endif
