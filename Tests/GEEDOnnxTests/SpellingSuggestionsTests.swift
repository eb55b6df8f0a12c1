// SPDX-License-Identifier: MIT

import Testing

@testable import GEEDOnnx

@Suite struct NearNamesTests {
  @Test(
    "Edit distances worked by hand",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("abc", "acb", 2),
    ])
  func distances(a: String, b: String, expected: Int) {
    #expect(editDistance(Array(a), Array(b)) == expected)
    #expect(editDistance(Array(b), Array(a)) == expected)
  }

  @Test("The nearest come first, and no more than asked for")
  func order() {
    let names = ["relu_1", "relu_2", "relu_10", "logits", "relu"]
    #expect(nearest(3, to: "relu_", among: names) == ["relu", "relu_1", "relu_2"])
    #expect(nearest(3, to: "xyzzy", among: names).isEmpty)
  }
}

@Suite struct OnnxLayoutTests {
  @Test(
    "The layout that a declared shape suggests",
    arguments: [
      ([3, 224, 224], .nchw), ([224, 224, 3], .nhwc), ([1, 28, 28], .nchw), ([28, 28, 1], .nhwc),
      ([3, 4, 3], .nchw), ([64, 64, 13], .nhwc), ([13, 64, 64], .nchw), ([0, 0, 3], .nhwc),
      ([3, 0, 0], .nchw), ([0, 0, 0], .nchw),
    ] as [([Int], OnnxLayout)])
  func deduced(axes: [Int], expected: OnnxLayout) {
    let shape = [.symbol("N")] + axes.map { $0 == 0 ? OnnxAxis.unknown : .fixed($0) }
    #expect(OnnxLayout.deduced(from: shape).layout == expected)
  }

  @Test("Transpositions undo each other")
  func inverse() {
    let scalars = (0..<2 * 3 * 4).map(Float.init)
    let last = transposed(scalars, count: 2, rows: 3, columns: 4)
    #expect(last.prefix(4) == [0, 4, 8, 1])
    #expect(transposed(last, count: 2, rows: 4, columns: 3) == scalars)
  }
}
