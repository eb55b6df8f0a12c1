// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDOnnx
import GEEDStore

#if Torch
import GEEDTorch
#endif

/// A part of GEED that reads external files.
enum Reader: String, CaseIterable {
  case data
  case graph
  case engine
  case store
  case weights
  case tool

  /// Whether an input takes much longer than those of other readers.
  var isSlow: Bool { self == .tool || self == .engine }

  /// The name of the folder of the reader's seeds, each of which is a folder.
  var seedFolder: String { self == .engine ? "graph" : rawValue }

  /// Reads all files of a folder.
  ///
  /// - Throws: An error that the reader expects.
  func read(_ folder: String, tool: String) throws {
    switch self {
    case .data: try readExamples(folder)
    case .graph: try readGraph(folder)
    case .engine: try runModel(folder)
    case .store: try readStore(folder)
    case .weights: try readWeights(folder)
    case .tool: try runTool(tool, in: folder)
    }
  }

  private func readExamples(_ folder: String) throws {
    let file = firstFile(
      in: folder, endingIn: [".npy", ".npz", ".safetensors", ".zip", ".tar", ".json", ".geojson"])
    let place = file ?? folder
    let parts = try DatasetLocation.splits(of: place).isEmpty ? [nil] : [DataSplit.test, .train]
    for split in parts {
      let dataset = try DatasetLocation.open(place, split: split)
      _ = dataset.classes
      for index in 0..<min(dataset.count, 40) {
        let example = try dataset.example(at: index)
        guard example.shape == dataset.exampleShape else { throw Flaw("another shape") }
        _ = (dataset.label(at: index), dataset.exampleName(at: index))
      }
    }
  }

  private func readGraph(_ folder: String) throws {
    guard let path = firstFile(in: folder, endingIn: [".onnx"]) else { return }
    let graph = try OnnxGraph(contentsOf: path)
    _ = graph.names(near: "logits")
    let action = ImageAction.rotations(4)
    _ = try graph.linearCheck(under: action, tensors: graph.tensors)
  }

  private func runModel(_ folder: String) throws {
    guard let path = firstFile(in: folder, endingIn: [".onnx"]) else { return }
    let graph = try OnnxGraph(contentsOf: path)
    _ = try graph.tensorsWithShapes()
  }

  private func readStore(_ folder: String) throws {
    guard let path = firstFile(in: folder, endingIn: [".sqlite"]) else { return }
    let store = try RunStore(opening: path)
    for run in try store.runs() {
      _ = try store.document(ofRun: run.id)
      _ = try store.records(ofRun: run.id)
      _ = try store.results(ofRun: run.id)
      _ = try store.steps(ofRun: run.id)
      try store.forEachObservation(ofRun: run.id) { _ in }
    }
  }

  private func readWeights(_ folder: String) throws {
    guard let path = firstFile(in: folder, endingIn: [".safetensors"]) else { return }
    #if Torch
    let file = try SafetensorsFile(opening: path)
    for entry in file.entries where entry.elementType != nil { _ = try file.tensor(entry) }
    #endif
  }

  /// Runs the command that the folder's file `command` holds, in the folder.
  private func runTool(_ tool: String, in folder: String) throws {
    let words = try String(contentsOfFile: "\(folder)/command", encoding: .utf8)
      .split(whereSeparator: \.isWhitespace).map(String.init)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    let errors = "\(folder)/.errors"
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    process.waitUntilExit()
    let status = process.terminationStatus
    guard process.terminationReason == .exit, [0, 1, 64, 65, 66].contains(status) else {
      let text = try String(contentsOfFile: errors, encoding: .utf8)
      throw Flaw("status \(status): \(text.prefix(400))")
    }
    if status != 0 { throw Refusal() }
  }

  private func firstFile(in folder: String, endingIn ends: [String]) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().first { name in ends.contains { name.hasSuffix($0) } }
      .map { "\(folder)/\($0)" }
  }
}

/// An error that must not occur, whatever a file contains.
struct Flaw: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// An input rejected by the tool.
struct Refusal: Error {}
