// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEEDCommand

/// `geed download`.
@Suite struct DownloadTests {
  private let scratch: Scratch
  private let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }

  init() throws { scratch = try Scratch() }

  /// Downloads the bytes, which are to have the checksum of `expected`.
  private func transfer(
    _ behavior: LocalServer.Behavior, expecting expected: [UInt8]? = nil, part: [UInt8]? = nil,
    byteCount: Int? = nil
  ) throws -> (server: LocalServer, result: Result<Bool, any Error>) {
    let reference = try scratch.write(expected ?? bytes, to: "reference")
    let checksum = PublicDataset.Checksum.sha256(
      try PublicDataset.Checksum.sha256("").value(ofFile: reference))
    if let part { _ = try scratch.write(part, to: "a.gz.part") }
    let server = try LocalServer(behavior)
    let transfer = FileTransfer(
      file: .init(url: "\(server.address)/a.gz", checksum: checksum, byteCount: byteCount),
      path: scratch.path("a.gz"), stallLimit: 1)
    let result = Result { try transfer.run { _, _ in } }
    server.stop()
    return (server, result)
  }

  private var received: [UInt8]? {
    FileManager.default.contents(atPath: scratch.path("a.gz")).map(Array.init)
  }

  private var hasPart: Bool {
    FileManager.default.fileExists(atPath: scratch.path("a.gz.part"))
  }

  @Test func whole() throws {
    let (server, result) = try transfer(.init(files: ["/a.gz": bytes]))
    #expect(try result.get())
    #expect(received == bytes && !hasPart)
    #expect(server.requests == ["/a.gz"])
  }

  @Test("What is there and right is not fetched again, what is there and wrong is left alone")
  func present() throws {
    _ = try scratch.write(bytes, to: "a.gz")
    let (server, result) = try transfer(.init(files: [:]))
    #expect(try !result.get())
    #expect(server.requests.isEmpty)
    _ = try scratch.write([1], to: "a.gz")
    let error = #expect(throws: DownloadError.self) {
      _ = try transfer(.init(files: [:])).result.get()
    }
    #expect(error?.description.contains("move it away") == true)
    #expect(received == [1])
  }

  @Test("A broken download continues where it stopped")
  func resumed() throws {
    var behavior = LocalServer.Behavior(files: ["/a.gz": bytes])
    behavior.breaksAfter = 70_000
    let broken = try transfer(behavior)
    let error = #expect(throws: DownloadError.self) { _ = try broken.result.get() }
    #expect(error?.description.contains("continues where it stopped") == true)
    let count = try #require(
      FileManager.default.contents(atPath: scratch.path("a.gz.part"))?.count)
    #expect(count > 0 && count <= 70_000)
    let (server, result) = try transfer(.init(files: ["/a.gz": bytes]))
    #expect(try result.get())
    #expect(server.requests == ["/a.gz from \(count)"])
    #expect(received == bytes)
  }

  @Test("A server without ranges starts over")
  func withoutRanges() throws {
    var behavior = LocalServer.Behavior(files: ["/a.gz": bytes])
    behavior.hasRanges = false
    let (server, result) = try transfer(behavior, part: Array(bytes.prefix(1_000)))
    #expect(try result.get())
    #expect(server.requests == ["/a.gz from 1000"])
    #expect(received == bytes)
  }

  @Test("A part that is complete needs no more")
  func completePart() throws {
    let (server, result) = try transfer(.init(files: ["/a.gz": bytes]), part: bytes)
    #expect(try result.get())
    #expect(server.requests == ["/a.gz from 200000"])
    #expect(received == bytes)
  }

  @Test(
    "A part of another file is thrown away, and the download starts over",
    arguments: [
      1_000, 300_000,
    ])
  func otherPart(length: Int) throws {
    let part = [UInt8](repeating: 1, count: length)
    let (server, result) = try transfer(.init(files: ["/a.gz": bytes]), part: part)
    #expect(try result.get())
    #expect(server.requests == ["/a.gz from \(length)", "/a.gz"])
    #expect(received == bytes)
  }

  @Test("Another content is refused with both checksums, and removed")
  func otherContent() throws {
    let error = #expect(throws: DownloadError.self) {
      _ = try transfer(.init(files: ["/a.gz": [1, 2, 3]])).result.get()
    }
    // The SHA-256 of the bytes 1, 2, 3.
    let found = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"
    #expect(error?.description.contains("but found \(found)") == true)
    #expect(received == nil && !hasPart)
  }

  @Test("No more bytes are taken than the published file has", arguments: [true, false])
  func tooLong(tellsLength: Bool) throws {
    var behavior = LocalServer.Behavior(files: ["/a.gz": bytes])
    behavior.tellsLength = tellsLength
    let (_, result) = try transfer(behavior, byteCount: 150_000)
    let error = #expect(throws: DownloadError.self) { _ = try result.get() }
    #expect(error?.description.hasSuffix("it has more than 150000 bytes.") == true)
    #expect(error.flatMap { ExitStatus(of: $0) } == .badData)
    #expect(received == nil && !hasPart)
  }

  @Test("A part that is longer than the published file starts over")
  func longPart() throws {
    let part = [UInt8](repeating: 1, count: 300_000)
    let (server, result) = try transfer(
      .init(files: ["/a.gz": bytes]), part: part, byteCount: 200_000)
    #expect(try result.get())
    #expect(server.requests == ["/a.gz"] && received == bytes)
  }

  @Test("A transfer that stands still is given up, and what has come is kept")
  func stalled() throws {
    var behavior = LocalServer.Behavior(files: ["/a.gz": bytes])
    behavior.stallsAfter = 70_000
    let start = ContinuousClock.now
    let (_, result) = try transfer(behavior)
    let error = #expect(throws: DownloadError.self) { _ = try result.get() }
    #expect(error?.description.contains("less than 1 KiB came in 1") == true)
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(hasPart)
    let (server, again) = try transfer(.init(files: ["/a.gz": bytes]))
    #expect(try again.get())
    #expect(server.requests.allSatisfy { $0.hasPrefix("/a.gz from ") } && received == bytes)
  }

  @Test("From outside: a mirror that stands still, and one that sends too much")
  func badMirrors() throws {
    let name = "train-images-idx3-ubyte.gz"
    let much = [UInt8](repeating: 0, count: 9_912_423)
    for (stalls, status, text) in [
      (true, 66, "less than 1 KiB came in 2"), (false, 65, "it has more than 9912422 bytes"),
    ] {
      var behavior = LocalServer.Behavior(files: ["/\(name)": stalls ? bytes : much])
      behavior.stallsAfter = stalls ? 1_000 : nil
      let server = try LocalServer(behavior)
      defer { server.stop() }
      let outcome = try Tool.run(
        ["download", "mnist", "--to", scratch.path("mnist-\(stalls)"), "--mirror", server.address],
        environment: ["GEED_DOWNLOAD_STALL": "2"], limit: 40)
      #expect(outcome.status == Int32(status))
      #expect(outcome.error.contains(text), "\(outcome.error)")
    }
  }

  @Test("A file that the server does not have says so")
  func absent() throws {
    let error = #expect(throws: DownloadError.self) {
      _ = try transfer(.init(files: [:])).result.get()
    }
    #expect(error?.description.contains("no such file (404)") == true)
    // The page that the server sends with it is no part of the file.
    #expect(received == nil && !hasPart)
  }

  @Test("A folder that cannot be written to says so")
  func readOnly() throws {
    let file = PublicDataset.File(url: "http://127.0.0.1:1/a", checksum: .md5(""))
    let error = #expect(throws: (any Error).self) {
      _ = try FileTransfer(file: file, path: scratch.path("nowhere/a")).run { _, _ in }
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("Could not write"))
  }

  /// Git 2 says so of a file that holds "abc" and a line break: `printf 'abc\n' | git hash-object --stdin`
  @Test func gitBlob() throws {
    let path = try scratch.write(Array("abc\n".utf8), to: "abc")
    #expect(
      try PublicDataset.Checksum.gitBlob("").value(ofFile: path)
        == "8baef1b4abc478178b004d62031cf7fe6db6f903")
  }

  @Test("The table is sound: names and addresses are unique, checksums have their lengths")
  func catalog() {
    let files = PublicDataset.all.flatMap(\.files)
    #expect(Set(files.map(\.url)).count == files.count)
    #expect(Set(PublicDataset.all.map(\.name)).count == PublicDataset.all.count)
    for file in files {
      let length =
        switch file.checksum {
        case .sha256: 64
        case .md5: 32
        case .gitBlob: 40
        }
      #expect(file.checksum.value.wholeMatch(of: /[0-9a-f]+/) != nil)
      #expect(file.checksum.value.count == length, "\(file.url)")
      #expect(URL(string: file.url)?.scheme?.hasPrefix("http") == true)
    }
  }

  // MARK: From outside

  @Test(
    "Data sets without a public address come with instructions",
    arguments: [
      ("xview", "xviewdataset.org"), ("imagenet", "image-net.org"),
    ])
  func closed(name: String, text: String) throws {
    #expect(try Tool.output(of: ["download", name]).contains(text))
  }

  @Test func unknown() throws {
    let outcome = try Tool.run(["download", "minst"])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("There is no data set 'minst', only 'mnist'"))
  }

  @Test("A server that is not there is told, with code 66")
  func unreachable() throws {
    let folder = scratch.path("mnist")
    let outcome = try Tool.run(
      ["download", "mnist", "--to", folder, "--mirror", "http://127.0.0.1:1"])
    #expect(outcome.status == 66)
    #expect(outcome.error.contains("Could not download 'http://127.0.0.1:1/train-images"))
  }

  @Test(
    "The small Omniglot from a mirror, of which one file is missing (needs GEED_DATA)",
    .enabled(if: Available.data != nil, Available.noData))
  func mirror() throws {
    let name = "images_background_small1.zip"
    let zip = try [UInt8](
      Data(contentsOf: URL(fileURLWithPath: Available.real("omniglot/\(name)"))))
    let server = try LocalServer(.init(files: ["/\(name)": zip]))
    defer { server.stop() }
    let folder = scratch.path("omniglot")
    let outcome = try Tool.run(
      ["download", "omniglot-small", "--to", folder, "--mirror", server.address])
    #expect(outcome.status == 66)
    #expect(outcome.output.contains("\(name): downloaded, SHA-256 right"))
    #expect(outcome.error.contains("images_background_small2.zip': the server has no such file"))
    let text = try Tool.output(of: ["data", "\(folder)/\(name)", "--invert"])
    #expect(text.contains("inverted: 2720 examples of 1 x 105 x 105 in 136 classes"))
  }

  @Test(
    "The pinned checksums are those of the published files that are at hand (needs GEED_DATA)",
    .enabled(if: Available.data != nil, Available.noData),
    arguments: [
      ("mnist", "mnist", "t10k-images-idx3-ubyte.gz"),
      ("mnist", "mnist", "t10k-labels-idx1-ubyte.gz"),
      ("fashion-mnist", "fashion-mnist", "t10k-images-idx3-ubyte.gz"),
      ("fashion-mnist", "fashion-mnist", "t10k-labels-idx1-ubyte.gz"),
      ("notmnist", "notmnist", "t10k-images-idx3-ubyte.gz"),
      ("notmnist", "notmnist", "t10k-labels-idx1-ubyte.gz"),
      ("omniglot-small", "omniglot", "images_background_small1.zip"),
    ])
  func pinned(dataset: String, folder: String, name: String) throws {
    let files = PublicDataset.all.first { $0.name == dataset }?.files ?? []
    let file = try #require(files.first { $0.name == name })
    let found = try file.checksum.value(ofFile: Available.real("\(folder)/\(name)"))
    #expect(found == file.checksum.value)
  }
}
