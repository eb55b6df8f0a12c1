// SPDX-License-Identifier: MIT

/// Numbered examples of one shape, ready for a model.
///
/// Examples are read when asked for: a data set of a million pictures takes no more memory than
/// one of ten. Reading may happen on several threads at once.
public protocol Dataset: Sendable {
  /// What to call it in a result, for instance a file name.
  var name: String { get }

  /// How many examples there are.
  var count: Int { get }

  /// The shape of every example, `[C, H, W]` for images.
  var exampleShape: [Int] { get }

  /// Reads one example, of shape ``exampleShape``.
  ///
  /// - Parameter index: 0 up to ``count``.
  /// - Throws: What keeps the example from being read, naming the file.
  func example(at index: Int) throws -> Tensor

  /// The class of an example as a number from 0, or `nil` where it is unknown.
  func label(at index: Int) -> Int?

  /// What a person would call the example, such as its file name, or `nil`.
  func exampleName(at index: Int) -> String?

  /// Which classes there are; `nil` where no example has one. By default all labels are looked at.
  var classes: ClassCensus? { get }

  /// The class numbers that models use; `nil`, the default, if labels are only positions among the
  /// data set's own classes.
  ///
  /// With a numbering, accuracy is defined even if the data set has only some of a model's classes.
  var classNumbering: ClassNumbering? { get }

  /// Notes on the data for every result, such as what was left out; none by default.
  ///
  /// - Parameter examples: The examples that are measured; those that need a note of their own may be
  ///   read again for it.
  func notes(on examples: [Int]) -> [String]
}

extension Dataset {
  public func label(at index: Int) -> Int? { nil }

  public func exampleName(at index: Int) -> String? { nil }

  public var classNumbering: ClassNumbering? { nil }

  public func notes(on examples: [Int]) -> [String] { [] }

  public var classes: ClassCensus? {
    let classes = Set((0..<count).compactMap { label(at: $0) })
    return classes.max().map {
      ClassCensus(count: classes.count, largest: $0, numbering: classNumbering)
    }
  }
}

/// A data set whose examples are those of another, one by one, changed or not.
package protocol DerivedDataset: Dataset {
  /// The other data set.
  var base: any Dataset { get }

  /// Where an example comes from.
  func baseIndex(of index: Int) -> Int
}

extension DerivedDataset {
  package func baseIndex(of index: Int) -> Int { index }

  public func label(at index: Int) -> Int? { base.label(at: baseIndex(of: index)) }

  public func exampleName(at index: Int) -> String? { base.exampleName(at: baseIndex(of: index)) }

  public var classNumbering: ClassNumbering? { base.classNumbering }

  public func notes(on examples: [Int]) -> [String] {
    base.notes(on: examples.map(baseIndex(of:)))
  }
}

/// Which classes the examples of a data set have.
public struct ClassCensus: Sendable, Hashable, Codable {
  /// How many different ones.
  public let count: Int

  /// The largest of their numbers.
  public let largest: Int

  /// The numbers that models give the classes, where they are known.
  public let numbering: ClassNumbering?

  /// Creates a census.
  public init(count: Int, largest: Int, numbering: ClassNumbering? = nil) {
    self.count = count
    self.largest = largest
    self.numbering = numbering
  }
}

/// The number that models give each class of a data set.
public struct ClassNumbering: Sendable, Hashable, Codable {
  /// The model's number of each label, from label 0 on.
  public let numbers: [Int]

  /// How many classes the models have; `nil` for any that has all of the numbers.
  public let classCount: Int?

  /// Creates a numbering.
  public init(numbers: [Int], classCount: Int? = nil) {
    self.numbers = numbers
    self.classCount = classCount
  }

  /// The numbers, if a model of so many classes has them.
  func numbers(classCount: Int, largestLabel: Int) -> [Int]? {
    guard self.classCount == nil || self.classCount == classCount, largestLabel < numbers.count,
      numbers.allSatisfy((0..<classCount).contains)
    else { return nil }
    return numbers
  }
}

/// Examples held in memory.
public struct ArrayDataset: Dataset {
  public let name: String
  private let examples: [Tensor]
  private let labels: [Int]?

  /// Creates a data set from tensors of one shape.
  ///
  /// - Precondition: There is at least one example, all have the same shape, and there is one label
  ///   for each where labels are given.
  public init(_ examples: [Tensor], labels: [Int]? = nil, name: String = "array") {
    precondition(!examples.isEmpty, "Expected at least one example.")
    precondition(
      examples.allSatisfy { $0.shape == examples[0].shape }, "Expected examples of one shape.")
    precondition(
      labels == nil || labels?.count == examples.count,
      "Expected \(examples.count) labels, but got \(labels?.count ?? 0).")
    self.name = name
    self.examples = examples
    self.labels = labels
  }

  public var count: Int { examples.count }

  public var exampleShape: [Int] { examples[0].shape }

  public func example(at index: Int) throws -> Tensor { examples[index] }

  public func label(at index: Int) -> Int? { labels?[index] }
}
