// SPDX-License-Identifier: MIT

import GEED

extension ConformanceSuite {
  /// Equivariant layers whose axes are not `[C, H, W]`, with grid sizes at which each order of axes
  /// can be mistaken for another.
  static let axisOrders = [
    make(
      "channels-last", "The identity, with channels behind rows and columns.",
      examples: arrays([3, 3, 3]), under: ImageAction.rotations(4),
      probe: .channelwise(output, layout: .nhwc), expected: -1,
      reason: "The group turns rows and columns, which are axes 0 and 1 here, of each channel.",
      outputShape: [3, 3, 3],
      map: { x in (0..<27).map { x[$0 % 3 * 9 + $0 / 3] } }),
    make(
      "token-grid", "The identity as a sequence: one token that says nothing, then the pixels.",
      examples: arrays([5, 2, 2]), under: ImageAction.rotations(4),
      probe: .channelwise(output, layout: .tokens(rows: 2, columns: 2, others: 1)), expected: -1,
      reason: "The group turns the grid of the tokens behind the first, which has no place on it.",
      outputShape: [5, 5],
      map: { x in [1, 2, 3, 4, 5] + (0..<20).map { x[$0 % 5 * 4 + $0 / 5] } }),
    make(
      "regular-field-5d", "Four regular fields of C4, whose elements have an axis of their own.",
      examples: arrays([1, 3, 3]), under: ImageAction.rotations(4),
      probe: .channelwise(
        output, layout: .nchw,
        outputAction: FieldAction(ImageAction.rotations(4), fieldType: .regular)),
      expected: -1,
      reason: """
        Channel h of field f is h·w(h⁻¹x), where w multiplies every pixel by a number of its own. So \
        channel gh of f(gx) is channel h of f(x), turned by g: g permutes axis 1.
        """,
      outputShape: [4, 4, 3, 3], map: lift),
  ]

  /// Returns four regular fields of C4 on a 3 × 3 picture, `[4, |G|, 3, 3]`.
  @Sendable private static func lift(_ x: [Float]) -> [Float] {
    /// Returns the picture after `times` counter-clockwise quarter turns. Each turn reads the first
    /// row from the right column, top to bottom.
    func turned(_ x: [Float], _ times: Int) -> [Float] {
      times == 0 ? x : turned((0..<9).map { x[$0 % 3 * 3 + 2 - $0 / 3] }, times - 1)
    }
    return (0..<4).flatMap { field in
      (0..<4).flatMap { h in
        let back = turned(x, (4 - h) % 4)
        return turned(back.enumerated().map { Float($0 * $0 + field + 1) * $1 }, h)
      }
    }
  }
}
