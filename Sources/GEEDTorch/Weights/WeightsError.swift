// SPDX-License-Identifier: MIT

import GEED

/// An error in reading or writing weights.
///
/// Names in a description are quoted as they are in the file.
public enum WeightsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The operating system refused an operation, such as "open", with `reason`.
  case system(path: String, operation: String, reason: String)

  /// The file violates the format: at `place` it has `found` instead of `expected`.
  case invalid(path: String, place: String, expected: String, found: String)

  /// The file is valid, but holds the weights of another network.
  case mismatch(WeightsMismatch)

  /// libtorch could not accept or return the numbers of `tensor`.
  case engine(path: String, tensor: String, TorchError)

  public var description: String {
    switch self {
    case .system(let path, let operation, let reason):
      "Could not \(operation) '\(path)': \(reason)."
    case .invalid(let path, let place, let expected, let found):
      "'\(path)', \(place): expected \(expected), but found \(found)."
    case .mismatch(let mismatch): mismatch.description
    case .engine(let path, let tensor, let error):
      "'\(path)', tensor '\(tensor)': \(error)"
    }
  }
}

extension WeightsError: FileReadingFailure {
  package init(_ problem: FileProblem, path: String) {
    self =
      switch problem {
      case .missing(_, let reason): .system(path: path, operation: "open", reason: reason)
      case .system(let operation, let reason):
        .system(path: path, operation: operation, reason: reason)
      case .irregular:
        .invalid(path: path, place: "file", expected: "a file", found: "a folder or device")
      case .truncated(_, let found, let byteCount):
        .invalid(
          path: path, place: "file", expected: "\(byteCount) bytes as on opening",
          found: "\(found)")
      }
  }
}

/// The differences between the tensors of a file and the parameters of a network. At least one list
/// has entries.
public struct WeightsMismatch: Hashable, Sendable, CustomStringConvertible {
  /// A tensor whose shape differs from that of the parameter.
  package struct Misfit: Hashable, Sendable {
    package let name: String
    /// The shapes of the parameter and of the tensor in the file.
    package let expected, found: [Int]
  }

  package let path: String
  /// Parameters that the file lacks, in the order of the network.
  package let missing: [String]
  /// Tensors that the network lacks, by the names that they were given on reading.
  package let unexpected: [String]
  package let misshapen: [Misfit]
  /// Tensors of integers or Booleans for parameters that are real numbers.
  package let notFloating: [String]

  var isEmpty: Bool {
    missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && notFloating.isEmpty
  }

  /// One line for each list, with at most eight entries and the number of the others.
  public var description: String {
    let shapes = misshapen.map { "\($0.name) is \($0.found), not \($0.expected)" }
    let lines = [
      Self.line("missing", missing), Self.line("unexpected", unexpected),
      Self.line("of another shape", shapes), Self.line("not floating-point", notFloating),
    ]
    return "The weights in '\(path)' are not those of this network."
      + lines.compactMap(\.self).map { "\n  \($0)" }.joined()
  }

  private static func line(_ title: String, _ entries: [String]) -> String? {
    guard !entries.isEmpty else { return nil }
    let rest = entries.count > 8 ? ", and \(entries.count - 8) more" : ""
    return "\(title) (\(entries.count)): \(entries.prefix(8).joined(separator: ", "))\(rest)"
  }
}
