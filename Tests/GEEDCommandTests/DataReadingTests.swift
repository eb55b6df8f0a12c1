// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Files of all kinds as `--data`: read rightly, or counted and named.
struct DataReadingTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.data(name))))
  }

  /// The scene with an EXIF block that gives it an orientation.
  private func scene(orientation: UInt8) throws -> [UInt8] {
    let bytes = try fixture("oriented/scene.jpg")
    var block = Array("Exif\0\0II".utf8)
    block += [42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
    var result = Array(bytes[..<2])
    result += [0xFF, 0xE1, 0, UInt8(block.count + 2)]
    result += block
    result += bytes[2...]
    return result
  }

  /// The examples of data, as `geed data` exports them, without the header.
  private func export(_ data: String, _ options: [String] = []) throws -> [Float] {
    let path = scratch.path("export.npy")
    let outcome = try Tool.run(["data", data, "--export", path] + options)
    #expect(outcome.status == 0, "\(outcome.error)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(128)
    return bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private func error(_ arguments: [String], limit: Double = 60) throws -> (Int32, String) {
    let outcome = try Tool.run(["data"] + arguments, limit: limit)
    return (outcome.status, outcome.error)
  }

  // MARK: Orientation and depth

  @Test("A photograph stands upright, unless that is not wanted", arguments: 1...8)
  func orientation(value: Int) throws {
    let path = try scratch.write(scene(orientation: UInt8(value)), to: "set/a.jpg")
    let (width, height) = value >= 5 ? (9, 13) : (13, 9)
    let golden = try fixture("oriented/jpg-\(value)-\(width)x\(height).bin")
    let area = width * height
    let upright = (0..<3 * area).map { Float(golden[$0 % area * 3 + $0 / area]) / 255 }
    let folder = scratch.path("set")
    #expect(try export(folder) == upright, "\(path)")
    #expect(try Tool.output(of: ["data", folder]).contains("of 3 x \(height) x \(width)\n"))
    #expect(try Tool.output(of: ["data", folder, "--exif", "ignore"]).contains("of 3 x 9 x 13\n"))
  }

  @Test("Pictures of 16 bits keep them, and floating-point numbers stay as they are")
  func deep() throws {
    for (name, golden) in [
      ("rgb16.png", "rgb16.png-37x29"), ("grey16.png", "grey16.png-37x29"),
      ("float.tif", "float.tif-37x29"),
    ] {
      let folder = "set-\(name)"
      _ = try scratch.write(fixture("deep/\(name)"), to: "\(folder)/\(name)")
      let expected = try fixture("deep/\(golden).bin").withUnsafeBytes {
        Array($0.bindMemory(to: Float.self))
      }
      let found = try export(scratch.path(folder))
      #expect(found.count == expected.count)
      // The references were divided by 65535 in double precision: one rounding apart.
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-7 * max(abs($1), 1) }, "\(name)")
    }
  }

  @Test("A file of preprocessing is a preset, which is said, and options override its parts")
  func presetFile() throws {
    _ = try scratch.write(fixture("pictures/420.jpg"), to: "set/a.jpg")
    let (folder, file) = (scratch.path("set"), Fixtures.data("presets/clip.json"))
    let outcome = try Tool.run(["data", folder, "--preset-file", file, "--crop", "20"])
    #expect(outcome.status == 0 && outcome.output.contains("examples of 3 x 20 x 20\n"))
    #expect(
      outcome.error.hasPrefix(
        "preprocessing from \(file) (transformers): shortest side 25 by bicubic, crop 22, RGB"))
    let both = try error([folder, "--preset-file", file, "--preset", "clip"])
    #expect(both.0 == 64 && both.1.contains("Give one of '--preset' and '--preset-file'."))
    let missing = try error([folder, "--preset-file", scratch.path("none.json")])
    #expect(missing.0 == 64 && missing.1.contains("none.json', but there is nothing."))
    let filter = try error([folder, "--resize-filter", "lanczos"])
    #expect(filter.0 == 64 && filter.1.contains("'--resize-filter lanczos' changes nothing"))
  }

  @Test("Images of several formats are one data set, and a note names dropped transparency")
  func formats() throws {
    for name in ["lossy.webp", "palette.gif", "runs8.bmp", "bytes.ppm", "rgb.jp2", "alpha.webp"] {
      _ = try scratch.write(fixture("formats/\(name)"), to: "set/\(name)")
    }
    let text = try Tool.output(of: ["data", scratch.path("set")])
    #expect(text.hasPrefix("set: 6 examples of 3 x 9 x 13\n"))
    #expect(
      text.hasSuffix(
        "note: Transparency is dropped, as Pillow's convert(\"RGB\") does: alpha.webp.\n"),
      "\(text)")
  }

  // MARK: What is left out

  @Test("What is not measured is counted by kind and named, in text and in JSON")
  func leftOut() throws {
    let qoi = Array("qoif\0\0\0\u{8}\0\0\0\u{8}".utf8)
    for index in 0..<6 { _ = try scratch.write(qoi, to: "set/\(index).qoi") }
    _ = try scratch.write(fixture("pictures/rgba.png"), to: "set/a.png")
    _ = try scratch.write(fixture("oriented/scene.jpg"), to: "set/noext")
    _ = try scratch.write([0], to: "set/.hidden")
    let text = try Tool.output(of: ["data", scratch.path("set"), "--resize", "8x8"])
    #expect(text.hasPrefix("set: 2 examples of 3 x 8 x 8\n"))
    #expect(
      text.hasSuffix(
        """
        note: 6 QOI files are left out: 0.qoi, 1.qoi, 2.qoi, ….
        note: 1 hidden file is left out: .hidden.
        note: Transparency is dropped, as Pillow's convert("RGB") does: a.png.

        """), "\(text)")
  }

  @Test(
    "A measurement says what was left out",
    .enabled(if: Available.runtime, Available.noRuntime))
  func measured() throws {
    _ = try scratch.write(fixture("oriented/scene.jpg"), to: "set/a.jpg")
    _ = try scratch.write(scene(orientation: 6), to: "set/b.jpg")
    _ = try scratch.write(Array("8BPS".utf8) + [1, 2], to: "set/c.psd")
    let arguments = [
      "measure", Fixtures.model("dynamic-batch"), "--data", scratch.path("set"), "--resize", "8x8",
      "--group", "flip", "--latent", "features",
    ]
    let text = try Tool.output(of: arguments)
    #expect(text.contains("note: data: 1 Photoshop file is left out: c.psd."))
    let json = try Tool.output(of: arguments + ["--json"])
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let data = try #require(document["data"] as? [String: Any])
    #expect(data["notes"] as? [String] == ["1 Photoshop file is left out: c.psd."])
    let preprocessing = try #require(data["preprocessing"] as? [String: Any])
    #expect(preprocessing["orientation"] as? String == "apply")
  }

  @Test("Names that are no UTF-8, links, pipes and circles")
  func oddFiles() throws {
    let bytes = try fixture("oriented/scene.jpg")
    let folder = scratch.path("set")
    _ = try scratch.write(bytes, to: "set/a.jpg")
    let name: [UInt8] = Array("\(folder)/caf".utf8) + [0xE9] + Array(".jpg\0".utf8)
    let descriptor = name.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
      $0.baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o600) } ?? -1
    }
    try #require(descriptor >= 0)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    let files = FileManager.default
    try files.createSymbolicLink(atPath: "\(folder)/again.jpg", withDestinationPath: "a.jpg")
    try files.createSymbolicLink(atPath: "\(folder)/gone.jpg", withDestinationPath: "nowhere.jpg")
    try files.createSymbolicLink(atPath: "\(folder)/loop", withDestinationPath: ".")
    #expect(mkfifo("\(folder)/pipe.jpg", 0o600) == 0)
    let outcome = try Tool.run(["data", folder], limit: 20)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.hasPrefix("set: 2 examples"))
    #expect(
      outcome.output.hasSuffix(
        """
        note: 1 further link to an image that counts once is left out: again.jpg.
        note: 1 link that leads nowhere is left out: gone.jpg.
        note: 1 pipe, socket or device is left out: pipe.jpg.
        note: 1 link to a folder that counts once is left out: loop.

        """), "\(outcome.output)")
  }

  @Test("A damaged picture is an error that names it, or left out and counted, whatever the seed")
  func unreadable() throws {
    let bytes = try fixture("oriented/scene.jpg")
    for name in ["1", "2", "3", "5"] { _ = try scratch.write(bytes, to: "set/\(name).jpg") }
    _ = try scratch.write(bytes.dropLast(200), to: "set/4.jpg")
    let folder = scratch.path("set")
    let (status, sentence) = try error([folder])
    #expect(status == 65)
    #expect(
      sentence.contains("4.jpg' as JPEG: ")
        && sentence.contains("; --skip-unreadable leaves such images out."))
    for seed in ["0", "1", "2"] {
      let text = try Tool.output(of: [
        "data", folder, "--skip-unreadable", "--samples", "2", "--seed", seed,
      ])
      #expect(text.hasPrefix("set: 4 examples"))
      #expect(text.hasSuffix("note: 1 unreadable image is left out: 4.jpg.\n"))
    }
  }

  // MARK: Parts and labels

  @Test("Parts are no classes: three classes, whichever part is read")
  func parts() throws {
    let bytes = try fixture("oriented/scene.jpg")
    for part in ["train", "val"] {
      for name in ["a/1", "b/2", "c/3"] {
        _ = try scratch.write(bytes, to: "set/\(part)/\(name).jpg")
      }
    }
    let folder = scratch.path("set")
    let text = try Tool.output(of: ["data", folder])
    #expect(text.hasPrefix("set (validation): 3 examples of 3 x 9 x 13 in 3 classes\n"))
    #expect(text.hasSuffix("note: The part 'val' is taken; 'set' also has train (--split).\n"))
    #expect(
      try Tool.output(of: ["data", folder, "--split", "train"]).hasPrefix("set (train): 3 examples")
    )
    let (status, sentence) = try error([folder, "--split", "test"])
    #expect(status == 65)
    #expect(sentence.contains("expected the part 'test', but found only train and validation"))
    let flat = try error(["\(folder)/val/a", "--split", "val"])
    #expect(flat.0 == 65 && flat.1.contains("data that do not come in parts; leave --split out"))
    let unknown = try error([folder, "--split", "tset"])
    #expect(unknown.0 == 64)
  }

  @Test(
    "Labels and class maps give accuracies of data that have some of the classes",
    .enabled(if: Available.runtime, Available.noRuntime))
  func labels() throws {
    let bytes = try fixture("oriented/scene.jpg")
    for name in ["cat/1", "cat/2", "dog/3"] { _ = try scratch.write(bytes, to: "set/\(name).jpg") }
    let arguments = [
      "measure", Fixtures.model("dynamic-batch"), "--data", scratch.path("set"), "--resize", "8x8",
      "--group", "flip", "--softmax", "logits", "--json",
    ]
    #expect(try accuracies(arguments) == nil)
    // The pictures are all the same, so one class is right for all of them, and the others never.
    let rights = try (0..<10).map { number -> Double? in
      let labels = try scratch.write(
        Array("\(number)\n\(number)\n\(number)\n".utf8), to: "labels.csv")
      return try accuracies(arguments + ["--labels", labels])?.first
    }
    let best = try #require(rights.firstIndex(of: 1))
    #expect(rights.allSatisfy { $0 == nil || $0 == 0 || $0 == 1 })
    #expect(rights.filter { $0 == 1 }.count == 1)
    let map = try scratch.write(Array("cat,\(best)\ndog,\((best + 1) % 3)\n".utf8), to: "map.csv")
    let half = try #require(try accuracies(arguments + ["--class-map", map])?.first)
    #expect(abs(half - 2.0 / 3) < 1e-9)
    let few = try scratch.write(Array("cat/1.jpg,0\n".utf8), to: "few.csv")
    let outcome = try Tool.run(arguments + ["--labels", few])
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("expected a label for each of 3 examples, but found none for 2"))
  }

  private func accuracies(_ arguments: [String]) throws -> [Double]? {
    let json = try Tool.output(of: arguments)
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let results = try #require(document["results"] as? [[String: Any]])
    let predictions = results.first?["predictions"] as? [String: Any]
    return (predictions?["accuracy"] as? [[String: Any]])?.compactMap { $0["value"] as? Double }
  }

  @Test(
    "Folders called by WordNet ids have the accuracies of ImageNet's models (needs GEED_DATA)",
    .enabled(if: Available.runtime && Available.data != nil, Available.noData))
  func imageNet() throws {
    let json = try accuracies([
      "measure", Available.real("models/imagenet-squeezenet1.1.onnx"), "--data",
      Available.real("imagenet-sample"), "--preset", "imagenet", "--group", "flip", "--softmax",
      "logits", "--samples", "all", "--json",
    ])
    // 63 of 100 by ONNX Runtime in Python on the same pictures (torchvision's transforms).
    #expect(abs(try #require(json?.first) - 0.63) < 1e-9)
  }

  // MARK: Limits

  @Test("Sizes that no memory holds are refused before there is memory for them")
  func sizes() throws {
    let folder = scratch.path("set")
    _ = try scratch.write(fixture("oriented/scene.jpg"), to: "set/a.jpg")
    for options in [["--resize", "65535x65535"], ["--resize", "65535", "--memory", "1GiB"]] {
      let outcome = try Tool.run(["data", folder] + options)
      #expect(outcome.status == 65, "\(outcome.error)")
      #expect(outcome.error.contains("expected a resized image of at most 134217728 pixels"))
      #expect(outcome.peakMemory < 300 << 20)
    }
    let (status, sentence) = try error([folder, "--resize", "2000x2000", "--memory", "16MiB"])
    #expect(status == 65)
    #expect(sentence.contains("expected batches of at most 16MiB, but found 1 x 3 x 2000 x 2000"))
    // A tall picture whose width grows first: 65535 x 65535 pixels between the passes.
    let tall = try scratch.write(
      numPyFile([1, 60_000, 1], type: "|u1", bytes: Array(repeating: 7, count: 60_000)),
      to: "tall.npy")
    let between = try Tool.run(["data", tall, "--resize", "60000x1"])
    #expect(between.status == 65)
    #expect(between.error.contains("60000 x 1 of 1 x 60000"))
  }

  @Test("What a file promises is not believed: sparse arrays, huge and negative axes")
  func promises() throws {
    let sparse = try scratch.write(
      numPyFile([1, 1, 1 << 18, 1 << 18], type: "<f4", bytes: []), to: "sparse.npy")
    #expect(truncate(sparse, 1 << 39) == 0)
    let huge = try Tool.run(["data", sparse])
    #expect(huge.status == 65)
    #expect(huge.error.contains("expected examples of at most 402653184 numbers"))
    #expect(huge.peakMemory < 300 << 20)
    for shape in [[1 << 62, 4, 4, 4], [2, Int.max, 2], [-1, 3, 8, 8]] {
      let path = try scratch.write(
        numPyFile(shape, type: "<f4", bytes: [0, 0, 0, 0]), to: "odd.npy")
      #expect(try error([path]).0 == 65, "\(shape)")
    }
  }

  @Test("A gzip file gives no more than the array in it has")
  func gzip() throws {
    // Two pictures of 2 x 2 pixels are promised, and 300,000 bytes more would come.
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2]
    let packed =
      stored(header + Array(repeating: 1, count: 8)) + stored(Array(repeating: 0, count: 60_000))
      + stored(Array(repeating: 0, count: 60_000))
    _ = try scratch.write(packed, to: "idx/t10k-images-idx3-ubyte.gz")
    let (status, sentence) = try error([scratch.path("idx")])
    #expect(status == 65)
    #expect(
      sentence.contains("expected 24 bytes, as promised by what it holds, but found more than that")
    )
  }

  /// A gzip file that holds bytes as they are.
  private func stored(_ bytes: [UInt8]) -> [UInt8] {
    func little(_ number: Int, _ length: Int) -> [UInt8] {
      (0..<length).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]
    result += little(bytes.count, 2)
    result += little(~bytes.count, 2)
    result += bytes
    result += little(Int(~crc), 4)
    result += little(bytes.count, 4)
    return result
  }

  @Test("A preset's crop that no longer fits says which crop does")
  func presetCrop() throws {
    _ = try scratch.write(fixture("pictures/420.jpg"), to: "set/a.jpg")
    let (status, sentence) = try error([
      scratch.path("set"), "--preset", "imagenet", "--resize", "128x128",
    ])
    #expect(status == 65)
    #expect(
      sentence.contains("crop to 128 or less as well (--crop 128), or resize to 224 or more."))
    let text = try Tool.output(
      of: [
        "data", scratch.path("set"), "--preset", "imagenet", "--resize", "128x128", "--crop", "128",
      ])
    #expect(text.contains("of 3 x 128 x 128"))
  }
}
