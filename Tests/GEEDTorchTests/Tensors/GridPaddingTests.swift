// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

@Suite struct GridPaddingTests {
  /// As TensorFlow defines `SAME`: as many windows as strides fit in, the last zero on the far side.
  @Test(
    "There are ⌈n / stride⌉ windows, and not one row of zeros more than they need",
    arguments: 1..<20, [1, 2, 3, 4])
  func windows(length: Int, stride: Int) {
    for size in 1..<6 {
      let padding = GridPadding.same(height: length, width: 7, size: size, stride: stride)
      let count = (length + padding.top + padding.bottom - size) / stride + 1
      #expect(count == (length + stride - 1) / stride)
      #expect((0...1).contains(padding.bottom - padding.top))
      let isPadded = padding.bottom > 0
      #expect(!isPadded || (count - 1) * stride + size == length + padding.top + padding.bottom)
    }
  }

  /// By hand, for kernels of 3 and strides of 2: on 6 pixels, windows begin at 0, 2 and 4 and the last
  /// needs one zero; on 5 they begin at -1, 1 and 3.
  @Test func evenAndOdd() {
    #expect(
      GridPadding.same(height: 6, width: 5, size: 3, stride: 2)
        == GridPadding(top: 0, left: 1, bottom: 1, right: 1))
  }
}
#endif
