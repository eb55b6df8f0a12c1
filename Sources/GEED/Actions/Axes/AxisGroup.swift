// SPDX-License-Identifier: MIT

/// A group that acts on arrays that are not images, as it is named, such as `S5@1`.
///
/// The number after `@` is an axis of the data `[N, ...]`, counted as in NumPy: 1 is the first after
/// that of the examples, −1 the last.
///
/// | name | transformations |
/// |---|---|
/// | `sign` | the change of the sign of all numbers |
/// | `S5@1` | all permutations of an axis of length 5; at most `S6` |
/// | `S20@1:100` | 100 random permutations of an axis of length 20 |
/// | `shift:8@-1` | circular shifts by eighths of the length |
/// | `reverse@-1` | the reversal of the axis |
/// | `cube@-1`, `icosahedron@-1` | the 24 or 60 rotations of coordinates (x, y, z) |
/// | `SO3@-1:32`, `O3@-1:32` | random rotations of coordinates, or rotations and inversions |
/// | `matrix:0,-1;1,0@-1` | all products of matrices, separated by `/` |
package enum AxisGroup: Sendable, Hashable {
  case sign
  case permutations(degree: Int, ArrayAxis)
  case sampledPermutations(degree: Int, count: Int, ArrayAxis)
  case shifts(count: Int, ArrayAxis)
  case reversal(ArrayAxis)
  case cube(ArrayAxis)
  case icosahedron(ArrayAxis)
  case sampledRotations(withInversions: Bool, count: Int, ArrayAxis)
  case matrices([[[Double]]], ArrayAxis)

  /// The largest length of an axis whose permutations are drawn at random.
  package static let greatestDegree = 65_536

  /// Reads a name; `nil` for any other text.
  init?(_ text: String) {
    if text == "sign" {
      self = .sign
      return
    }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let name = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let place = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    guard place.count <= 2, let axis = ArrayAxis(place[0]) else { return nil }
    let value = name.count == 2 ? name[1] : nil
    // The number of a sample.
    let count = place.count == 2 ? place[1].wholeNumber : nil
    if place.count == 2 {
      guard let count, (2..<FiniteGroup.maximumOrder).contains(count) else { return nil }
    }
    switch (name[0], value, count) {
    case ("shift", let steps?, nil):
      guard let steps = steps.wholeNumber, (1...FiniteGroup.maximumOrder).contains(steps) else {
        return nil
      }
      self = .shifts(count: steps, axis)
    case ("matrix", .some, nil):
      guard case .matrices(let matrices)? = ChannelRepresentation(parts[0]) else { return nil }
      self = .matrices(matrices, axis)
    case ("reverse", nil, nil): self = .reversal(axis)
    case ("cube", nil, nil): self = .cube(axis)
    case ("icosahedron", nil, nil): self = .icosahedron(axis)
    case ("SO3", nil, let count?):
      self = .sampledRotations(withInversions: false, count: count, axis)
    case ("O3", nil, let count?):
      self = .sampledRotations(withInversions: true, count: count, axis)
    default:
      guard name[0].first == "S", value == nil, let degree = name[0].dropFirst().wholeNumber else {
        return nil
      }
      if let count {
        guard (2...Self.greatestDegree).contains(degree) else { return nil }
        self = .sampledPermutations(degree: degree, count: count, axis)
      } else {
        guard (1...6).contains(degree) else { return nil }
        self = .permutations(degree: degree, axis)
      }
    }
  }

  /// Whether elements change numbers, rather than only moving them.
  package var changesNumbers: Bool {
    switch self {
    case .sign, .cube, .icosahedron, .sampledRotations, .matrices: true
    case .permutations, .sampledPermutations, .shifts, .reversal: false
    }
  }

  /// Returns the action; random elements are drawn with the seed.
  ///
  /// - Parameter text: The text that was read.
  func action(named text: String, seed: UInt64) throws(ActionError) -> any TransformationAction {
    switch self {
    case .sign: return SignChange()
    case .permutations(let degree, let axis): return AxisPermutations.symmetric(degree, axis: axis)
    case .sampledPermutations(let degree, let count, let axis):
      return AxisPermutations.sample(count, ofSymmetric: degree, axis: axis, seed: seed)
    case .shifts(let count, let axis): return AxisPermutations.shifts(count, axis: axis)
    case .reversal(let axis): return AxisPermutations.reversal(axis: axis)
    case .cube(let axis): return SpatialRotations.cube(axis: axis)
    case .icosahedron(let axis): return SpatialRotations.icosahedron(axis: axis)
    case .sampledRotations(let withInversions, let count, let axis):
      return SpatialRotations.sample(
        count, withInversions: withInversions, axis: axis, seed: seed)
    case .matrices(let generators, let axis):
      do throws(MatrixGroupError) {
        let name = text.count <= 40 ? text : "matrix:#\(text.digest)@\(axis)"
        let group = try MatrixGroup(generatedBy: generators, name: name)
        return AxisMatrices(TransformationSet(group.group), group.matrices, axis: axis)
      } catch {
        throw .matrices(error)
      }
    }
  }
}

extension String {
  /// Eight hexadecimal digits by which long texts differ (FNV-1a).
  fileprivate var digest: String {
    let digits = String(fnv1a(self) >> 32, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Substring {
  /// The number that the digits of the text state; `nil` for other texts and leading zeros.
  fileprivate var wholeNumber: Int? {
    guard let number = Int(self), number >= 0, "\(number)" == self else { return nil }
    return number
  }
}
