// SPDX-License-Identifier: MIT

import CGEEDTorch
import GEED
import GEEDData

/// A file of named tensors in the format of https://github.com/huggingface/safetensors, which Python's
/// `safetensors` reads and writes.
///
/// Opening a file reads and checks only the header: lengths, types, shapes, and that the tensors
/// fill the file without gaps or overlaps.
package struct SafetensorsFile: Sendable {
  package typealias Entry = SafetensorsHeader.Entry

  /// The texts by name that the header holds.
  package let metadata: [String: String]
  /// All tensors, ordered by position in the file.
  package let entries: [Entry]
  private let file: ReadableFile<WeightsError>
  private let dataOffset: Int
  private let indices: [String: Int]

  /// The path of the file.
  package var path: String { file.path }

  /// Opens a file and checks its header.
  package init(opening path: String) throws(WeightsError) {
    file = try ReadableFile(opening: path, expected: "weights")
    let header = try SafetensorsHeader(of: file) { problem in
      .invalid(
        path: path, place: problem.place, expected: problem.expected, found: problem.found)
    }
    dataOffset = file.byteCount - header.dataLength
    metadata = header.metadata
    entries = header.entries
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  /// The tensor named `name`, or `nil`.
  package subscript(name: String) -> Entry? { indices[name].map { entries[$0] } }

  /// Reads one tensor of ``entries``, with the type that it has in the file.
  package func tensor(_ entry: Entry) throws(WeightsError) -> TorchTensor {
    precondition(self[entry.name] == entry, "Expected an entry of '\(path)', but got \(entry).")
    guard let type = entry.elementType else {
      throw .invalid(
        path: path, place: "tensor '\(entry.name)'",
        expected: "F64, F32, F16, BF16, I64 or BOOL", found: entry.typeName)
    }
    let bytes = try bytes(of: entry)
    if type == .bool, let odd = bytes.first(where: { $0 > 1 }) {
      throw .invalid(
        path: path, place: "tensor '\(entry.name)'", expected: "truth values 0 and 1",
        found: "\(odd)")
    }
    do throws(TorchError) {
      return try TorchTensor(copying: bytes, as: type, shape: entry.shape, device: .cpu)
    } catch {
      throw .engine(path: path, tensor: entry.name, error)
    }
  }

  /// The bytes of one tensor, as they are in the file.
  package func bytes(of entry: Entry) throws(WeightsError) -> [UInt8] {
    try file.bytes(at: dataOffset + entry.bytes.lowerBound, count: entry.bytes.count)
  }
}

extension SafetensorsHeader.Entry {
  /// The type of the tensor after reading; `nil` for a type that cannot be read.
  package var elementType: TorchElementType? { type.elementType }
}

extension SafetensorsType {
  /// The type of libtorch that such tensors are read as: the one of the same name.
  var elementType: TorchElementType? { TorchElementType(rawValue: "\(self)") }

  init(_ type: TorchElementType) {
    self = Self.allCases.first { $0.elementType == type } ?? .float32
  }
}

extension TorchElementType {
  /// Whether scalars are real numbers, as opposed to integers and Booleans.
  var isFloating: Bool { self != .int64 && self != .bool }
}

extension SafetensorsFile {
  /// Writes tensors by name, all of them or nothing: to a new file next to `path`, which is flushed
  /// to the disk and then renamed.
  ///
  /// Types are not converted. Equal tensors give equal bytes, which are those of Python's
  /// `save_file`.
  package static func write(
    _ tensors: [String: TorchTensor], metadata: [String: String] = [:], to path: String
  ) throws(WeightsError) {
    precondition(
      tensors["__metadata__"] == nil, "No tensor can have the name '__metadata__'.")
    var parts: [(name: String, type: SafetensorsType, shape: [Int])] = []
    for (name, tensor) in tensors {
      let type = try reading(name, path) { () throws(TorchError) in try tensor.elementType() }
      parts.append((name, SafetensorsType(type), tensor.shape))
    }
    let header = SafetensorsHeader(laying: parts, metadata: metadata)
    do {
      try writeFile(at: path) { file in
        try file.write(header.encoded)
        for entry in header.entries {
          guard let tensor = tensors[entry.name] else { continue }
          try file.write(reading(entry.name, path) { () throws(TorchError) in try tensor.bytes() })
        }
      }
    } catch let error as WeightsError {
      throw error
    } catch {
      throw .system(
        path: path, operation: "write",
        reason: (error as? FileWritingError)?.reason ?? "\(error)")
    }
  }

  private static func reading<Result>(
    _ name: String, _ path: String, _ body: () throws(TorchError) -> Result
  ) throws(WeightsError) -> Result {
    do throws(TorchError) {
      return try body()
    } catch {
      throw .engine(path: path, tensor: name, error)
    }
  }
}

extension TorchTensor {
  /// The bytes of all scalars, row-major, without conversion.
  package func bytes() throws(TorchError) -> [UInt8] {
    let type = try elementType()
    var bytes = [UInt8](repeating: 0, count: count * SafetensorsType(type).byteCount)
    try check(
      "copying to the host", gt_tensor_to_host(handle, type.handle, &bytes, bytes.count))
    return bytes
  }
}
