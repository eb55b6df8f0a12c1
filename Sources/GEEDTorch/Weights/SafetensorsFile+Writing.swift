// SPDX-License-Identifier: MIT

import CGEEDTorch
import GEED

extension SafetensorsFile {
  /// Writes tensors by name, all of them or nothing: to a new file next to `path`, which is flushed
  /// to the disk and then renamed.
  ///
  /// Types are not converted. Equal tensors give equal bytes, which are those of Python's
  /// `save_file`.
  ///
  /// - Parameters:
  ///   - tensors: The tensors to write, by name.
  ///   - metadata: Texts by name, which readers can query.
  ///   - path: The file.
  /// - Throws: ``WeightsError`` if the file cannot be written or a tensor cannot be read.
  /// - Complexity: O(*n*) for *n* scalars; memory for one tensor at a time.
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
