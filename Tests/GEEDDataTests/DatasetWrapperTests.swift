// SPDX-License-Identifier: MIT

import GEED
import Synchronization
import Testing

@testable import GEEDData

@Suite struct DatasetWrapperTests {
  /// A wrapper and how it is made.
  struct Wrapper: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isSelection: Bool
    let make: @Sendable (any Dataset) throws -> any DatasetWrapper

    init(
      _ name: String, isSelection: Bool = false,
      _ make: @escaping @Sendable (any Dataset) throws -> any DatasetWrapper
    ) {
      (testDescription, self.isSelection, self.make) = (name, isSelection, make)
    }
  }

  static let wrappers = [
    Wrapper("masked") { MaskedDataset($0) },
    Wrapper("grey") { try $0.grey() },
    Wrapper("inverted") { $0.inverted() },
    Wrapper("rotated") { try $0.rotated(seed: 1) },
    Wrapper("corrupted") { try $0.corrupted(by: Corruption(.contrast, severity: 2)) },
    Wrapper("normalized") { try $0.normalized(mean: [0, 0, 0], standardDeviation: [1, 2, 3]) },
    Wrapper("chosen", isSelection: true) { ChosenExamples([5, 0, 3], of: $0, named: "three") },
    Wrapper("drawn", isSelection: true) { ChosenExamples(4, of: $0, seed: 3) },
    Wrapper("classes", isSelection: true) { try ChosenExamples(of: $0, classes: 0..<3) },
  ]

  @Test("Labels, names, classes, numbering and notes are those of the base", arguments: wrappers)
  func laws(wrapper: Wrapper) throws {
    let base = NotedDataset()
    let dataset = try wrapper.make(base)
    let indices = (0..<dataset.count).map(dataset.baseIndex(of:))
    if wrapper.isSelection {
      #expect(Set(indices).count == dataset.count && dataset.count < base.count)
    } else {
      #expect(indices == Array(0..<base.count))
    }
    let labels = (0..<dataset.count).map(dataset.label(at:))
    #expect(labels == indices.map(base.label(at:)))
    #expect((0..<dataset.count).map(dataset.exampleName(at:)) == indices.map(base.exampleName(at:)))
    #expect(dataset.classNumbering == base.classNumbering)
    #expect(dataset.notes(on: [1, 0]) == base.notes(on: [indices[1], indices[0]]))
    for index in 0..<dataset.count {
      #expect(try dataset.example(at: index).shape == dataset.exampleShape)
    }
    base.labelReads.reset()
    let classes = try #require(dataset.classes)
    #expect(classes.count == Set(labels).count)
    #expect(classes.largest == labels.compactMap(\.self).max())
    #expect(classes.numbering == base.classNumbering)
    // Where the base knows its classes, no label is read for them.
    #expect(base.labelReads.count == (wrapper.isSelection ? dataset.count : 0))
  }

  @Test("A selection passes on what its examples are")
  func examples() throws {
    let base = NotedDataset()
    let dataset = ChosenExamples([5, 0, 3], of: base, named: "three")
    #expect(try (0..<3).map { try dataset.example(at: $0).scalars[0] } == [0.5, 0, 0.3])
  }

  @Test("Other labels change the classes and the numbering, and nothing else")
  func labels() throws {
    let base = NotedDataset()
    try withTemporaryFolder { folder in
      try write(Array("7\n7\n3\n9\n0\n0\n".utf8), to: "\(folder)/labels.csv")
      let dataset = try ClassLabeling(labels: "\(folder)/labels.csv", classMap: nil)
        .applied(to: base)
      #expect((0..<6).map(dataset.label(at:)) == [7, 7, 3, 9, 0, 0])
      #expect((0..<6).map(dataset.exampleName(at:)) == (0..<6).map(base.exampleName(at:)))
      #expect(dataset.classes?.count == 4)
      #expect(dataset.classes?.largest == 9)
      #expect(dataset.classes?.numbering == ClassNumbering(numbers: Array(0...9)))
      #expect(dataset.notes(on: [2]).starts(with: base.notes(on: [2])))
    }
  }
}

/// Six images of all that a data set can have, which knows its classes and counts the reads of its
/// labels.
private struct NotedDataset: Dataset {
  final class Reads: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
    func reset() { number.withLock { $0 = 0 } }
  }

  let name = "noted"
  let count = 6
  let exampleShape = [3, 4, 4]
  let labelReads = Reads()
  let classNumbering: ClassNumbering? = ClassNumbering(numbers: [3, 1, 4, 0, 2], classCount: 5)

  var classes: ClassCounts? { ClassCounts(count: 4, largest: 4, numbering: classNumbering) }

  func example(at index: Int) throws -> Tensor {
    Tensor(repeating: Float(index) / 10, shape: exampleShape)
  }

  func label(at index: Int) -> Int? {
    labelReads.add()
    return [0, 4, 2, 1, 1, 0][index]
  }

  func exampleName(at index: Int) -> String? { "image \(index)" }

  func notes(on examples: [Int]) -> [String] { examples.map { "Example \($0) is noted." } }
}
