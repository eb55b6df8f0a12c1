// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEEDData

struct Download: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "download",
    abstract: "Download a public data set, and verify the published checksums.",
    discussion: """
      Names: \(names.joined(separator: ", ")).

      Files are written to a folder with the name of the data set. Existing files are verified and \
      kept, and an interrupted download continues where it stopped. A file gets its final name \
      only after its checksum has been verified. A transfer is given up if it exceeds the \
      published size (1 GiB where none is published), or if less than 1 KiB arrives in a minute. \
      xview and imagenet require registration with their owners; for these the command prints \
      instructions.
      """)

  @Argument(help: "The name of the data set.")
  var name: String

  @Option(
    help: ArgumentHelp(
      "The folder to write to; by default the name of the data set.", valueName: "folder"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "Download the files from this address; the expected checksums stay the same.",
      valueName: "url"))
  var mirror: String?

  private static let names =
    PublicDataset.all.map(\.name) + ClosedDataset.all.map(\.name)

  func run() throws {
    if let closed = ClosedDataset.all.first(where: { $0.name == name }) {
      return print(closed.instructions)
    }
    guard let dataset = PublicDataset.all.first(where: { $0.name == name }) else {
      let quoted = Self.names.map { "'\($0)'" }
      throw UsageError(
        "There is no data set '\(name)', only \(quoted.joined(separator: ", ")).")
    }
    let folder = to ?? name
    try makeFolder(folder)
    print("\(dataset.name), licence: \(dataset.license)")
    for file in dataset.files { try fetch(file, to: folder) }
    try unpack(dataset, in: folder)
    let location = dataset.location.isEmpty ? folder : "\(folder)/\(dataset.location)"
    print("Look at it with: geed data \(location) --preview sheet.png".shown)
  }

  private func fetch(_ file: PublicDataset.File, to folder: String) throws {
    let source = mirror.map { address in
      let separator = address.hasSuffix("/") ? "" : "/"
      return PublicDataset.File(
        url: address + separator + file.name, checksum: file.checksum, byteCount: file.byteCount)
    }
    let line = ProgressLine()
    defer { line.clear() }
    let transfer = FileTransfer(file: source ?? file, path: "\(folder)/\(file.name)")
    let isNew = try transfer.run { count, total in
      line.show(
        "\(file.name): \(count >> 10) KiB", share: total.map { Double(count) / Double($0) } ?? 0)
    }
    line.clear()
    print("\(file.name): \(isNew ? "downloaded" : "already there"), \(file.checksum.kind) right")
  }

  private func unpack(_ dataset: PublicDataset, in folder: String) throws {
    guard let suffix = dataset.unpackedSuffix else { return }
    for file in dataset.files {
      let names = try Unpacking.files(
        endingIn: suffix, of: "\(folder)/\(file.name)", to: folder)
      print("\(file.name): \(names.count) files unpacked".shown)
    }
  }
}
