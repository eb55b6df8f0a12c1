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
    for format in Format.allCases {
      guard let (path, name) = namedPart(of: argument, inFilesEndingIn: format.endings) else {
        continue
      }
      (self.path, self.name, self.format) = (path, name, format)
      return
    }
    return nil
  }

  /// Opens the array as examples.
  func open(
    preprocessing: Preprocessing, inputAxes: InputAxes?
  ) throws(DataError) -> ArrayExamples {
    try container().examples(
      named: name, preprocessing: preprocessing, inputAxes: inputAxes)
  }

  private func container() throws(DataError) -> ArrayContainer {
    switch format {
    case .npz: try ArrayContainer(npz: path)
    case .safetensors: try ArrayContainer(safetensors: path)
    case .hdf5: try ArrayContainer(hdf5: path)
    }
  }
}

/// Returns the path of a file and, after a colon, the name of one of its parts, without a slash at its
/// beginning; `nil` if there is no such file.
func namedPart(
  of argument: String, inFilesEndingIn endings: [String]
) -> (path: String, name: String?)? {
  // The name of a file or folder may contain colons.
  let ends = [argument.endIndex] + argument.indices.reversed().filter { argument[$0] == ":" }
  for end in ends {
    let path = String(argument[..<end])
    guard endings.contains(where: path.lowercased().hasSuffix), Folder.isFolder(path) == false
    else {
      continue
    }
    guard end < argument.endIndex else { return (path, nil) }
    let name = argument[argument.index(after: end)...]
    return (path, String(name.first == "/" ? name.dropFirst() : name))
  }
  return nil
}
