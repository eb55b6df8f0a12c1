// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

@Suite struct NumPyWritingTests {
  private struct Unreadable: Error {}

  /// Images of one pixel in three channels, one of which cannot be read.
  private struct Pixels: Dataset {
    let count: Int
    var broken: Int?
    var odd: Int?
    let name = "pixels"
    let exampleShape = [3, 1, 1]

    func example(at index: Int) throws -> Tensor {
      if index == broken { throw Unreadable() }
      let scalars = [Float(index), -0.5, Float.greatestFiniteMagnitude]
      return index == odd
        ? Tensor(shape: [1, 1, 1], scalars: [0]) : Tensor(shape: exampleShape, scalars: scalars)
    }
  }

  @Test("What is written is read again, to the bit", arguments: [1, 3, 1000])
  func roundTrip(count: Int) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.npy"
      try NumPyFile.write(Pixels(count: count), to: path)
      let read = try DatasetLocation.open(path)
      #expect(read.count == count && read.exampleShape == [3, 1, 1])
      for index in 0..<count {
        #expect(try read.example(at: index) == Pixels(count: count).example(at: index))
      }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      // The header is padded, so that data may be mapped into memory.
      #expect((bytes.count - 12 * count).isMultiple(of: 64))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.npy"])
    }
  }

  @Test("An example that cannot be read leaves the old file as it was")
  func failure() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.npy"
      try write([1, 2, 3], to: path)
      #expect(throws: Unreadable.self) {
        try NumPyFile.write(Pixels(count: 9, broken: 5), to: path)
      }
      let error = #expect(throws: DataError.self) {
        try NumPyFile.write(Pixels(count: 9, odd: 4), to: path)
      }
      #expect(
        error?.description
          == "'pixels': expected examples of shape [3, 1, 1], but found shape [1, 1, 1] of example 4."
      )
      #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == [1, 2, 3])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.npy"])
    }
  }

  @Test("A folder that is not there is named")
  func missingFolder() throws {
    let error = #expect(throws: DataError.self) {
      try NumPyFile.write(Pixels(count: 1), to: "/nowhere/at/all.npy")
    }
    #expect(error == .missing(path: "/nowhere/at", expected: "a folder to write to"))
  }

  @Test("An archive of arrays is a zip file with one member for each, the same at any time")
  func archive() throws {
    let arrays = [
      ("numbers", NumPyArray([0.5, -.infinity], shape: [2, 1])),
      ("texts", NumPyArray(["a", "ℓ₂"], shape: [2])), ("none", NumPyArray([Int](), shape: [0])),
    ]
    let bytes = try NumPyFile.archive(arrays)
    #expect(try NumPyFile.archive(arrays) == bytes)
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/arrays.npz.zip")
      let archive = try Archive(path: "\(folder)/arrays.npz.zip")
      #expect(archive.members.map(\.name) == ["numbers.npy", "texts.npy", "none.npy"])
      for (member, (_, array)) in zip(archive.members, arrays) {
        #expect(try archive.bytes(of: member) == array.bytes)
      }
    }
  }

  /// Two texts of two characters, in UTF-32: "a" and a zero, "ℓ" and "₂".
  @Test func texts() {
    let bytes = NumPyArray(["a", "ℓ₂"], shape: [2]).bytes
    #expect(String(decoding: bytes.dropFirst(10).prefix(15), as: UTF8.self) == "{'descr': '<U2'")
    #expect(bytes.suffix(16) == [0x61, 0, 0, 0, 0, 0, 0, 0, 0x13, 0x21, 0, 0, 0x82, 0x20, 0, 0])
  }
}
