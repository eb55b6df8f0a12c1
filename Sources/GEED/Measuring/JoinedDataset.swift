// SPDX-License-Identifier: MIT

/// Examples of a model with several inputs: the parts of each example in one vector, one after the
/// other.
///
///     let examples = JoinedDataset([("image", images), ("mask", masks)])
///
/// Labels, classes and names are those of the first data set.
public struct JoinedDataset: Dataset {
  public let name: String
  private let parts: [Part]

  /// An input and its data.
  private struct Part: Sendable {
    let input: String
    let dataset: any Dataset
    /// The example of the data set for each example; `nil` for the same.
    let order: [Int]?
  }

  /// Joins data sets, in the order of the model's inputs.
  ///
  /// Examples belong together if they have equal paths up to the extension, or equal file names if those
  /// are all different; otherwise those at equal positions belong together, which a note says.
  ///
  /// - Precondition: There is at least one data set, and all have equally many examples.
  public init(_ parts: [(input: String, dataset: any Dataset)]) {
    precondition(!parts.isEmpty, "Expected at least one input.")
    let first = parts[0].dataset
    precondition(
      parts.allSatisfy { $0.dataset.count == first.count },
      "Expected equally many examples for each input.")
    name = parts.map { "\($0.input)=\($0.dataset.name)" }.joined(separator: ", ")
    let keys = [first.paths, first.paths.map { $0.map(\.fileName) }]
    var (joined, pairing, unequal) = ([Part](), [String](), [String]())
    for (input, dataset) in parts {
      let others = [dataset.paths, dataset.paths.map { $0.map(\.fileName) }]
      let order = zip(keys, others).lazy.compactMap { Self.order(of: $0, among: $1) }.first
      joined.append(Part(input: input, dataset: dataset, order: order))
      guard order == nil, let names = first.paths, let own = dataset.paths else { continue }
      pairing.append(
        "The names of '\(input)' are not those of '\(parts[0].input)', so examples are paired by their "
          + "order, such as '\(first.exampleName(at: 0) ?? "")' and '\(dataset.exampleName(at: 0) ?? "")'."
      )
      if !Set(names.map(\.fileName)).isDisjoint(with: own.map(\.fileName)) { unequal.append(input) }
    }
    self.parts = joined
    self.pairing = pairing
    inputsWithOtherNames = unequal
  }

  /// Sentences on data sets whose examples were paired by their order although they have names.
  package let pairing: [String]

  /// The inputs whose examples were paired by their order although some names are those of the first.
  package let inputsWithOtherNames: [String]

  /// Returns the position of each key among others; `nil` unless both have the same keys, once each.
  private static func order(of keys: [String]?, among others: [String]?) -> [Int]? {
    guard let keys, let others else { return nil }
    let places = Dictionary(others.enumerated().map { ($1, $0) }) { $1 }
    let order = keys.compactMap { places[$0] }
    return order.count == keys.count && Set(order).count == keys.count ? order : nil
  }

  public var count: Int { parts[0].dataset.count }

  public var exampleShape: [Int] {
    [parts.reduce(0) { $0 + Tensor.count(of: $1.dataset.exampleShape) }]
  }

  public func example(at index: Int) throws -> Tensor {
    var scalars: [Float] = []
    for part in parts {
      let place = part.order?[index] ?? index
      let example = try part.dataset.example(at: place)
      guard example.shape == part.dataset.exampleShape else {
        throw MeasurementError.exampleShape(
          dataset: part.dataset.name, example: place, shape: example.shape,
          expected: part.dataset.exampleShape)
      }
      scalars += example.scalars
    }
    return Tensor(shape: exampleShape, scalars: scalars)
  }

  public func label(at index: Int) -> Int? { parts[0].dataset.label(at: index) }

  public func exampleName(at index: Int) -> String? { parts[0].dataset.exampleName(at: index) }

  public var classes: ClassCounts? { parts[0].dataset.classes }

  public var classNumbering: ClassNumbering? { parts[0].dataset.classNumbering }

  public func notes(on examples: [Int]) -> [String] {
    pairing
      + parts.flatMap { part in
        part.dataset.notes(on: examples.map { part.order?[$0] ?? $0 }).map {
          "'\(part.input)': \($0)"
        }
      }
  }
}

extension Dataset {
  /// The paths of all examples without extensions; `nil` if one has no name.
  fileprivate var paths: [String]? {
    let names = (0..<count).compactMap { exampleName(at: $0) }
    guard names.count == count else { return nil }
    return names.map { name in
      let file = name.fileName
      guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return name }
      return String(name.dropLast(file.distance(from: dot, to: file.endIndex)))
    }
  }
}

extension String {
  /// The part after the last slash.
  fileprivate var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}
