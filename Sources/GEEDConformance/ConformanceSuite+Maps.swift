// SPDX-License-Identifier: MIT

import GEED

extension ConformanceSuite {
  /// The identity and constant maps: maps that keep all information, or none.
  static let trivialMaps = [
    make(
      "constant-softmax", "A constant map is invariant.",
      examples: arrays([2, 4, 4]), under: ImageAction.rotations(4),
      probe: .softmax(output), expected: 0,
      reason: "All distributions of an orbit are equal, so each is their mean.",
      model: rowwise([3]) { _ in [1, 2, 3] }),
    make(
      "constant-latent", "A constant map has no scale, so its latent value does not exist.",
      examples: arrays([2, 4, 4]), under: ImageAction.rotations(4),
      probe: .latent(output), expected: nil,
      reason: "E = 0 and M = 0; 0/0 is no number, and 0 would read as perfect invariance.",
      model: rowwise([3]) { _ in [1, 2, 3] }),
    make(
      "identity-channelwise", "The identity is equivariant.",
      examples: arrays([2, 4, 4]), under: ImageAction.rotations(4),
      probe: .channelwise(output), expected: -1,
      reason: "f(gx) = gx = g f(x), and minus the cosine of equal vectors is -1.",
      model: rowwise([2, 4, 4]) { $0 }),
    make(
      "identity-latent", "The identity is not invariant; by how much is known.",
      examples: (1...3).map { peak(Float($0), length: 2) }, under: ImageAction.reflection,
      probe: .latent(output), expected: 1.5 / 2.0.squareRoot(),
      reason: """
        x = (i, 0) and gx = (0, i) lie i/√2 from their mean, E = 2/√2; pairs of examples are 1, 1 \
        and 2 apart, M = 4/3.
        """,
      model: rowwise([2]) { $0 }),
  ]

  /// Arbitrary models, averaged over the orbit.
  static let averagedMaps = [
    make(
      "orbit-average-latent", "The mean over the orbit of any model is invariant.",
      examples: arrays([1, 3, 3]), under: ImageAction.rotationsAndReflections(4),
      probe: .latent(output), expected: 0,
      reason: "The orbits of x and gx are the same set, so their means are equal.",
      model: OrbitAveragedModel(
        rowwise([2], curved), over: ImageAction.rotationsAndReflections(4))),
    make(
      "orbit-average-softmax", "The same with class scores.",
      examples: arrays([1, 3, 3]), under: ImageAction.rotationsAndReflections(4),
      probe: .softmax(output), expected: 0,
      reason: "The orbits of x and gx are the same set, so their means are equal.",
      model: OrbitAveragedModel(
        rowwise([2], curved), over: ImageAction.rotationsAndReflections(4))),
  ]

  /// Maps that are exactly equivariant, and one that is equivariant in one of two channels.
  static let equivariantMaps = [
    make(
      "equivariant-linear", "A circular convolution commutes with shifts.",
      examples: arrays([1, 1, 8]), under: shifts(8), probe: .channelwise(output), expected: -1,
      reason: "Convolving and shifting can be done in either order; whole numbers do not round.",
      model: rowwise([1, 1, 8], circularConvolution)),
    make(
      "half-equivariant", "Channels are averaged: one that follows the group, one that stays.",
      examples: (1...3).map { peak(Float($0), length: 4) }, under: shifts(4),
      probe: .channelwise(output, outputAction: shifts(4)), expected: -0.625,
      reason: """
        Channel 0 repeats the input: cosine 1. Channel 1 is (1, 0, 0, 0) whatever the input: cosine \
        1 for the identity, 0 for three shifts. (1 + 1/4)/2 = 0.625.
        """,
      model: rowwise([2, 1, 4]) { $0 + [1, 0, 0, 0] }),
    make(
      "fixed-map", "The cosine is that of a whole channel, and not the mean of its rows' cosines.",
      examples: arrays([1, 2, 2]), under: ImageAction.reflection, probe: .channelwise(output),
      expected: -17.0 / 18,
      reason: """
        The rows of the output are (1, 0) and (2, 2), whatever the input, and the reflection makes (0, 1) \
        and (2, 2) of them: cosine 8/9, and 1 for the identity.
        """,
      model: rowwise([1, 2, 2]) { _ in [1, 0, 2, 2] }),
    make(
      "kernel-subgroup", "C4 acts on the output through C2; f̂ is the mean over half a turn.",
      examples: (1...3).map { peak(Float($0), length: 4) },
      under: shifts(4),
      probe: Probe(
        .latent, tensor: output,
        outputAction: FieldAction(
          permutingChannelsBy: shifts(4).group,
          fieldType: .quotient(Subgroup(of: shifts(4).group, generatedBy: [2])))),
      expected: 0.25,
      reason: """
        The outputs are a·(1.5, 0), a·(0, 1), a·(0.5, 0), a·(0, 1) for a = 1, 2, 3. f̂ = a·(1, 0) is \
        the mean over the kernel; two of four distances are a/2, E = 1/2. Pairs of examples are \
        1.5, 1.5 and 3 apart, M = 2.
        """,
      model: rowwise([2]) { x in
        [1.5 * x[0] + 0.5 * x[2], x[1] + x[3]]
      }),
  ]

  /// A map without symmetries.
  @Sendable private static func curved(_ x: [Float]) -> [Float] {
    var weighted: Float = 0
    for (i, scalar) in x.enumerated() { weighted += Float(i + 1) * scalar }
    return [weighted / 16, x[0] * x[1] / 4 - x[5]]
  }

  @Sendable static func circularConvolution(_ x: [Float]) -> [Float] {
    x.indices.map { i in
      2 * x[i] - x[(i + 1) % x.count] + 3 * x[(i + x.count - 1) % x.count]
    }
  }

  /// Equivariant layers with axes that are not `[C, H, W]`, and could be mistaken for each other.
  static let axisOrders = [
    make(
      "channels-last", "The identity, with channels behind rows and columns.",
      examples: arrays([3, 3, 3]), under: ImageAction.rotations(4),
      probe: .channelwise(output, layout: .nhwc), expected: -1,
      reason: "The group turns rows and columns, which are axes 0 and 1 here, of each channel.",
      model: rowwise([3, 3, 3]) { x in (0..<27).map { x[$0 % 3 * 9 + $0 / 3] } }),
    make(
      "token-grid", "The identity as a sequence: one token that says nothing, then the pixels.",
      examples: arrays([5, 2, 2]), under: ImageAction.rotations(4),
      probe: .channelwise(output, layout: .tokens(rows: 2, columns: 2, others: 1)), expected: -1,
      reason: "The group turns the grid of the tokens behind the first, which has no place on it.",
      model: rowwise([5, 5]) { x in [1, 2, 3, 4, 5] + (0..<20).map { x[$0 % 5 * 4 + $0 / 5] } }),
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
      model: rowwise([4, 4, 3, 3], lift)),
  ]

  /// Returns four regular fields of C4 on a 3 × 3 image, `[4, |G|, 3, 3]`.
  @Sendable private static func lift(_ x: [Float]) -> [Float] {
    /// Returns the image after counter-clockwise quarter turns, each of which begins at the right.
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
