// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The location of a tensor's values that are stored in another file than the graph.
///
/// The rule is that of ONNX Runtime: the values are in a regular file at a relative path inside the
/// model's folder, after resolving symbolic links, and the file is long enough to hold them.
struct ExternalValues {
  /// The file's name as the model gives it, relative to the model's folder.
  let location: String
  private let folder: String
  private let offset: String?
  private let length: String?

  init(_ entries: [ProtoExternalEntry], ofModelAt model: String) {
    let entries = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    location = entries["location"] ?? ""
    offset = entries["offset"]
    length = entries["length"]
    folder = URL(fileURLWithPath: model).deletingLastPathComponent().path
  }

  /// The path of the file as the model gives it.
  var path: String { folder == "/" ? "/\(location)" : "\(folder)/\(location)" }

  /// Throws unless `count` bytes exist at the declared location.
  func check(_ count: Int) throws(UnreadableConstant) {
    _ = try range(count, in: open().byteCount)
  }

  /// Reads the values, of `count` bytes.
  func bytes(_ count: Int) throws(UnreadableConstant) -> Data {
    let file = try open()
    return Data(try file.bytes(at: range(count, in: file.byteCount).lowerBound, count: count))
  }

  /// The byte range of the values in a file of `size` bytes.
  private func range(_ count: Int, in size: Int) throws(UnreadableConstant) -> Range<Int> {
    guard let start = number(offset, default: 0), let length = number(length, default: count) else {
      throw failure("has no place at offset \(offset ?? "0"), length \(length ?? "\(count)")")
    }
    guard length == count else {
      throw failure("is said to hold \(length) bytes of it, but the shape takes \(count)")
    }
    let (end, overflow) = start.addingReportingOverflow(length)
    guard !overflow, end <= size else { throw failure("is too short") }
    return start..<end
  }

  private func number(_ text: String?, default value: Int) -> Int? {
    guard let text else { return value }
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// Opens the file without blocking, even if it is a named pipe.
  private func open() throws(UnreadableConstant) -> ReadableFile<UnreadableConstant> {
    guard !location.isEmpty, !location.hasPrefix("/"), !location.utf8.contains(0) else {
      throw failure("is no place inside the model's folder")
    }
    guard let root = resolved(folder) else { throw failure("cannot be found") }
    guard let resolved = resolved(path) else {
      throw UnreadableConstant(reason: "the file '\(location)' is missing", isMissing: true)
    }
    guard resolved.hasPrefix(root == "/" ? root : "\(root)/") else {
      throw failure("is outside the model's folder")
    }
    return try ReadableFile(
      opening: Array(resolved.utf8), named: location, expected: "values", followsLinks: false)
  }

  /// The path with symbolic links resolved, or `nil` if it does not exist.
  private func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private func failure(_ what: String) -> UnreadableConstant {
    UnreadableConstant(reason: "the file '\(location)' \(what)")
  }
}

extension UnreadableConstant: FileReadingFailure {
  init(_ problem: FileProblem, path: String) {
    switch problem {
    case .irregular: self.init(reason: "the file '\(path)' is no regular file")
    case .missing, .system(operation: "open", _):
      self.init(reason: "the file '\(path)' cannot be read", isMissing: true)
    case .system, .truncated: self.init(reason: "the file '\(path)' cannot be read")
    }
  }
}

extension OnnxGraph {
  /// Throws if the weights alone take more memory than allowed.
  func requireMemory(_ limit: Int?) throws(OnnxModelError) {
    guard let limit, constantByteCount > limit else { return }
    throw .tooLarge(
      path: path, what: "the total of its weights", bytes: constantByteCount, limit: limit)
  }

  /// Throws unless all values that are stored in other files can be read.
  package func requireWeightFiles() throws(OnnxGraphError) {
    for tensor in externalTensors {
      do {
        try ExternalValues(tensor.external, ofModelAt: path).check(tensor.size ?? 0)
      } catch {
        throw .weights(path: path, tensor: tensor.name, reason: error.reason, error.isMissing)
      }
    }
  }
}
