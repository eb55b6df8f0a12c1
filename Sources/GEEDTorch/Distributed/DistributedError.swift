// SPDX-License-Identifier: MIT

/// An error that prevents several processes from computing together, or from continuing.
package enum DistributedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An environment variable is not set, although another one requires it.
  case missingVariable(String, besides: String)
  /// An environment variable has an unexpected value.
  case invalidVariable(String, value: String, expected: String)
  /// No process listens at the address where the processes meet.
  case unreachable(address: String, port: Int, seconds: Double, rank: Int, size: Int)
  /// Not all processes joined the group.
  case incomplete(
    address: String, port: Int, seconds: Double, rank: Int, size: Int, message: String)
  /// An exchange failed, for example because another process ended or took too long.
  case exchangeFailed(operation: String, rank: Int, size: Int, message: String)
  /// The tensors of the processes differ in number, shapes or types.
  case differentParameters(rank: Int, size: Int, shapes: String)

  package var description: String {
    switch self {
    case .missingVariable(let name, let other):
      "The environment variable \(name) is not set, but \(other) is."
    case .invalidVariable(let name, let value, let expected):
      "Expected the environment variable \(name) to be \(expected), but it is '\(value)'."
    case .unreachable(let address, let port, let seconds, let rank, let size):
      """
      Process \(rank) of \(size) found nobody to listen at \(address):\(port) within \
      \(seconds) seconds; is process 0 running there?
      """
    case .incomplete(let address, let port, let seconds, let rank, let size, let message):
      """
      Process \(rank) of \(size) could not join the others at \(address):\(port), with \
      \(seconds) seconds of time: \(message)
      """
    case .exchangeFailed(let operation, let rank, let size, let message):
      "Process \(rank) of \(size) failed at \(operation): \(message)"
    case .differentParameters(let rank, let size, let shapes):
      """
      Expected the same parameters in all \(size) processes, but they differ; \
      process \(rank) has \(shapes).
      """
    }
  }
}
