// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEEDCommand

@Suite struct TorchPartTests {
  @Test(
    "Commands of geed-torch, completions and TorchScript files need it",
    arguments: [
      ("train run.yaml", true), ("help reproduce", true), ("train --help", true),
      ("---completion train -- --device", true), ("--generate-completion-script bash", true),
      ("--generate-completion-script=zsh", true), ("measure model.pt --data images", true),
      ("layers a/model.torchscript", true), ("layers MODEL.PT", true),
      ("", false), ("--help", false), ("help", false), ("measure train --data reproduce", false),
      ("show help.json", false), ("measure model.onnx --data images.npy", false),
    ])
  func need(line: String, isNeeded: Bool) {
    #expect(TorchPart.isNeeded(for: line.split(separator: " ").map(String.init)) == isNeeded)
  }

  /// With libtorch the tool takes more than 100 MiB.
  @Test("The tool starts without libtorch")
  func memory() throws {
    let outcome = try Tool.run(["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.peakMemory < 64 << 20)
  }

  @Test("Help lists the commands of geed-torch")
  func help() throws {
    #expect(try Tool.output(of: ["--help"]).contains("  train "))
  }

  @Test(
    "A sentence says where geed-torch is missing, or is only another geed",
    arguments: [false, true])
  func missing(hasLink: Bool) throws {
    let scratch = try Scratch()
    let copy = URL(fileURLWithPath: scratch.path("geed"))
    // Another process copies it, because a file that this one has open for writing may stay open in
    // processes that other tests start, and then cannot be run.
    let copying = try Process.run(
      URL(fileURLWithPath: "/bin/cp"), arguments: [Tool.path.get(), copy.path])
    copying.waitUntilExit()
    if hasLink {
      try FileManager.default.createSymbolicLink(
        atPath: scratch.path("geed-torch"), withDestinationPath: copy.path)
    }
    for words in [["train", "run.yaml"], ["train", "--help"], ["reproduce", "figure2"]] {
      let (status, text) = try run(copy, words)
      #expect(status == 66)
      #expect(
        text.hasPrefix("Error: 'geed \(words[0])' needs geed-torch, built with libtorch, at '"),
        "\(text)")
    }
  }

  @Test("A geed-torch of another version is refused")
  func otherVersion() throws {
    let torch = try Tool.path.get().replacing(/geed$/, with: "geed-torch")
    let (status, text) = try run(
      URL(fileURLWithPath: torch), ["train", "--help"],
      environment: ["GEED_VERSION_OF_STARTER": "0.1.0"])
    #expect(status == 66)
    #expect(text.contains("but geed has version 0.1.0; install both from one version."), "\(text)")
  }

  /// Runs another executable than the tool; returns its status and what it writes to standard error.
  private func run(
    _ executable: URL, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (status: Int32, error: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardError = output
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
