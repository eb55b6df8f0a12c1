// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct EMNISTTests {
  private func writePart(
    _ part: String, split: String = "test", labels: [UInt8], to folder: String
  ) throws {
    // Of 2 x 3 pixels, so that rows and columns cannot be mistaken.
    let images = idx(
      shape: [labels.count, 3, 2],
      elements: (0..<6 * labels.count).map { UInt8($0) })
    let prefix = "\(folder)/emnist-\(part)-\(split)"
    try write(images, to: "\(prefix)-images-idx3-ubyte")
    try write(
      idx(shape: [labels.count], elements: labels), to: "\(prefix)-labels-idx1-ubyte")
  }

  /// The file holds the columns 0 1, 2 3, 4 5; upright the rows are 0 2 4 and 1 3 5.
  @Test("Images stand upright, and the letter a is 0")
  func letters() throws {
    try withTemporaryFolder { folder in
      try writePart("letters", labels: [1, 26], to: folder)
      let dataset = try StoredImages.emnist(folder: folder, part: .letters)
      #expect(dataset.exampleShape == [1, 2, 3])
      #expect(try dataset.example(at: 0).scalars.map { $0 * 255 } == [0, 2, 4, 1, 3, 5])
      #expect((0..<2).map { dataset.label(at: $0) } == [0, 25])
      #expect((0..<2).map { dataset.exampleName(at: $0) } == ["A", "Z"])
    }
  }

  @Test("A folder with one part is found, and one of several by its name")
  func location() throws {
    try withTemporaryFolder { folder in
      try writePart("digits", labels: [0, 9], to: folder)
      #expect(try DatasetLocation.open(folder).name == "emnist-digits (test)")
      try writePart("balanced", labels: [46], to: folder)
      let error = try dataError { _ = try DatasetLocation.open(folder) }
      #expect(error.description.contains("balanced, digits"))
      let balanced = try DatasetLocation.open("\(folder)/emnist-balanced")
      #expect(balanced.exampleName(at: 0) == "t")
      let missing = try dataError { _ = try DatasetLocation.open("\(folder)/emnist-letters") }
      #expect(missing.isMissing)
    }
  }

  @Test("As many classes as the files have", arguments: EMNISTPart.allCases)
  func classes(part: EMNISTPart) {
    let counts: [EMNISTPart: Int] = [
      .byClass: 62, .byMerge: 47, .balanced: 47, .letters: 26, .digits: 10, .mnist: 10,
    ]
    #expect(part.classNames.count == counts[part])
    #expect(Set(part.classNames).count == counts[part])
  }

  @Test("A label that the part does not have is an error", arguments: [0, 27] as [UInt8])
  func strayLabel(label: UInt8) throws {
    try withTemporaryFolder { folder in
      try writePart("letters", labels: [1, label], to: folder)
      let error = try dataError { _ = try StoredImages.emnist(folder: folder, part: .letters) }
      #expect(error.description.contains("expected labels from 1 to 26, but found \(label)"))
    }
  }
}
