// SPDX-License-Identifier: MIT

/// The action of the group on an output, as it is written, such as `spatial` or `sign&spatial`.
///
/// | text | what an element *g* does to an output |
/// |---|---|
/// | `trivial` | nothing: the output should be invariant |
/// | `spatial` | moves the output as it moves the input: the grid of every channel, or the named axis |
/// | `permute:1,2,3,0` | moves class, or channel, *i* to the *i*-th number |
/// | `sign` | changes the sign, if it is a reflection; without reflections, if it is an odd power of r1 |
/// | `fields:regular` | moves the channels of fields (``FieldNotation``), and the grid if there is one |
/// | `irrep:1` | turns pairs of channels by a multiple of its angle, and moves the grid if there is one |
/// | `matrix:0,-1;1,0` | mixes the channels, and moves the grid if there is one |
/// | `vector` | turns displacements (x, y), and moves the grid if each pixel has one |
/// | `points:unit` | moves positions (x, y) in fractions of the width and height; also `pixel`, `centered` |
/// | `boxes:unit` | moves the corners of boxes, or `centered-boxes` by center, width and height |
///
/// Permutations and matrices are those of the generator r1 of C*n*; `/` separates them from those of
/// the reflection of D*n*. `&` joins actions that act together: `points:unit&permute:1,0`.
public struct OutputActionName: Sendable, Hashable {
  /// The text as given.
  public let description: String

  /// Whether the grid moves, which the output must have.
  package let isSpatial: Bool
  /// The representations on the channels.
  let representations: [ChannelRepresentation]
  /// The coordinates that move.
  let coordinates: CoordinateKind?

  /// The trivial action.
  public static let trivial = OutputActionName(
    description: "trivial", isSpatial: false, representations: [], coordinates: nil)

  /// The action on the grid of every channel.
  public static let spatial = OutputActionName(
    description: "spatial", isSpatial: true, representations: [], coordinates: nil)

  init(
    description: String, isSpatial: Bool, representations: [ChannelRepresentation],
    coordinates: CoordinateKind?
  ) {
    self.description = description
    self.isSpatial = isSpatial
    self.representations = representations
    self.coordinates = coordinates
  }

  /// Whether no element moves anything.
  package var isTrivial: Bool {
    !isSpatial && representations.isEmpty && coordinates == nil
  }

  /// Whether the grid moves, if the output has one.
  package var movesGrids: Bool {
    isSpatial
      || representations.contains {
        switch $0 {
        case .fields, .irreducible, .matrices: true
        case .sign, .permutations: false
        }
      }
  }

  /// Whether coordinates move, which may be those of the pixels of a grid.
  package var movesCoordinates: Bool { coordinates != nil }

  /// The number of coordinates of one item; `nil` if none move.
  package var coordinateCount: Int? { coordinates?.count }

  /// Whether channels are mixed or moved, so that it matters which axis they are on.
  package var mixesChannels: Bool {
    coordinates == nil
      && representations.contains { if case .sign = $0 { false } else { true } }
  }

  /// Whether the action only moves numbers, and changes none.
  package var keepsDistributions: Bool {
    coordinates == nil
      && representations.allSatisfy {
        switch $0 {
        case .fields, .permutations: true
        case .sign, .irreducible, .matrices: false
        }
      }
  }

  /// Returns the action on outputs; `nil` if it is trivial.
  ///
  /// - Parameters:
  ///   - group: The name of the group that acts on the inputs.
  ///   - transformations: Its action on the inputs.
  ///   - imageShape: The shape of the inputs.
  ///   - isMap: Whether outputs are maps, each pixel of which holds coordinates if they move.
  package func action(
    of group: GroupName, over transformations: any TransformationAction, imageShape: [Int],
    isMap: Bool = false
  ) throws(OutputActionError) -> (any TransformationAction)? {
    if isTrivial { return nil }
    let set = transformations.transformations
    guard let finite = set.group else {
      if isSpatial, representations.isEmpty, set.origin != .family { return transformations }
      throw .noGroup(self, transformations: set.name)
    }
    var base: (any TransformationAction)?
    if let coordinates {
      guard group.isForImages else {
        throw .noImage(coordinates: coordinates.description, shape: imageShape)
      }
      guard let images = group.action() else {
        throw .noCoordinates(coordinates: coordinates.description, group: set.name)
      }
      let items = try CoordinateAction(images, coordinates, imageShape: imageShape)
      base =
        isMap || isSpatial ? CoordinateMapAction(coordinates: items, grid: transformations) : items
    } else if movesGrids {
      base = transformations
    }
    if representations.isEmpty, let base { return base }
    return RepresentationAction(finite, base: base, self)
  }
}

/// The action on an output that mixes its channels, the first axis, after a base action.
struct RepresentationAction: GroupAction, OperatorAction {
  let group: FiniteGroup
  /// The action on the grid of every channel, or on coordinates; `nil` if only channels are mixed.
  private let base: (any TransformationAction)?
  private let name: OutputActionName

  init(_ group: FiniteGroup, base: (any TransformationAction)?, _ name: OutputActionName) {
    self.group = group
    self.base = base
    self.name = name
  }

  var gridAction: (any TransformationAction)? { base?.gridAction }

  func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard let first = shape.first, first > 0 else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[C, ...]")
    }
    let count = Tensor.count(of: shape)
    let isFlat = shape.count == 1
    let channelCount =
      isFlat || base is CoordinateMapAction ? first / (name.coordinates?.count ?? 1) : first
    // A vector has no grid.
    let base = isFlat && name.coordinates == nil ? nil : base
    if base == nil, name.isSpatial {
      throw .missingAxes(group: group.name, shape: shape, expected: ActionError.imageShape)
    }
    let maps = try (base ?? TrivialAction(group)).operators(on: shape)
    var matrices = group.elements.map { _ in ChannelMatrix.identity(channelCount) }
    do throws(OutputActionError) {
      for representation in name.representations {
        let factors = try representation.matrices(of: group, channelCount: channelCount)
        matrices = zip(matrices, factors).map { $0 * $1 }
      }
      if name.representations.count > 1 { try requireRepresentation(matrices) }
    } catch {
      throw .output(error)
    }
    return zip(maps, matrices).map { map, matrix in
      if matrix.isIdentity { return map }
      if let permutation = matrix.permutation { return map.followed(byParts: permutation) }
      return ArrayOperator(MixedChannels(map.map, mixedBy: matrix, count: count), count: count)
    }
  }

  /// Throws unless products of several representations, which need not commute, are one.
  private func requireRepresentation(_ matrices: [ChannelMatrix]) throws(OutputActionError) {
    for g in group.elements {
      for s in GroupPresentation(group)?.generators ?? [] {
        let defect = (matrices[g] * matrices[s]).distance(to: matrices[group.product(g, s)])
        guard defect <= ChannelMatrix.tolerance else {
          throw .brokenRelation(
            "\(group.elementNames[g])·\(group.elementNames[s]) = "
              + group.elementNames[group.product(g, s)], defect: defect)
        }
      }
    }
  }
}

/// A reason why a group does not act on an output as named.
public enum OutputActionError: Error, Hashable {
  /// The action needs a finite group.
  case noGroup(OutputActionName, transformations: String)
  /// Generators are named only for cyclic and dihedral groups.
  case noGenerators(group: String)
  /// There is not one permutation or matrix for each generator.
  case generatorCount(Int, of: String, generators: [String], group: String)
  /// A sign is given to an element that is no generator.
  case unknownGenerator(String, generators: [String], group: String)
  /// The matrices of the generators violate a relation of the group.
  case brokenRelation(String, defect: Double)
  /// The output has another number of channels.
  case channelCount(Int, expected: String, group: String)
  /// The fields do not fit the group.
  case fields(FieldError)
  /// Coordinates are in an image, and the inputs are none.
  case noImage(coordinates: String, shape: [Int])
  /// Coordinates do not move under the group.
  case noCoordinates(coordinates: String, group: String)
  /// The output does not hold such coordinates.
  case coordinateShape(coordinates: String, count: Int, shape: [Int])
  /// Boxes turn only by quarter turns.
  case turnedBoxes(group: String, element: String)
}

extension OutputActionError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .noGroup(let name, let transformations):
      "The action '\(name)' needs a finite group, but \(transformations) is none."
    case .noGenerators(let group):
      "An action by generators is only for rotations (C8 and the like), rotations and reflections "
        + "(D4), and flip, not for \(group)."
    case .generatorCount(let count, let what, let generators, let group):
      "Expected \(what) of \(generators.joined(separator: " and of ")), the generators of \(group), "
        + "separated by '/', but got \(count)."
    case .unknownGenerator(let name, let generators, let group):
      "The generators of \(group) are \(generators.joined(separator: " and ")), not '\(name)'."
    case .brokenRelation(let relation, let defect):
      "This is no representation: it violates \(relation) by \(defect)."
    case .channelCount(let count, let expected, let group):
      "The action of \(group) takes \(expected), but the output has \(count)."
    case .fields(let error): error.description
    case .noImage(let kind, let shape):
      "'\(kind)' are coordinates in an image, but inputs have shape \(shape)."
    case .noCoordinates(let kind, let group):
      "'\(kind)' move under rotations, reflections or shifts, but not under \(group)."
    case .coordinateShape(let kind, let count, let shape):
      "'\(kind)' needs \(count) coordinates on the last axis, but outputs have shape \(shape)."
    case .turnedBoxes(let group, let element):
      "Boxes remain boxes only under quarter turns and reflections, but \(group) has \(element)."
    }
  }
}
