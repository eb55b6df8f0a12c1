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
  /// Examples belong together if they have equal names up to the extension; if the names of two data sets
  /// are not the same ones, those at equal positions belong together (``pairing``).
  ///
  /// - Precondition: There is at least one data set, and all have equally many examples.
  public init(_ parts: [(input: String, dataset: any Dataset)]) {
    precondition(!parts.isEmpty, "Expected at least one input.")
    let first = parts[0].dataset
    precondition(
      parts.allSatisfy { $0.dataset.count == first.count },
      "Expected equally many examples for each input.")
    name = parts.map { "\($0.input)=\($0.dataset.name)" }.joined(separator: ", ")
    let stems = first.exampleStems
    self.parts = parts.map { input, dataset in
      Part(input: input, dataset: dataset, order: dataset.order(ofStems: stems))
    }
    pairing = parts.dropFirst().compactMap { input, dataset in
      guard let stems, let others = dataset.exampleStems, dataset.order(ofStems: stems) == nil,
        stems != others
      else { return nil }
      return
        "The names of '\(input)' are not those of '\(parts[0].input)', so examples are paired by "
        + "their order, such as '\(first.exampleName(at: 0) ?? "")' and "
        + "'\(dataset.exampleName(at: 0) ?? "")'."
    }
  }

  /// Sentences on data sets whose examples were paired by their order although they have names.
  package let pairing: [String]

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
  /// The names of all examples without folders and extensions; `nil` if one has no name, or two have
  /// the same.
  fileprivate var exampleStems: [String]? {
    var stems: [String] = []
    for index in 0..<count {
      guard let name = exampleName(at: index) else { return nil }
      let file = name.split(separator: "/").last ?? ""
      stems.append(String(file.lastIndex(of: ".").map { file[..<$0] } ?? file))
    }
    return Set(stems).count == stems.count ? stems : nil
  }

  /// Returns the index of the example of each name; `nil` if the names are in that order, or not the same
  /// ones.
  fileprivate func order(ofStems stems: [String]?) -> [Int]? {
    guard let stems, let own = exampleStems, own != stems else { return nil }
    let places = Dictionary(own.enumerated().map { ($1, $0) }) { $1 }
    let order = stems.compactMap { places[$0] }
    return order.count == stems.count ? order : nil
  }
}
