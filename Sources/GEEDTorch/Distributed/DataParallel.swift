// SPDX-License-Identifier: MIT

import GEED

/// Training by several processes, each with the same network and its own part of every batch.
///
/// A step equals that of a single process with the whole batch if the loss is a mean over examples
/// and all parts have the same number of examples.
///
/// Layers that compute from a whole batch see this process's part only: batch normalization uses
/// the statistics of the part, and its running means differ between processes. A network with batch
/// normalization therefore trains as with the smaller batch; one with group normalization, or
/// without normalization, trains as with the whole batch. Before a network with batch normalization
/// is evaluated, ``averageStatistics(_:)`` makes its running means equal.
///
/// Without a group there is one process, and nothing is exchanged.
package struct DataParallel: Sendable {
  /// The processes that train together; `nil` if this is the only one.
  package let group: ProcessGroup?

  package init(_ group: ProcessGroup? = nil) { self.group = group }

  /// The rank of this process, counted from 0.
  package var rank: Int { group?.rank ?? 0 }
  /// The number of processes.
  package var size: Int { group?.size ?? 1 }
  /// Whether this is the process that measures, saves and reports.
  package var isFirst: Bool { rank == 0 }

  /// Returns the range of this process's examples in a batch of `count`, which ``size`` divides.
  package func share(of count: Int) -> Range<Int> {
    precondition(
      count % size == 0,
      "Expected a batch that \(size) processes can share equally, but got \(count) examples.")
    let part = count / size
    return rank * part..<(rank + 1) * part
  }

  /// Overwrites all tensors that belong to the weights with those of process 0, or throws
  /// ``DistributedError/differentParameters(rank:size:shapes:)`` in all processes.
  package func synchronize(parameters: [TorchTensor]) throws {
    guard let group else { return }
    let shapes = try parameters.map { "\(try $0.elementType()) \($0.shape)" }
    guard try agree(on: shapes.joined(separator: "; ")) else {
      throw DistributedError.differentParameters(
        rank: group.rank, size: group.size,
        shapes: "\(shapes.count) tensors: \(shapes.prefix(4).joined(separator: "; "))"
          + (shapes.count > 4 ? "; ..." : ""))
    }
    try group.broadcast(parameters, from: 0)
  }

  /// Overwrites the gradient of each parameter with its mean over all processes, each of which passes
  /// the same parameters.
  package func averageGradients(of parameters: [TorchTensor]) throws(DistributedError) {
    try group?.allReduceMeanOfGradients(of: parameters)
  }

  /// Overwrites running means and variances with their means over all processes.
  package func averageStatistics(_ buffers: [TorchTensor]) throws(DistributedError) {
    try group?.allReduceMean(buffers)
  }

  /// Returns the means over all processes of numbers such as the loss.
  package func means(_ values: [Double]) throws -> [Double] {
    guard let group else { return values }
    let tensor = try TorchTensor(values, shape: [values.count], device: group.device)
    try group.allReduceMean([tensor])
    return try tensor.doubles()
  }

  /// Returns whether `condition` holds in at least one process.
  package func anywhere(_ condition: Bool) throws -> Bool {
    try means([condition ? 1 : 0])[0] > 0
  }

  /// Returns whether all processes pass the same text, such as their settings.
  package func agree(on text: String) throws(DistributedError) -> Bool {
    // The hash is shifted so that it is not negative.
    try group?.agrees(on: Int64(fnv1a(text) >> 1)) ?? true
  }
}
