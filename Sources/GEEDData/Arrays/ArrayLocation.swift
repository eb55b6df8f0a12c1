// SPDX-License-Identifier: MIT

import GEED

/// A file of arrays and the name of one of them, as a user gives it: `file.npz`, `file.npz:/name` or
/// `file.npz:name`.
struct ArrayLocation: Hashable, Sendable {
  /// A format of files of arrays.
  enum Format: Hashable, Sendable, CaseIterable {
    case npz, safetensors, hdf5

    /// The endings of the names of files.
    var endings: [String] {
      switch self {
      case .npz: [".npz"]
      case .safetensors: [".safetensors"]
      case .hdf5: [".h5", ".hdf5"]
      }
    }
  }

  let path: String

  /// The name of the array; `nil` if none is given.
  let name: String?

  let format: Format

  /// Creates the location that a word names; `nil` if it names no file of arrays that exists.
  init?(_ argument: String) {
    // The name of a file or folder may contain colons.
    let ends =
      [argument.endIndex] + argument.indices.reversed().filter { argument[$0] == ":" }
    for end in ends {
      let path = String(argument[..<end])
      let format = Format.allCases.first { $0.endings.contains(where: path.lowercased().hasSuffix) }
      guard let format, Folder.isFolder(path) == false else { continue }
      self.path = path
      self.format = format
      name = end == argument.endIndex ? nil : String(argument[argument.index(after: end)...])
      return
    }
    return nil
  }

  /// Opens the array as examples.
  func open(
    preprocessing: Preprocessing, inputAxisCount: Int?
  ) throws(DataError) -> ArrayExamples {
    try container().examples(
      named: name, preprocessing: preprocessing, inputAxisCount: inputAxisCount)
  }

  private func container() throws(DataError) -> ArrayContainer {
    switch format {
    case .npz: try ArrayContainer(npz: path)
    case .safetensors: try ArrayContainer(safetensors: path)
    case .hdf5: try ArrayContainer(hdf5: path)
    }
  }
}
