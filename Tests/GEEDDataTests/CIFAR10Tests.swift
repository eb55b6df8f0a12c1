// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct CIFAR10Tests {
  /// A label, and three planes of one value each.
  private func record(_ label: UInt8, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> [UInt8] {
    [label] + [red, green, blue].flatMap { Array(repeating: $0, count: 1_024) }
  }

  @Test("Planes become channels, batches follow each other, splits are kept apart")
  func batches() throws {
    try withTemporaryFolder { folder in
      try write(record(3, 0, 51, 255), to: "\(folder)/test_batch.bin")
      try write(
        record(0, 1, 2, 3) + record(9, 4, 5, 6), to: "\(folder)/data_batch_1.bin")
      try write(record(5, 7, 8, 9), to: "\(folder)/data_batch_3.bin")
      let test = try DatasetLocation.open(folder)
      #expect(test.exampleShape == [3, 32, 32])
      let scalars = try test.example(at: 0).scalars
      #expect([0, 1_023, 1_024, 3_071].map { scalars[$0] } == [0, 0, 0.2, 1])
      #expect(test.exampleName(at: 0) == "cat")
      let train = try DatasetLocation.open(folder, split: .train)
      #expect((0..<3).map { train.label(at: $0) } == [0, 9, 5])
      #expect(try train.example(at: 2).scalars[0] * 255 == 7)
    }
  }

  @Test("The place of a pixel in a plane is its place in the image")
  func pixels() throws {
    try withTemporaryFolder { folder in
      let plane = (0..<1_024).map { UInt8($0 % 251) }
      try write([1] + plane + plane + plane, to: "\(folder)/test_batch.bin")
      let scalars = try StoredImages.cifar10(folder: folder).example(at: 0).scalars
      #expect(scalars.map { UInt8($0 * 255 + 0.5) } == plane + plane + plane)
    }
  }

  @Test(
    "Damaged files are errors",
    arguments: [([], "found 0"), ([1, 2], "found 2"), (Array(repeating: 10, count: 3_073), "10")]
      as [([UInt8], String)])
  func damaged(bytes: [UInt8], message: String) throws {
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/test_batch.bin")
      let error = try dataError { _ = try StoredImages.cifar10(folder: folder) }
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test func missing() throws {
    #expect(try dataError { _ = try StoredImages.cifar10(folder: "/nowhere") }.isMissing)
  }
}
