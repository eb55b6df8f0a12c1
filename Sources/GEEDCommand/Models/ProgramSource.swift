// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDOnnx
import GEEDProgram
import Synchronization

/// A program that computes a model, and the outputs that it gave for a few examples.
struct ProgramSource: ModelSource {
  let graph: OnnxGraph
  private let engine: ProgramEngine

  /// Starts the program and sends it a few examples.
  init(_ command: String, _ options: ModelOptions, dataset: any Dataset, seed: UInt64) throws {
    let trial = try dataset.trialBatch(seed: seed)
    try self.init(command, options) { _ in trial }
  }

  /// Starts the program and sends it one example of zeros, of the shape that it states if none is given.
  init(_ command: String, _ options: ModelOptions, exampleShape: [Int]?) throws {
    try self.init(command, options) { statement in
      let stated = statement.input?.compactMap(\.self)
      guard let shape = exampleShape ?? (stated?.count == statement.input?.count ? stated : nil)
      else {
        throw UsageError(
          "The program '\(command)' does not state the whole shape of an example; give it with "
            + "'--input-shape'.")
      }
      return Tensor(repeating: 0, shape: [1] + shape)
    }
  }

  private init(
    _ command: String, _ options: ModelOptions, trial: (ProgramStatement) throws -> Tensor
  ) throws {
    Interruption.watch()
    do {
      engine = try ProgramEngine(command, options)
      let outputs = try engine.outputs(for: trial(engine.program.statement))
      graph = OnnxGraph(
        path: options.model, outputs: outputs, wholeNumbers: engine.program.wholeNumberOutputs)
    } catch  where Interruption.explains(error) {
      throw Interruption.Stop.nothingMeasured
    }
  }

  func layouts(exampleShape: [Int]) throws -> OnnxLayouts { OnnxLayouts(ofOutputs: graph.tensors) }

  func engine(probing tensors: [String]) throws -> any SessionEngine {
    engine.begin(probing: tensors)
    return engine
  }

  /// What the program states of itself.
  var statement: ProgramStatement { engine.program.statement }

  /// Ends the program.
  func finish() { engine.finish() }
}

/// A running program as the model of a session.
final class ProgramEngine: SessionEngine {
  fileprivate let program: ProgramModel
  private let identity: ProgramIdentity
  /// Whether the measurement has begun, after which a signal leaves the current batch some time.
  private let isMeasuring: Flag

  private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
  }

  fileprivate init(_ command: String, _ options: ModelOptions) throws {
    let flag = Flag()
    var settings = ProgramOptions()
    settings.timeout = options.timeout ?? settings.timeout
    settings.memoryLimit = options.memory.limit
    settings.log = { ProgressLine.log($0) }
    settings.continuesWaiting = { seconds in
      ProgressLine.showWaiting(seconds: seconds)
      return flag.isSet.load(ordering: .relaxed) || !Interruption.wasRequested
    }
    isMeasuring = flag
    program = try ProgramModel(command: command, options: settings)
    identity = try ProgramIdentity(of: program)
  }

  fileprivate func begin(probing tensors: [String]) {
    program.request(only: tensors)
    isMeasuring.isSet.store(true, ordering: .relaxed)
  }

  func outputs(for batch: Tensor) throws -> [String: Tensor] { try program.outputs(for: batch) }

  func pendingOutputs(for batch: Tensor) throws -> PendingOutputs {
    try program.pendingOutputs(for: batch)
  }

  var fingerprint: ModelFingerprint { identity.fingerprint }

  func settings(_ options: ModelOptions) throws -> RunSettings.Model {
    RunSettings.Model(
      files: fingerprint, layout: "program", provider: providerName, threads: nil, constants: [:],
      copies: nil, runtime: "protocol \(ProgramModel.protocolVersion)")
  }

  var versions: [String: String] { ["protocol": "\(ProgramModel.protocolVersion)"] }

  var providerName: String { "program" }

  var producer: String { program.title ?? "" }

  var notes: [String] { [identity.note] }

  var secondsOfComputing: Double { program.secondsOfWaiting }

  func requirePossible(_ control: ControlKind) throws {
    guard control == .untrained else { return }
    throw UsageError(
      "'--control untrained' shuffles the weights of an ONNX model, and a program's are not known; "
        + "measure a program with other weights instead.")
  }

  func stop() { program.stop() }

  func finish() { program.close() }
}

/// The identity of a program: its command, the files that the command names, and what it states.
struct ProgramIdentity {
  let fingerprint: ModelFingerprint
  /// A sentence on what the identity is made of.
  let note: String

  init(of program: ProgramModel) throws {
    var hashes: [String: String] = [:]
    for word in program.words {
      // Also 'weights.pt' of '--weights=weights.pt'.
      let value = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) }
      for path in [word, value].compactMap(\.self) where Self.isFile(path) {
        hashes[path] = try Digest.hex(ofFile: path, by: .sha256)
      }
    }
    var hash = SHA256()
    for text in program.words + hashes.sorted(by: { $0.key < $1.key }).flatMap({ [$0, $1] }) {
      hash.add(text)
    }
    hash.add(program.statement.name)
    hash.add(program.statement.version)
    fingerprint = ModelFingerprint(
      sha256: hash.finish().hexadecimal, weights: hashes.isEmpty ? nil : hashes)
    let files = hashes.keys.sorted().map { "'\($0)'" }
    let parts =
      ["its command"] + (files.isEmpty ? [] : ["the contents of \(files.joined(separator: ", "))"])
      + (program.title.map { ["its statement '\($0)'"] } ?? [])
    note =
      "The program is known by \(parts.joined(separator: ", ")). What else it reads, such as weights "
      + "or modules, is not checked; it can state a \"version\" that changes with them."
  }

  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }
}
