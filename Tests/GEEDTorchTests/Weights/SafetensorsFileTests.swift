// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDTorch
import Testing

@Suite struct SafetensorsFileTests {
  /// Thirds from -3/3 to 2/3, and what IEEE 754 rounds them to.
  private static let contents: [String: [Double]] = {
    let thirds: [Double] = [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3]
    let halves: [Double] = [-1, -0.66650390625, -0.333251953125, 0, 0.333251953125, 0.66650390625]
    let brains: [Double] = [-1, -0.66796875, -0.333984375, 0, 0.333984375, 0.66796875]
    return [
      "float64": thirds, "float32": thirds.map { Double(Float($0)) }, "float16": halves,
      "bfloat16": brains, "int64": [-0x1p62, 7], "bool": [1, 0, 1], "scalar": [2.5], "empty": [],
      "conv1.weight": [1], "odd \\ \"name\"\n\t\u{1} ä €😀": [1.5],
    ]
  }()

  @Test("Numbers of Python's file", arguments: contents.keys.sorted())
  func numbers(name: String) throws {
    let file = try SafetensorsFile(opening: pythonFile())
    let entry = try #require(file[name])
    #expect(try file.tensor(entry).doubles() == Self.contents[name])
  }

  @Test func headerOfPythonsFile() throws {
    let file = try SafetensorsFile(opening: pythonFile())
    #expect(file.entries.count == 10)
    #expect(file.metadata == ["format": "pt \"ö\"\n"])
    #expect(file["bfloat16"]?.typeName == "BF16")
    #expect(file["bfloat16"]?.elementType == .bfloat16)
    #expect(file["float32"]?.shape == [2, 3])
    #expect(file["scalar"]?.shape == [])
    #expect(file["empty"]?.shape == [0, 4])
    #expect(file["float"] == nil)
  }

  @Test func writesTheBytesThatPythonWrites() throws {
    let file = try SafetensorsFile(opening: pythonFile())
    var tensors: [String: TorchTensor] = [:]
    for entry in file.entries { tensors[entry.name] = try file.tensor(entry) }
    try withTemporaryFolder { folder in
      let path = "\(folder)/swift.safetensors"
      try SafetensorsFile.write(tensors, metadata: file.metadata, to: path)
      #expect(try bytes(of: path) == bytes(of: pythonFile()))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    }
  }

  @Test func whatIsWrittenComesBack() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file.safetensors"
      let generator = try TorchGenerator(seed: 1)
      for type in TorchElementType.allCases {
        let tensor = try TorchTensor.normal(deviation: 100, shape: [3, 2, 4, 5], using: generator)
          .channelsLast().converted(to: type, on: .cpu)
        try SafetensorsFile.write(["x": tensor], to: path)
        let file = try SafetensorsFile(opening: path)
        let read = try file.tensor(#require(file["x"]))
        #expect(try read.elementType() == type)
        #expect(read.shape == [3, 2, 4, 5])
        #expect(try read.doubles() == tensor.doubles())
      }
      try SafetensorsFile.write([:], to: path)
      #expect(try SafetensorsFile(opening: path).entries.isEmpty)
    }
  }

  @Test func failuresLeaveNothingBehind() throws {
    try withTemporaryFolder { folder in
      let tensor = try TorchTensor.full(1, shape: [2])
      // A folder is in the way of the last step.
      let path = "\(folder)/taken"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      #expect(throws: WeightsError.self) { try SafetensorsFile.write(["x": tensor], to: path) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
      let missing = "\(folder)/missing/file"
      let error = try #require(throws: WeightsError.self) {
        try SafetensorsFile.write(["x": tensor], to: missing)
      }
      #expect(
        error
          == .system(path: missing, operation: "write", reason: "No such file or directory"))
      #expect("\(error)" == "Could not write '\(missing)': No such file or directory.")
    }
  }

  @Test func whatIsNoFile() throws {
    try withTemporaryFolder { folder in
      #expect(
        throws: WeightsError.system(
          path: "\(folder)/x", operation: "open", reason: "No such file or directory")
      ) { try SafetensorsFile(opening: "\(folder)/x") }
      #expect(
        throws: WeightsError.invalid(
          path: folder, place: "file", expected: "a file", found: "a folder or device")
      ) { try SafetensorsFile(opening: folder) }
    }
  }

  @Test func typesThatCannotBeReadDoNotHideOthers() throws {
    let header = """
      {"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]},\
      "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}
      """
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try Data(safetensors(header, dataLength: 12)).write(to: URL(filePath: path))
      let file = try SafetensorsFile(opening: path)
      #expect(try file.tensor(#require(file["b"])).doubles() == [0])
      #expect(
        throws: WeightsError.invalid(
          path: path, place: "tensor 'a'", expected: "F64, F32, F16, BF16, I64 or BOOL",
          found: "I32")
      ) { try file.tensor(#require(file["a"])) }
    }
  }

  @Test func truthIsZeroOrOne() throws {
    let header = #"{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#
    #expect(throws: WeightsError.self) {
      try openAndRead(safetensors(header, dataLength: 1) + [2])
    }
  }

  @Test func aFileThatShrinksIsAnError() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try SafetensorsFile.write(["x": .full(1, shape: [100])], to: path)
      let file = try SafetensorsFile(opening: path)
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: 100)
      #expect(throws: WeightsError.self) { try file.tensor(#require(file["x"])) }
    }
  }
}
#endif
