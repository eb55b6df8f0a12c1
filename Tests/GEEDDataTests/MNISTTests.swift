// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

/// The bytes of an IDX file.
func idx(shape: [Int], elements: [UInt8]) -> [UInt8] {
  [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [UInt8](bigEndian: $0) } + elements
}

@Suite struct MNISTTests {
  private let images = idx(
    shape: [3, 2, 2], elements: [0, 51, 102, 255] + Array(repeating: 7, count: 8))

  @Test("Images, labels and the split that was asked for")
  func layout() throws {
    try withTemporaryFolder { folder in
      try write(images, to: "\(folder)/t10k-images-idx3-ubyte")
      try write(idx(shape: [3], elements: [4, 0, 9]), to: "\(folder)/t10k-labels-idx1-ubyte")
      try write(idx(shape: [1, 1, 1], elements: [5]), to: "\(folder)/train-images.idx3-ubyte")
      let test = try StoredImages.mnist(folder: folder)
      #expect(test.count == 3)
      #expect(test.exampleShape == [1, 2, 2])
      #expect(try test.example(at: 0).scalars == [0, 0.2, 0.4, 1])
      #expect((0..<3).map { test.label(at: $0) } == [4, 0, 9])
      #expect(test.name.hasSuffix(" (test)"))
      let train = try StoredImages.mnist(folder: folder, split: .train)
      #expect(train.count == 1)
      #expect(train.label(at: 0) == nil)
      #expect(train.name.hasSuffix(" (train)"))
    }
  }

  @Test("A split that is not there gives way to the one that is")
  func fallBack() throws {
    try withTemporaryFolder { folder in
      try write(images, to: "\(folder)/t10k-images-idx3-ubyte")
      let dataset = try StoredImages.mnist(folder: folder, split: .train)
      #expect(dataset.name.hasSuffix(" (test)"))
    }
  }

  @Test(
    "Wrong files say what is wrong",
    arguments: [
      (
        [0, 0, 8, 1, 0, 0, 0, 1, 5],
        "expected the bytes [0, 0, 8, 3] at the beginning, but found [0, 0, 8, 1]"
      ),
      ([], "found []"),
      ([0, 0, 8, 3, 0, 0], "expected 16 bytes, but found 6"),
      (idx(shape: [2, 2, 2], elements: [1, 2, 3]), "expected 24 bytes, but found 19"),
      (
        idx(shape: [1, 2, 2], elements: [1, 2, 3, 4, 5]),
        "expected 20 bytes for an array [1, 2, 2], but found 21"
      ),
      (idx(shape: [0, 2, 2], elements: []), "found [0, 2, 2]"),
      (
        [0, 0, 8, 3] + Array(repeating: 0xFF, count: 12),
        "at most 402653184 numbers, but found [4294967295, 4294967295]"
      ),
    ] as [([UInt8], String)])
  func wrongFile(bytes: [UInt8], message: String) throws {
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/t10k-images-idx3-ubyte")
      let error = try dataError { _ = try StoredImages.mnist(folder: folder) }
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test func labelCount() throws {
    try withTemporaryFolder { folder in
      try write(images, to: "\(folder)/t10k-images-idx3-ubyte")
      try write(idx(shape: [2], elements: [0, 1]), to: "\(folder)/t10k-labels-idx1-ubyte")
      let error = try dataError { _ = try StoredImages.mnist(folder: folder) }
      #expect(error.description.contains("expected 2 images, one for each label, but found 3"))
    }
  }

  @Test func missing() throws {
    #expect(try dataError { _ = try StoredImages.mnist(folder: "/nowhere") }.isMissing)
    try withTemporaryFolder { folder in
      let error = try dataError { _ = try StoredImages.mnist(folder: folder) }
      #expect(error.isMissing)
    }
  }

  @Test("Preprocessing applies: colour and size for a model that wants them")
  func preprocessing() throws {
    try withTemporaryFolder { folder in
      try write(images, to: "\(folder)/t10k-images-idx3-ubyte")
      let dataset = try StoredImages.mnist(
        folder: folder, preprocessing: Preprocessing(resize: .shortestSide(8), channels: 3))
      #expect(dataset.exampleShape == [3, 8, 8])
    }
  }
}

@Suite("IDX files on real data (needs GEED_DATA)", .enabled(if: realData != nil))
struct RealIDXTests {
  private func open(_ name: String, _ split: DataSplit = .test) throws -> StoredImages {
    try StoredImages.mnist(folder: "\(realData ?? "")/\(name)", split: split)
  }

  @Test(
    "All folders in MNIST's layout open",
    arguments: [
      "mnist", "kmnist", "notmnist", "fashion-mnist",
    ])
  func opens(name: String) throws {
    let dataset = try open(name)
    #expect(dataset.count == 10_000)
    #expect(dataset.exampleShape == [1, 28, 28])
    #expect(Set((0..<10_000).compactMap { dataset.label(at: $0) }) == Set(0..<10))
    let last = try dataset.example(at: 9_999).scalars
    #expect(last.allSatisfy { (0...1).contains($0) })
    #expect((last.max() ?? 0) > 0.5)
  }

  /// The first digits of both splits are well known, and so are the published mean and deviation.
  @Test func mnist() throws {
    let test = try open("mnist")
    #expect((0..<8).map { test.label(at: $0) } == [7, 2, 1, 0, 4, 1, 4, 9])
    let train = try open("mnist", .train)
    #expect(train.count == 60_000)
    #expect((0..<8).map { train.label(at: $0) } == [5, 0, 4, 1, 9, 2, 1, 3])
    let values = try (0..<1_000).flatMap { try train.example(at: $0).scalars }.map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    // 0.1307 over all 60,000; the first 1,000 stay within a few standard errors of 0.001.
    #expect(abs(mean - 0.1307) < 0.005)
  }
}
