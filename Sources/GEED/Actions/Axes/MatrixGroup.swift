// SPDX-License-Identifier: MIT

import RealModule

/// A finite group of matrices.
struct MatrixGroup: Sendable {
  let group: FiniteGroup
  /// The matrix of each element.
  let matrices: [ChannelMatrix]

  /// The largest difference between two matrices that count as one. Generators are often given with
  /// seven digits, and products add up their errors.
  static let tolerance = 1e-5

  /// Creates the group of all products of some matrices of one size.
  ///
  /// - Parameter nameOf: Returns the name of an element from its matrix; by default elements are named
  ///   by products of the generators *a*, *b*, ….
  /// - Throws: ``MatrixGroupError``.
  init(
    generatedBy generators: [[[Double]]], name: String,
    nameOf elementName: ((ChannelMatrix) -> String)? = nil
  ) throws(MatrixGroupError) {
    let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    guard (1...letters.count).contains(generators.count) else {
      throw .generatorCount(generators.count, limit: letters.count)
    }
    let size = generators[0].count
    let steps = generators.map(ChannelMatrix.init(dense:))
    for (index, step) in steps.enumerated() {
      guard step.count == size, size > 0 else { throw .otherSize(size, step.count) }
      try Self.requireFiniteOrder(of: step, named: letters[index])
    }
    var elements = [(matrix: ChannelMatrix.identity(size), word: "e")]
    var next = 0
    var table: [[Int]] = []
    while next < elements.count {
      var images: [Int] = []
      for (letter, step) in zip(letters, steps) {
        let product = elements[next].matrix * step
        if let known = elements.firstIndex(where: {
          $0.matrix.isClose(to: product, within: Self.tolerance)
        }) {
          images.append(known)
        } else {
          guard elements.count < FiniteGroup.maximumOrder else { throw .tooLarge }
          images.append(elements.count)
          elements.append((product, next == 0 ? letter : elements[next].word + letter))
        }
      }
      table.append(images)
      next += 1
    }
    group = FiniteGroup(
      name: name, elementNames: elements.map { elementName?($0.matrix) ?? $0.word },
      stepsByGenerator: steps.indices.map { a in table.map { $0[a] } })
    matrices = elements.map(\.matrix)
  }

  /// Throws unless a power of a matrix is the identity.
  private static func requireFiniteOrder(
    of matrix: ChannelMatrix, named name: String
  ) throws(MatrixGroupError) {
    let identity = ChannelMatrix.identity(matrix.count)
    var power = matrix
    for _ in 0..<FiniteGroup.maximumOrder {
      if power.isClose(to: identity, within: tolerance) { return }
      power = power * matrix
    }
    throw .infiniteOrder(generator: name)
  }
}

extension ChannelMatrix {
  /// Returns whether no entry differs by more than `tolerance`.
  fileprivate func isClose(to other: ChannelMatrix, within tolerance: Double) -> Bool {
    count == other.count
      && zip(rows, other.rows).allSatisfy { a, b in
        // Rows of matrices such as permutations have few entries, which differ early.
        var differences: [Int: Double] = [:]
        for entry in a { differences[entry.column, default: 0] += entry.weight }
        for entry in b { differences[entry.column, default: 0] -= entry.weight }
        return differences.values.allSatisfy { abs($0) <= tolerance }
      }
  }
}

/// A reason why matrices do not generate a group that can be measured.
public enum MatrixGroupError: Error, Hashable, CustomStringConvertible {
  /// There is no generator, or there are too many.
  case generatorCount(Int, limit: Int)
  /// The generators are matrices of several sizes.
  case otherSize(Int, Int)
  /// No power of a generator is the identity.
  case infiniteOrder(generator: String)
  /// The group has too many elements.
  case tooLarge

  /// One sentence.
  public var description: String {
    switch self {
    case .generatorCount(let count, let limit):
      "A group of matrices needs 1 to \(limit) generators, but got \(count)."
    case .otherSize(let expected, let found):
      "The generators of a group of matrices have one size, but got \(expected) and \(found) rows."
    case .infiniteOrder(let generator):
      "No power of generator \(generator) is the identity, up to the "
        + "\(FiniteGroup.maximumOrder)th, so that it generates no finite group."
    case .tooLarge:
      "The matrices generate more than \(FiniteGroup.maximumOrder) elements."
    }
  }
}
