// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct NumPyDatasetTests {
  private func open(
    _ name: String, _ preprocessing: Preprocessing = Preprocessing()
  ) throws -> NumPyDataset {
    try NumPyDataset(path: Fixture.path("arrays/\(name).npy"), preprocessing: preprocessing)
  }

  private func scalars(of dataset: some Dataset) throws -> [Float] {
    try (0..<dataset.count).flatMap { try dataset.example(at: $0).scalars }
  }

  /// The elements after the header, read another way.
  private func floats(in name: String) throws -> [Float] {
    try Array(Fixture.floats("arrays/\(name).npy").dropFirst(128 / 4))
  }

  @Test(
    "float32 is used as it is, whatever the version and byte order",
    arguments: [
      "float32", "version2", "version3", "bigendian",
    ])
  func float32(name: String) throws {
    let dataset = try open(name)
    #expect(dataset.count == 5)
    #expect(dataset.exampleShape == [3, 4, 6])
    #expect(dataset.name == "\(name).npy")
    #expect(try scalars(of: dataset) == floats(in: "float32"))
  }

  @Test("float64 is rounded, float16 is exact")
  func otherFloats() throws {
    let rounded = try floats(in: "float32").map { Float(Double($0) * 1.0000001) }
    #expect(try scalars(of: open("float64")) == rounded)
    let half = try open("float16")
    #expect(half.exampleShape == [61])
    #expect(
      try scalars(of: half).map(\.bitPattern)
        == floats(in: "float16-as-float32").map(\.bitPattern))
  }

  @Test("All 63,488 finite half-precision numbers, against their definition")
  func halfPrecision() {
    for bits in UInt16.min ... .max where bits >> 10 & 0x1F != 0x1F {
      let exponent = Int(bits >> 10 & 0x1F)
      let fraction = Double(bits & 0x3FF) / 1024 + (exponent == 0 ? 0 : 1)
      let power = Double(sign: .plus, exponent: max(exponent, 1) - 15, significand: 1)
      let magnitude = Float(fraction * power)
      #expect(Float(halfBits: bits) == (bits >> 15 == 1 ? -magnitude : magnitude))
    }
  }

  @Test("Bytes are images: scaled, and preprocessed like one")
  func bytes() throws {
    let dataset = try open("uint8")
    #expect(dataset.exampleShape == [3, 4, 6])
    let bytes = try Fixture.bytes("arrays/uint8.npy").dropFirst(128)
    #expect(try scalars(of: dataset) == bytes.map { Float($0) / 255 })
    let resized = try open("uint8", Preprocessing(resize: .shortestSide(8), crop: 8, channels: 1))
    #expect(resized.exampleShape == [1, 8, 8])
  }

  @Test("[N, H, W] is one channel")
  func grey() throws {
    #expect(try open("grey").exampleShape == [1, 4, 6])
    #expect(try open("grey").count == 3)
  }

  @Test("[N, H, W] has no axis of channels for a model whose input has three axes")
  func threeAxes() throws {
    let path = Fixture.path("containers/points.npy")
    #expect(try NumPyDataset(path: path, inputAxes: InputAxes(count: 3)).exampleShape == [7, 3])
    #expect(try NumPyDataset(path: path, inputAxes: InputAxes(count: 4)).exampleShape == [1, 7, 3])
    #expect(try NumPyDataset(path: path).exampleShape == [1, 7, 3])
    let points = try DatasetLocation.open(path, inputAxes: InputAxes(count: 3))
    #expect(
      points.notes(on: []) == [
        "The examples of 'points.npy' have no axis of channels, as the model's input has three axes."
      ])
    // The second of five sets of 7 points counts from 21.
    #expect(
      try points.example(at: 1) == Tensor(shape: [7, 3], scalars: (21..<42).map { Float($0) }))
  }

  @Test("Channels are last where the model's input says so, for numbers and for bytes")
  func channelsLast() throws {
    let axes = InputAxes(lengths: [nil, 2, 5, 3], hasChannelsLast: true)
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.npy"
      let header = NumPyArray.header(type: "|u1", shape: [2, 2, 5, 3])
      try write(header + (0..<60).map { UInt8($0) }, to: path)
      let bytes = try NumPyDataset(path: path, inputAxes: axes)
      #expect(bytes.exampleShape == [3, 2, 5])
      // Example 1, channel 2: from 30 + 2 in steps of 3.
      #expect(
        try bytes.example(at: 1).scalars.suffix(10)
          == ArraySlice((0..<10).map { Float(32 + 3 * $0) / 255 }))
      let array = NumPyArray((0..<60).map(Double.init), shape: [2, 2, 5, 3])
      try write(array.bytes, to: path)
      let numbers = try NumPyDataset(path: path, inputAxes: axes)
      #expect(
        try numbers.example(at: 0).scalars.prefix(10)
          == ArraySlice((0..<10).map { Float(3 * $0) }))
      #expect(numbers.notes(on: [])[0].contains("taken channels last, [N, H, W, C]"))
      #expect(try NumPyDataset(path: path).exampleShape == [2, 5, 3])
      let other = InputAxes(lengths: [nil, 3, 2, 5])
      #expect(try NumPyDataset(path: path, inputAxes: other).exampleShape == [2, 5, 3])
    }
  }

  @Test("Rows that fit in both orders stay channels first, with a note")
  func bothOrders() {
    let axes = InputAxes(lengths: [nil, nil, nil, 3], hasChannelsLast: true)
    #expect(axes.reading(ofRows: [16, 16, 3]) == .channelsLast)
    #expect(axes.reading(ofRows: [3, 16, 3]) == .both)
    #expect(axes.reading(ofRows: [3, 16, 16]) == .usual)
    #expect(InputAxes(count: 4).reading(ofRows: [16, 16, 3]) == .usual)
  }

  @Test("Numbers of images far above 1 are noted, with the options that suit them")
  func rangeNotes() throws {
    func notes(_ values: [Double], _ preprocessing: Preprocessing = Preprocessing()) throws
      -> [String]
    {
      try withTemporaryFolder { folder in
        let path = "\(folder)/a.npy"
        let array = NumPyArray((0..<24).map { values[$0 % values.count] }, shape: [2, 3, 2, 2])
        try write(array.bytes, to: path)
        return try NumPyDataset(path: path, preprocessing: preprocessing).notes(on: [0, 1])
      }
    }
    let unit = Preprocessing(mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25])
    let bytes = Preprocessing(mean: [127.5, 127.5, 127.5])
    let plain = try notes([0, 255])
    #expect(
      plain.count == 1 && plain[0].contains("are from 0 to 255 and are passed on as they are"))
    let scaled = try notes([0, 255], unit)
    #expect(
      scaled.count == 1
        && scaled[0].contains("give --mean 127.5,127.5,127.5 --std 63.75,63.75,63.75"))
    #expect(try notes([0, 65_535], unit)[0].contains("scale the numbers before saving them."))
    #expect(
      try notes([0, 1], bytes)[0].contains("for values from 0 to 255; give --mean 0.5,0.5,0.5"))
    #expect(try notes([0, 255], bytes) == [])
    #expect(try notes([0, 1], unit) == [])
    #expect(try notes([-2.1, 2.6]) == [])
    #expect(try notes([-300, 255]) == [])
  }

  @Test("Arrays of more than four axes are examples as they are")
  func fiveAxes() throws {
    let video = try DatasetLocation.open(Fixture.path("containers/video.npy"))
    #expect(video.count == 4)
    #expect(video.exampleShape == [2, 3, 2, 2])
    #expect(try video.example(at: 3).scalars == (72..<96).map { Float($0) })
  }

  @Test(
    "Integers are used as they are, and a note says so",
    arguments: ["tokens", "int8", "int16", "uint16", "int32", "uint32", "uint64"])
  func integers(name: String) throws {
    let dataset = try open("../containers/\(name)")
    #expect(dataset.exampleShape == [9])
    let first = name == "tokens" ? -20 : 0
    #expect(try scalars(of: dataset) == (0..<45).map { Float(first + $0) })
    let kind = name == "tokens" ? "int64" : name
    #expect(
      dataset.notes(on: [0]) == ["The numbers of '\(name).npy' (\(kind)) are used as they are."])
  }

  @Test("Truth values are 0 and 1")
  func truthValues() throws {
    let dataset = try open("../containers/bool")
    #expect(try scalars(of: dataset) == (0..<45).map { $0 == 0 ? 0 : 1 })
  }

  @Test("Bytes that are no image are scaled as well, and a note says so")
  func otherBytes() throws {
    let header = NumPyArray.header(type: "|u1", shape: [2, 4])
    try withTemporaryFolder { folder in
      try write(header + [0, 51, 102, 255, 1, 2, 3, 4], to: "\(folder)/a.npy")
      let dataset = try NumPyDataset(path: "\(folder)/a.npy")
      #expect(try dataset.example(at: 0).scalars == [0, 0.2, 0.4, 1])
      #expect(
        dataset.notes(on: []) == [
          "The bytes of 'a.npy' are scaled like those of images, by 1 / 255; numbers of another type "
            + "would be used as they are."
        ])
      #expect(try open("uint8").notes(on: []) == [])
    }
  }

  @Test("Numbers are cropped and normalised where that is asked for")
  func preprocessedFloats() throws {
    let plain = try open("float32").example(at: 1)
    let dataset = try open(
      "float32",
      Preprocessing(crop: 2, mean: [1, 2, 3], standardDeviation: [2, 4, 8]))
    let example = try dataset.example(at: 1)
    #expect(example.shape == [3, 2, 2])
    // Channel 2, row 1 of 4 and columns 2 of 6 on: the middle.
    let expected = [plain.scalars[2 * 24 + 8], plain.scalars[2 * 24 + 9]].map { ($0 - 3) / 8 }
    #expect(Array(example.scalars[8..<10]) == expected)
  }

  @Test(
    "What bytes can and numbers cannot",
    arguments: [
      Preprocessing(resize: .shortestSide(8)), Preprocessing(channels: 1),
      Preprocessing(pixelMax: 255),
      Preprocessing(crop: 5), Preprocessing(mean: [1, 2]),
    ])
  func unsuitable(preprocessing: Preprocessing) throws {
    let error = try dataError { _ = try open("float32", preprocessing) }
    guard case .unsuitable = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test(
    "Arrays that are not read say why and what to do",
    arguments: [
      ("fortran", "expected an array in C order, but found Fortran order; save numpy.asc"),
      (
        "channels-last",
        "[2, 8, 8, 3], which looks like [N, H, W, C]; save array.transpose(0, 3, 1, 2)"
      ),
      ("../containers/complex", "but found '<c8'; convert with array.astype('float32')"),
      (
        "../containers/wide",
        "expected integers of at most 2^24 in example 2, which are exact, but found 16777217 at "
          + "position 1; save smaller ones"
      ),
      (
        "../containers/huge", "in example 0, which are exact, but found 1.8446744e+19 at position 1"
      ),
      ("empty", "without zeros, such as [N, C, H, W] or [N, D], but found [0, 3]"),
      ("one-axis", "expected a shape of two axes or more"),
      ("nan", "expected finite numbers in example 1, but found nan at position 0"),
      ("structured", "expected a header with descr, fortran_order and shape"),
    ])
  func refused(name: String, message: String) throws {
    let error = try dataError {
      let dataset = try open(name)
      _ = try scalars(of: dataset)
    }
    #expect(error.description.contains(message), "\(error)")
    #expect(!error.isMissing)
  }

  @Test("A file that is too short says how many bytes it should have")
  func truncated() throws {
    let bytes = try Fixture.bytes("arrays/float32.npy")
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.npy"
      try write(bytes.dropLast(5), to: path)
      let error = try dataError { _ = try NumPyDataset(path: path) }
      // 128 bytes of header and 5 * 3 * 4 * 6 numbers of 4 bytes.
      #expect(error == .truncated(path: path, expectedBytes: 1568, foundBytes: 1563))
      for count in 0..<140 {
        try write(Array(bytes.prefix(count)), to: path)
        #expect(throws: DataError.self) { try NumPyDataset(path: path) }
      }
    }
  }

  @Test(
    "Headers made to do harm are errors",
    arguments: [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -4)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2",
      "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '', 'fortran_order': False, 'shape': (1, 1)}",
      "{'descr': 'é', 'fortran_order': False, 'shape': (1, 1)}",
      "'shape': 'descr': 'fortran_order': ", "", "{",
    ])
  func harmfulHeader(text: String) throws {
    let header = Array(text.utf8)
    let length = [UInt8(header.count), 0]
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.npy"
      try write([0x93] + Array("NUMPY".utf8) + [1, 0] + length + header + [0, 0, 0, 0], to: path)
      #expect(throws: DataError.self) { try NumPyDataset(path: path) }
    }
  }

  @Test func missing() throws {
    #expect(try dataError { _ = try NumPyDataset(path: "/nowhere.npy") }.isMissing)
  }

  @Test("Many threads read the same numbers")
  func concurrency() async throws {
    let dataset = try open("float32")
    let expected = try scalars(of: dataset)
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<16 { group.addTask { try scalars(of: dataset) } }
      for try await scalars in group { #expect(scalars == expected) }
    }
  }
}
