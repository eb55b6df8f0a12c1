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
    // Only matrices whose fingerprints are near each other are compared.
    var fingerprints = [elements[0].matrix.fingerprint]
    let margin = Self.tolerance * Double(size * size)
    var next = 0
    var table: [[Int]] = []
    while next < elements.count {
      var images: [Int] = []
      for (letter, step) in zip(letters, steps) {
        let product = elements[next].matrix * step
        let fingerprint = product.fingerprint
        if let known = elements.indices.first(where: {
          abs(fingerprints[$0] - fingerprint) <= margin
            && elements[$0].matrix.distance(to: product) <= Self.tolerance
        }) {
          images.append(known)
        } else {
          guard elements.count < FiniteGroup.maximumOrder else { throw .tooLarge }
          images.append(elements.count)
          fingerprints.append(fingerprint)
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
      if power.distance(to: identity) <= tolerance { return }
      power = power * matrix
    }
    throw .infiniteOrder(generator: name)
  }
}

extension ChannelMatrix {
  /// A sum of the entries with weights from 0 to 1, different for each place.
  fileprivate var fingerprint: Double {
    rows.enumerated().reduce(0) { sum, row in
      row.element.reduce(sum) { sum, entry in
        let place = Double(row.offset * count + entry.column + 1)
        // The fractions of multiples of the golden ratio are spread evenly.
        let weight = (place * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
        return sum + weight * entry.weight
      }
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
