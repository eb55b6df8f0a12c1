// SPDX-License-Identifier: MIT

import RealModule

/// Rotations of space, which act on coordinates (x, y, z).
package enum SpatialRotations {
  /// Returns the 24 rotations of a cube, by permutations and signs of the coordinates.
  package static func cube(axis: ArrayAxis) -> AxisMatrices {
    group("cube", generatedBy: [quarterTurn, cyclicExchange], axis: axis)
  }

  /// Returns the 60 rotations of a regular icosahedron with vertices (0, ±1, ±φ) and their cyclic
  /// exchanges, where φ is the golden ratio.
  package static func icosahedron(axis: ArrayAxis) -> AxisMatrices {
    let golden = (1 + 5.0.squareRoot()) / 2
    // A fifth of a turn about the vertex (0, 1, φ).
    let length = (1 + golden * golden).squareRoot()
    let turn = Quaternion(angle: 2 * .pi / 5, about: (0, 1 / length, golden / length))
    return group("icosahedron", generatedBy: [turn.matrix, cyclicExchange], axis: axis)
  }

  /// Returns `count` rotations drawn uniformly from SO(3), or from O(3), where half of them, at
  /// random, are followed by the inversion −1.
  package static func sample(
    _ count: Int, withInversions: Bool, axis: ArrayAxis, seed: UInt64
  ) -> AxisMatrices {
    var generator = SplitMix64(seed: seed, for: .elements)
    let drawn = (0..<count).map { _ in
      let matrix = Quaternion(using: &generator).matrix
      let isInverted = withInversions && generator.next(below: 2) == 1
      return ChannelMatrix(dense: isInverted ? matrix.map { $0.map { -$0 } } : matrix)
    }
    let name = withInversions ? "O3" : "SO3"
    let set = TransformationSet(
      sample: "\(name)@\(axis):\(count)", elementNames: drawn.map(elementName),
      summary: "\(count) \(withInversions ? "orthogonal maps" : "rotations"), drawn uniformly from "
        + "\(withInversions ? "O(3)" : "SO(3)") with seed \(seed)")
    return AxisMatrices(set, [.identity(3)] + drawn, axis: axis)
  }

  private static let quarterTurn: [[Double]] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
  /// x, y and z become y, z and x: a third of a turn about (1, 1, 1).
  private static let cyclicExchange: [[Double]] = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]

  private static func group(
    _ name: String, generatedBy generators: [[[Double]]], axis: ArrayAxis
  ) -> AxisMatrices {
    do {
      let group = try MatrixGroup(
        generatedBy: generators, name: "\(name)@\(axis)", nameOf: elementName)
      return AxisMatrices(TransformationSet(group.group), group.matrices, axis: axis)
    } catch {
      preconditionFailure("The rotations of the \(name) are a finite group, but: \(error)")
    }
  }

  /// Returns the angle and the axis of an orthogonal map, such as `90° about (0, 0, 1)`; `−` before
  /// it is the inversion.
  private static func elementName(_ matrix: ChannelMatrix) -> String {
    var m = [[Double]](repeating: [0, 0, 0], count: 3)
    for (row, entries) in matrix.rows.enumerated() {
      for entry in entries { m[row][entry.column] = entry.weight }
    }
    let determinant =
      m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
      - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
      + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    let sign = determinant < 0 ? -1.0 : 1.0
    let quaternion = Quaternion(ofRotation: m.map { $0.map { sign * $0 } })
    return (sign < 0 ? "−" : "") + quaternion.description
  }
}

/// A rotation of space as a unit quaternion *w* + (x, y, z) with *w* ≥ 0.
private struct Quaternion: CustomStringConvertible {
  private var w: Double
  private var vector: (x: Double, y: Double, z: Double)

  init(angle: Double, about axis: (x: Double, y: Double, z: Double)) {
    let s = Double.sin(angle / 2)
    w = Double.cos(angle / 2)
    vector = (s * axis.x, s * axis.y, s * axis.z)
  }

  /// Draws a rotation uniformly: the direction of four independent normal numbers.
  init(using generator: inout SplitMix64) {
    let numbers = (0..<4).map { _ in generator.nextGaussian() }
    let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    w = numbers[0] / length
    vector = (numbers[1] / length, numbers[2] / length, numbers[3] / length)
  }

  init(ofRotation m: [[Double]]) {
    // The largest of the four squares decides, so that no division is by a small number.
    let squares = [
      1 + m[0][0] + m[1][1] + m[2][2], 1 + m[0][0] - m[1][1] - m[2][2],
      1 - m[0][0] + m[1][1] - m[2][2], 1 - m[0][0] - m[1][1] + m[2][2],
    ]
    let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 0
    let half = squares[largest].squareRoot()
    let (a, b, c) = (m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1])
    let (d, e, f) = (m[0][1] + m[1][0], m[0][2] + m[2][0], m[1][2] + m[2][1])
    let rest = [
      (half * half, a, b, c), (a, half * half, d, e), (b, d, half * half, f),
      (c, e, f, half * half),
    ][largest]
    w = rest.0 / (2 * half)
    vector = (rest.1 / (2 * half), rest.2 / (2 * half), rest.3 / (2 * half))
    if w < 0 {
      w = -w
      vector = (-vector.x, -vector.y, -vector.z)
    }
  }

  var matrix: [[Double]] {
    let (x, y, z) = vector
    return [
      [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
      [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
      [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
  }

  var description: String {
    let (x, y, z) = vector
    let sine = (x * x + y * y + z * z).squareRoot()
    let degrees = 360 / Double.pi * Double.atan2(y: sine, x: w)
    guard sine > 1e-9 else { return "e" }
    return "\(short(degrees))° about (\(short(x / sine)), \(short(y / sine)), \(short(z / sine)))"
  }

  /// Returns a number with at most three decimals.
  private func short(_ number: Double) -> String {
    let rounded = (number * 1000).rounded() / 1000
    let text = "\(rounded == 0 ? 0 : rounded)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
