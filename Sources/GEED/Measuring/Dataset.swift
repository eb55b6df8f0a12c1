// SPDX-License-Identifier: MIT

/// Numbered examples of one shape, ready for a model.
///
/// Examples are read on request, so memory use does not depend on the size of the data set. Several
/// threads may read at the same time.
public protocol Dataset: Sendable {
  /// The name of the data set in a result, for instance a file name.
  var name: String { get }

  /// The number of examples.
  var count: Int { get }

  /// The shape of every example, `[C, H, W]` for images.
  var exampleShape: [Int] { get }

  /// Reads one example, of shape ``exampleShape``.
  ///
  /// - Parameter index: The number of the example, from 0 and less than ``count``.
  /// - Throws: An error that names the file if the example cannot be read.
  func example(at index: Int) throws -> Tensor

  /// Returns the class of an example as a number from 0, or `nil` if it is unknown.
  func label(at index: Int) -> Int?

  /// Returns a name of the example for people, such as its file name, or `nil`.
  func exampleName(at index: Int) -> String?

  /// The classes of the examples; `nil` if no example has one. By default all labels are read.
  var classes: ClassCounts? { get }

  /// The class numbers that models use; `nil`, the default, if labels are only positions among the
  /// data set's own classes.
  ///
  /// With a numbering, accuracy is defined even if the data set has only some of a model's classes.
  var classNumbering: ClassNumbering? { get }

  /// Returns notes on the data for every result, such as which files were left out; none by
  /// default.
  ///
  /// - Parameter examples: The examples that are measured; an implementation may read them again
  ///   for notes on single examples.
  func notes(on examples: [Int]) -> [String]
}

extension Dataset {
  public func label(at index: Int) -> Int? { nil }

  public func exampleName(at index: Int) -> String? { nil }

  public var classNumbering: ClassNumbering? { nil }

  public func notes(on examples: [Int]) -> [String] { [] }

  public var classes: ClassCounts? { countedClasses }

  /// The classes of the examples by their labels, all of which are read.
  package var countedClasses: ClassCounts? {
    let classes = Set((0..<count).compactMap { label(at: $0) })
    return classes.max().map {
      ClassCounts(count: classes.count, largest: $0, numbering: classNumbering)
    }
  }
}

/// A data set whose examples are those of another one, all or some, unchanged or modified.
///
/// Everything but ``base`` has a default, for all examples of the base with their own labels. A
/// selection, and a data set with other labels, returns ``Dataset/countedClasses`` as its classes.
package protocol DatasetWrapper: Dataset {
  var base: any Dataset { get }

  /// Returns the index in ``base`` of an example.
  func baseIndex(of index: Int) -> Int
}

extension DatasetWrapper {
  package func baseIndex(of index: Int) -> Int { index }

  public var name: String { base.name }

  public var count: Int { base.count }

  public var exampleShape: [Int] { base.exampleShape }

  public func example(at index: Int) throws -> Tensor {
    try base.example(at: baseIndex(of: index))
  }

  public func label(at index: Int) -> Int? { base.label(at: baseIndex(of: index)) }

  public func exampleName(at index: Int) -> String? { base.exampleName(at: baseIndex(of: index)) }

  public var classes: ClassCounts? { base.classes }

  public var classNumbering: ClassNumbering? { base.classNumbering }

  public func notes(on examples: [Int]) -> [String] {
    base.notes(on: examples.map(baseIndex(of:)))
  }
}

/// A summary of the classes of a data set's examples.
public struct ClassCounts: Sendable, Hashable, Codable {
  /// The number of different classes.
  public let count: Int

  /// The largest class number.
  public let largest: Int

  /// The class numbers that models use, if they are known.
  public let numbering: ClassNumbering?

  /// Creates a summary.
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

  /// The number of classes of the models; `nil` for any model that has all of the numbers.
  public let classCount: Int?

  /// Creates a numbering.
  public init(numbers: [Int], classCount: Int? = nil) {
    self.numbers = numbers
    self.classCount = classCount
  }

  /// Returns the numbers if a model with this number of classes has all of them.
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
