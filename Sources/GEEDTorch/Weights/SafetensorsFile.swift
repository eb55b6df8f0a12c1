// SPDX-License-Identifier: MIT

import GEED

/// A file of named tensors in the format of https://github.com/huggingface/safetensors, which Python's
/// `safetensors` reads and writes.
///
/// Opening a file reads and checks only the header: lengths, types, shapes, and that the tensors
/// fill the file without gaps or overlaps. Nothing in a file, however broken, is trusted beyond
/// that.
package struct SafetensorsFile: Sendable {
  /// A tensor in a file.
  package struct Entry: Hashable, Sendable {
    package let name: String
    /// The length of every axis, outermost first.
    package let shape: [Int]
    /// The name of the type in the format, such as `F32`.
    package let typeName: String
    /// The type of the tensor after reading; `nil` for a type that cannot be read.
    package let elementType: TorchElementType?
    let bytes: Range<Int>
  }

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
  ///
  /// - Throws: ``WeightsError`` if the file cannot be read or violates the format.
  /// - Complexity: O(*h*) for a header of *h* bytes.
  package init(opening path: String) throws(WeightsError) {
    file = try ReadableFile(opening: path, expected: "weights")
    let length = try Self.headerLength(of: file)
    dataOffset = 8 + length
    let header = try SafetensorsHeader(
      parsing: file.bytes(at: 8, count: length), bufferLength: file.byteCount - dataOffset,
      path: path)
    metadata = header.metadata
    entries = header.entries.map {
      Entry(
        name: $0.name, shape: $0.shape, typeName: $0.type.rawValue,
        elementType: $0.type.elementType, bytes: $0.bytes)
    }
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  /// The tensor named `name`, or `nil`.
  package subscript(name: String) -> Entry? { indices[name].map { entries[$0] } }

  /// Reads one tensor, with the type that it has in the file.
  ///
  /// - Throws: ``WeightsError`` if the file changed since it was opened, or its type cannot be read.
  /// - Precondition: `entry` is one of ``entries``.
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
  ///
  /// - Throws: ``WeightsError`` if the file changed since it was opened.
  package func bytes(of entry: Entry) throws(WeightsError) -> [UInt8] {
    try file.bytes(at: dataOffset + entry.bytes.lowerBound, count: entry.bytes.count)
  }

  /// The length of the JSON text, which is stored before the text and checked against the size of
  /// the file.
  private static func headerLength(of file: ReadableFile<WeightsError>) throws(WeightsError) -> Int
  {
    guard file.byteCount >= 8 else {
      throw .invalid(
        path: file.path, place: "file", expected: "a safetensors file, of 8 bytes at least",
        found: "\(file.byteCount)")
    }
    let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    let greatest = min(file.byteCount - 8, SafetensorsHeader.greatestLength)
    guard length <= greatest else {
      throw .invalid(
        path: file.path, place: "file", expected: "a header of \(greatest) bytes at most",
        found: "\(length)")
    }
    return Int(length)
  }
}
