// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch

/// Weights that Python and Swift compute from names and shapes, so that golden outputs of large
/// networks need no files of weights.
///
/// `Scripts/fixtures/formula_weights.py` holds the same formula. The u of a name are the outputs of
/// SplitMix64, seeded with the FNV-1a hash of the name: their top 24 bits, divided by 2²³, minus 1.
/// So all are multiples of 2⁻²³ in -1..<1, exact as `Float`, and few of them are equal.
enum FormulaWeights {
  /// Overwrites everything in `store`.
  static func fill(_ store: ParameterStore) throws {
    for entry in store.all {
      let shape = entry.tensor.shape
      try entry.tensor.assign(TorchTensor(values(of: entry.name, shape: shape), shape: shape))
    }
  }

  /// The input of golden outputs: the u of the name "input".
  static func input(_ shape: [Int]) -> Tensor {
    Tensor(
      shape: shape,
      scalars: numbers(of: "input", count: Tensor.count(of: shape), scale: 1, offset: 0))
  }

  /// The numbers of the parameter `name`, row-major. Norms scale by 1 ± 0.2 and variances are
  /// 1 ± 0.5; shifts and means are small; matrices and kernels keep the size of what they are
  /// applied to.
  static func values(of name: String, shape: [Int]) -> [Float] {
    let count = Tensor.count(of: shape)
    let (offset, scale): (Double, Double) =
      if name.hasSuffix("running_var") {
        (1, 0.5)
      } else if shape.count >= 2 {
        (0, (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
      } else if name == "weight" || name.hasSuffix(".weight") {
        (1, 0.2)
      } else {
        (0, 0.1)
      }
    return numbers(of: name, count: count, scale: scale, offset: offset)
  }

  /// offset + scale · u for the first `count` u of `name`.
  ///
  /// Tests are built without optimization and networks have up to 61 million weights. So this is
  /// SplitMix64 once more, in operations that the compiler inlines even then.
  private static func numbers(
    of name: String, count: Int, scale: Double, offset: Double
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let target = buffer.baseAddress else { return }
      var state = fnv1a(name)
      var index = 0
      while index < count {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        z = z ^ (z &>> 31)
        let u = Double(Int64(truncatingIfNeeded: z &>> 40)) * 0x1p-23 - 1
        target[index] = Float(offset + scale * u)
        index = index &+ 1
      }
      filled = count
    }
  }

  /// The 64-bit hash FNV-1a of the UTF-8 of `text` (RFC 9923).
  static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
#endif
