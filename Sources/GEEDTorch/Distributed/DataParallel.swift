// SPDX-License-Identifier: MIT

import GEED

/// Training by several processes, each with the same network and its own part of every batch.
///
/// A step equals that of a single process with the whole batch if the loss is a mean over examples
/// and all parts have the same number of examples:
///
///     let parallel = DataParallel(try LaunchSettings().map { try ProcessGroup($0) })
///     try parallel.synchronize(parameters: weights.all.map(\.tensor))
///     for batch in batches {
///       let part = batch[parallel.share(of: batch.count)]
///       TorchTensor.clearGradients(of: weights.trained)
///       try loss(network, part).backward()
///       try parallel.averageGradients(of: weights.trained)
///       try optimizer.step()
///     }
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

  package init(_ group: ProcessGroup? = nil) {
    self.group = group
  }

  /// The rank of this process, counted from 0.
  package var rank: Int { group?.rank ?? 0 }
  /// The number of processes.
  package var size: Int { group?.size ?? 1 }
  /// Whether this is the process that measures, saves and reports.
  package var isFirst: Bool { rank == 0 }

  /// Returns the range of this process's examples in a batch of `count`.
  ///
  /// - Precondition: ``size`` divides `count`; otherwise the mean of the parts' means would not be
  ///   the mean of the batch.
  package func share(of count: Int) -> Range<Int> {
    precondition(
      count % size == 0,
      "Expected a batch that \(size) processes can share equally, but got \(count) examples.")
    let part = count / size
    return rank * part..<(rank + 1) * part
  }

  /// Overwrites parameters, and all other tensors that belong to the weights, with those of process
  /// 0, so that all processes start with equal weights.
  ///
  /// - Throws: ``DistributedError/differentParameters(rank:size:shapes:)``, in all processes, if
  ///   their networks do not have the same shape.
  /// - Complexity: Transfers all parameters once.
  package func synchronize(parameters: [TorchTensor]) throws {
    guard let group else { return }
    let shapes = try parameters.map { "\(try $0.elementType()) \($0.shape)" }
    guard try agree(on: shapes.joined(separator: "; ")) else {
      throw DistributedError.differentParameters(
        rank: group.rank, size: group.size, shapes: Self.summary(of: shapes))
    }
    try group.broadcast(parameters, from: 0)
  }

  /// Overwrites the gradient of each parameter with its mean over all processes.
  ///
  /// Call it after `backward()` and before the optimizer's step, with the same parameters in every
  /// process.
  ///
  /// - Complexity: Transfers all gradients once, in buckets of up to 25 MB.
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

  /// Returns whether `condition` holds in at least one process; the result is the same in all of
  /// them.
  package func anywhere(_ condition: Bool) throws -> Bool {
    try means([condition ? 1 : 0])[0] > 0
  }

  /// Returns whether all processes pass the same text, such as their settings; the result is the
  /// same in all of them.
  package func agree(on text: String) throws(DistributedError) -> Bool {
    try group?.agrees(on: fingerprint(of: text)) ?? true
  }

  private static func summary(of shapes: [String]) -> String {
    let some = shapes.prefix(4).joined(separator: "; ")
    return "\(shapes.count) tensors: \(some)\(shapes.count > 4 ? "; ..." : "")"
  }
}

/// The FNV-1a hash of the text, shifted right by one bit so that it is not negative.
private func fingerprint(of text: String) -> Int64 {
  Int64(fnv1a(text) >> 1)
}
