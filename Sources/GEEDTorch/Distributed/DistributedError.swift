// SPDX-License-Identifier: MIT

/// Why several processes cannot compute together, or not any further.
public enum DistributedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An environment variable is not set, though another one says that it should be.
  case missingVariable(String, besides: String)
  /// An environment variable holds something else than it should.
  case invalidVariable(String, value: String, expected: String)
  /// Nobody listens where the processes are to meet.
  case unreachable(address: String, port: Int, seconds: Double, rank: Int, size: Int)
  /// The processes did not all come together.
  case incomplete(
    address: String, port: Int, seconds: Double, rank: Int, size: Int, message: String)
  /// An exchange failed, because another process ended or takes too long, for example.
  case exchangeFailed(operation: String, rank: Int, size: Int, message: String)
  /// The processes have tensors of different number, shapes or types.
  case differentParameters(rank: Int, size: Int, shapes: String)

  public var description: String {
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
