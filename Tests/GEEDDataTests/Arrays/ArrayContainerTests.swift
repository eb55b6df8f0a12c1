// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

/// Files of several arrays, made by `Scripts/fixtures/array_fixtures.py`.
@Suite struct ArrayContainerTests {
  private func open(_ name: String, inputAxes: InputAxes? = nil) throws -> any Dataset {
    try DatasetLocation.open(
      Fixture.path("containers/\(name)"), inputAxes: inputAxes)
  }

  private func scalars(of dataset: any Dataset) throws -> [Float] {
    try (0..<dataset.count).flatMap { try dataset.example(at: $0).scalars }
  }

  private func labels(of dataset: any Dataset) -> [Int?] {
    (0..<dataset.count).map { dataset.label(at: $0) }
  }

  /// The numbers of the array that most files hold.
  private func floats() throws -> [Float] {
    Array(try Fixture.floats("arrays/float32.npy").dropFirst(128 / 4))
  }

  @Test(
    "The only array is found, with its labels",
    arguments: [
      ("stored.npz", "x", "y"), ("packed.npz", "x", "y"), ("one.safetensors", "F32", "labels"),
    ])
  func onlyArray(file: String, array: String, labels: String) throws {
    for location in [file, "\(file):/\(array)", "\(file):\(array)"] {
      let dataset = try open(location)
      #expect(dataset.name == "\(file):/\(array)")
      #expect(dataset.exampleShape == [3, 4, 6])
      #expect(try scalars(of: dataset) == floats())
      #expect(self.labels(of: dataset) == [3, 0, 1, 1, 2])
      #expect(dataset.notes(on: []) == ["The labels are those of '\(labels)'."])
      #expect(dataset.classes?.count == 4)
    }
    #expect(try DatasetLocation.splits(of: Fixture.path("containers/\(file)")) == [])
  }

  @Test("Labels belong to the array of the same part")
  func parts() throws {
    let error = try dataError { _ = try open("parts.npz") }
    #expect(error.description.contains("expected one array [N, …], but found 'x_train' ('<f4', "))
    #expect(error.description.contains("'x_test' ('<f4', [3, 3, 4, 6]); name one, as in"))
    #expect(!error.description.contains("y_train"))
    let test = try open("parts.npz:/x_test")
    #expect(labels(of: test) == [1, 1, 2])
    #expect(try scalars(of: test) == Array(floats().prefix(3 * 72)))
    #expect(labels(of: try open("parts.npz:x_train")) == [3, 0, 1, 1, 2])
    let missing = try dataError { _ = try open("parts.npz:/x_val") }
    #expect(missing.description.contains("expected an array 'x_val', but found 'x_train'"))
    let records = try dataError { _ = try open("parts.npz:/records") }
    #expect(records.description.contains("expected a header with descr"))
    let number = try dataError { _ = try open("parts.npz:/scale") }
    #expect(number.description.contains("but found a single number"))
  }

  @Test(
    "Arrays that are called labels and are none are named",
    arguments: [
      ("odd-labels.npz", "'y' has numbers outside of 0...1048576 and is not used as labels."),
      ("float-labels.npz", "'y' holds '<f4', not integers, and is not used."),
      (
        "short-labels.npz",
        "'y' has the shape [4] and is not used: labels are one number for each of 5 examples."
      ),
      ("differing-labels.npz", "'y' and 'target' differ, and none is used as labels."),
    ])
  func unusedLabels(file: String, note: String) throws {
    let dataset = try open(file)
    #expect(dataset.notes(on: []) == [note])
    #expect(dataset.classes == nil)
  }

  @Test("A column of bytes is a list of labels")
  func column() throws {
    #expect(labels(of: try open("column-labels.npz")) == [3, 0, 1, 1, 2])
  }

  @Test("Labels alone are no examples")
  func noExamples() throws {
    let error = try dataError { _ = try open("no-examples.npz") }
    #expect(error.description.contains("an array [N, …] of examples, but found 'y' ('<i8', [5])"))
  }

  @Test(
    "All types of a safetensors file",
    arguments: [
      ("F16", "F16"), ("BF16", "BF16"), ("F64", "F32"), ("F32", "F32"),
    ])
  func safetensors(array: String, precision: String) throws {
    let expected = try floats().map { value -> Float in
      switch precision {
      case "F16": Float(halfBits: value.halfBits)
      // The file holds upper halves of float32 numbers, rounded towards 0.
      case "BF16": Float(bitPattern: value.bitPattern & 0xFFFF_0000)
      default: value
      }
    }
    #expect(try scalars(of: open("types.safetensors:/\(array)")) == expected)
    let bytes = try open("types.safetensors:/U8")
    #expect(try scalars(of: bytes) == (0..<360).map { Float(UInt8(truncatingIfNeeded: $0)) / 255 })
    #expect(try scalars(of: open("types.safetensors:/I32")) == (0..<45).map { Float($0) })
  }

  @Test("The model's number of axes counts in all files")
  func threeAxes() throws {
    try withTemporaryFolder { folder in
      let array = NumPyArray((0..<12).map(Double.init), shape: [2, 3, 2])
      try write(NumPyFile.archive([("points", array)]), to: "\(folder)/a.npz")
      let path = "\(folder)/a.npz"
      #expect(
        try DatasetLocation.open(path, inputAxes: InputAxes(count: 3)).exampleShape == [3, 2])
      #expect(try DatasetLocation.open(path).exampleShape == [1, 3, 2])
    }
  }

  @Test("Names of files may contain colons; a file that is missing is missing")
  func colons() throws {
    try withTemporaryFolder { folder in
      let bytes = try Fixture.bytes("containers/stored.npz")
      try write(bytes, to: "\(folder)/a:b/c:d.npz")
      #expect(try DatasetLocation.open("\(folder)/a:b/c:d.npz").count == 5)
      #expect(try DatasetLocation.open("\(folder)/a:b/c:d.npz:x").count == 5)
      #expect(try dataError { _ = try DatasetLocation.open("\(folder)/e.npz:/x") }.isMissing)
    }
  }

  @Test(
    "Files that are cut anywhere are refused",
    arguments: ["stored.npz", "packed.npz", "one.safetensors"])
  func truncated(file: String) throws {
    let bytes = try Fixture.bytes("containers/\(file)")
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(file)"
      for count in stride(from: 0, to: bytes.count, by: 13) {
        try write(Array(bytes.prefix(count)), to: path)
        #expect(throws: DataError.self) { try scalars(of: DatasetLocation.open(path)) }
      }
    }
  }

  @Test("A size that an array's header states and its file lacks is an error, not memory")
  func lyingHeaders() throws {
    let headers = [
      NumPyArray.header(type: "<f4", shape: [1 << 40, 4]),
      NumPyArray.header(type: "<f4", shape: [2, 1 << 40]),
      NumPyArray.header(type: "<i8", shape: [1 << 31, 1 << 31]),
      NumPyArray.header(type: "<f4", shape: [2, 0]),
    ]
    try withTemporaryFolder { folder in
      for header in headers {
        try write(zip([ZipEntry("x.npy", header + [1, 2, 3, 4])]), to: "\(folder)/a.npz")
        #expect(throws: DataError.self) { try DatasetLocation.open("\(folder)/a.npz") }
      }
      let text = Array(#"{"x":{"dtype":"F32","shape":[9,99999999],"data_offsets":[0,4]}}"#.utf8)
      let length = [UInt8(text.count)] + Array(repeating: 0, count: 7)
      try write(length + text + [0, 0, 0, 0], to: "\(folder)/a.safetensors")
      let error = try dataError { _ = try DatasetLocation.open("\(folder)/a.safetensors") }
      #expect(error.description.contains("tensor 'x'': expected 3599999964 bytes for F32"))
    }
  }

  @Test("Names that occur twice are refused")
  func repeatedNames() throws {
    let array = NumPyArray([1, 2], shape: [2, 1]).bytes
    try withTemporaryFolder { folder in
      try write(
        zip([ZipEntry("x.npy", array), ZipEntry("x.npy", array)]), to: "\(folder)/a.npz")
      let error = try dataError { _ = try DatasetLocation.open("\(folder)/a.npz") }
      #expect(error.description.contains("expected names that differ, but found 'x' twice"))
    }
  }

  @Test("Many threads read the same numbers", arguments: ["stored.npz", "packed.npz"])
  func concurrency(file: String) async throws {
    let dataset = try open(file)
    let expected = try floats()
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<16 { group.addTask { try scalars(of: dataset) } }
      for try await scalars in group { #expect(scalars == expected) }
    }
  }
}
