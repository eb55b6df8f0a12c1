// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

/// Files made by h5py (`Scripts/fixtures/array_fixtures.py`). Without libhdf5, the sentence about that is
/// tested instead.
@Suite struct HDF5FileTests {
  private static let isInstalled: Bool = {
    do {
      _ = try HDF5File(opening: Fixture.path("containers/one.h5"))
      return true
    } catch {
      return !"\(error)".contains("this needs libhdf5")
    }
  }()

  private func open(_ name: String, inputAxes: InputAxes? = nil) throws -> any Dataset {
    try DatasetLocation.open(Fixture.path("containers/\(name)"), inputAxes: inputAxes)
  }

  private func scalars(of dataset: any Dataset) throws -> [Float] {
    try (0..<dataset.count).flatMap { try dataset.example(at: $0).scalars }
  }

  private func floats() throws -> [Float] {
    Array(try Fixture.floats("arrays/float32.npy").dropFirst(128 / 4))
  }

  @Test("Without the library, an error says which to install", .disabled(if: isInstalled))
  func notInstalled() throws {
    let error = try dataError { _ = try open("one.h5") }
    #expect(error.description.contains("this needs libhdf5, which is not installed"))
  }

  @Test("The only array, in compressed chunks that split rows", .enabled(if: isInstalled))
  func onlyArray() throws {
    for location in ["one.h5", "one.h5:/images", "one.h5:images"] {
      let dataset = try open(location)
      #expect(dataset.name == "one.h5:/images")
      #expect(dataset.exampleShape == [3, 4, 6])
      #expect(try scalars(of: dataset) == floats())
      #expect((0..<5).map { dataset.label(at: $0) } == [3, 0, 1, 1, 2])
      #expect(dataset.notes(on: []) == ["The labels are those of 'labels'."])
    }
  }

  @Test("Types are converted", .enabled(if: isInstalled))
  func types() throws {
    #expect(
      try scalars(of: open("types.h5:/f16")) == floats().map { Float(halfBits: $0.halfBits) })
    #expect(try scalars(of: open("types.h5:/f64")) == floats())
    #expect(try scalars(of: open("types.h5:/big/f32")) == floats())
    #expect(try scalars(of: open("types.h5:/big/i32")) == (0..<45).map { Float($0) })
    let bytes = try open("types.h5:/group/bytes")
    #expect(bytes.exampleShape == [3, 4, 6])
    #expect(try scalars(of: bytes) == (0..<360).map { Float(UInt8(truncatingIfNeeded: $0)) / 255 })
    // The labels of its own group, which are bytes.
    #expect((0..<5).map { bytes.label(at: $0) } == [3, 0, 1, 1, 2])
    #expect(try open("types.h5:/points", inputAxes: InputAxes(count: 3)).exampleShape == [7, 3])
  }

  @Test(
    "What is not read says why", .enabled(if: isInstalled),
    arguments: [
      ("types.h5", "expected one array [N, …], but found 'big/f32' (float32, [5, 3, 4, 6])"),
      ("types.h5:/flags", "expected integers or floating-point numbers of at most 8 bytes"),
      ("types.h5:/names", "expected integers or floating-point numbers of at most 8 bytes"),
      ("types.h5:/wide", "expected integers of at most 2^24 in example 0"),
      ("types.h5:/nan", "expected finite numbers in example 0, but found nan at position 1"),
      ("types.h5:/empty", "without zeros"),
      ("types.h5:/unwritten", "no number was ever written to it"),
      ("types.h5:/virtual", "its numbers are in other files"),
      ("types.h5:/soft", "expected an array 'soft', but found"),
      ("types.h5:/outside", "expected an array 'outside', but found"),
      ("one.h5:/scale", "a single number"),
      ("one.h5:/nothing", "expected an array 'nothing', but found 'images' (float32, "),
    ])
  func refused(location: String, message: String) throws {
    let error = try dataError { _ = try scalars(of: open(location)) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("Other files are refused", .enabled(if: isInstalled))
  func otherFiles() throws {
    let bytes = try Fixture.bytes("containers/one.h5")
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      for count in [0, 1, 8, 100, 512, bytes.count / 2, bytes.count - 1] {
        try write(Array(bytes.prefix(count)), to: path)
        #expect(throws: DataError.self) { try scalars(of: DatasetLocation.open(path)) }
      }
      try write(Array(repeating: 7, count: 1000), to: path)
      let error = try dataError { _ = try DatasetLocation.open(path) }
      #expect(error.description.contains("Could not decode '\(path)' as HDF5: "))
    }
  }

  @Test("Many threads read the same numbers", .enabled(if: isInstalled))
  func concurrency() async throws {
    let dataset = try open("one.h5")
    let expected = try floats()
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<16 { group.addTask { try scalars(of: dataset) } }
      for try await scalars in group { #expect(scalars == expected) }
    }
  }
}
