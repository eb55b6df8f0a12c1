// SPDX-License-Identifier: MIT

import GEED

/// Training by several processes, each with the same network and its own part of every batch.
///
/// One step is that of a single process with the whole batch, if the loss is a mean over examples and
/// each part has the same number of them:
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
/// What a layer computes from a batch as a whole it computes from this process's part: the statistics
/// of batch normalization are those of the part, and its running means differ between processes. So a
/// network with batch normalization trains as with the smaller batch, while one with group
/// normalization, or with none, trains as with the whole batch. Before such a network is evaluated,
/// ``averageStatistics(_:)`` makes its running means equal.
///
/// With no group there is one process, and nothing is exchanged.
public struct DataParallel: Sendable {
  /// The processes that train together; `nil` if this is the only one.
  public let group: ProcessGroup?

  public init(_ group: ProcessGroup? = nil) {
    self.group = group
  }

  /// The number of this process, from 0.
  public var rank: Int { group?.rank ?? 0 }
  /// How many processes there are.
  public var size: Int { group?.size ?? 1 }
  /// Whether this is the process that measures, saves and reports.
  public var isFirst: Bool { rank == 0 }

  /// The examples of this process, of a batch of `count`.
  ///
  /// - Precondition: ``size`` divides `count`; the mean of the parts' means would not be the mean of
  ///   the batch otherwise.
  public func share(of count: Int) -> Range<Int> {
    precondition(
      count % size == 0,
      "Expected a batch that \(size) processes can share equally, but got \(count) examples.")
    let part = count / size
    return rank * part..<(rank + 1) * part
  }

  /// Overwrites parameters, and whatever else belongs to the weights, by those of process 0, so that
  /// all processes start equal.
  ///
  /// - Throws: ``DistributedError/differentParameters(rank:size:shapes:)``, in all processes, if their
  ///   networks have not the same shape.
  /// - Complexity: Moves all parameters once.
  public func synchronize(parameters: [TorchTensor]) throws {
    guard let group else { return }
    let shapes = try parameters.map { "\(try $0.elementType()) \($0.shape)" }
    guard try agree(on: shapes.joined(separator: "; ")) else {
      throw DistributedError.differentParameters(
        rank: group.rank, size: group.size, shapes: Self.summary(of: shapes))
    }
    try group.broadcast(parameters, from: 0)
  }

  /// Overwrites the gradient of each parameter by its mean over all processes.
  ///
  /// Call it after `backward()` and before the optimizer's step, with the same parameters in every
  /// process.
  ///
  /// - Complexity: Moves all gradients once, in rows of up to 25 MB.
  public func averageGradients(of parameters: [TorchTensor]) throws(DistributedError) {
    try group?.allReduceMeanOfGradients(of: parameters)
  }

  /// Overwrites running means and variances by their means over all processes.
  public func averageStatistics(_ buffers: [TorchTensor]) throws(DistributedError) {
    try group?.allReduceMean(buffers)
  }

  /// The means over all processes of numbers such as the loss.
  public func means(_ values: [Double]) throws -> [Double] {
    guard let group else { return values }
    let tensor = try TorchTensor(values, shape: [values.count], device: group.device)
    try group.allReduceMean([tensor])
    return try tensor.doubles()
  }

  /// Whether at least one process says so; the same answer in all of them.
  public func anywhere(_ condition: Bool) throws -> Bool {
    try means([condition ? 1 : 0])[0] > 0
  }

  /// Whether all processes bring the same text, such as their settings; the same answer in all of them.
  public func agree(on text: String) throws(DistributedError) -> Bool {
    try group?.agrees(on: fingerprint(of: text)) ?? true
  }

  private static func summary(of shapes: [String]) -> String {
    let some = shapes.prefix(4).joined(separator: "; ")
    return "\(shapes.count) tensors: \(some)\(shapes.count > 4 ? "; ..." : "")"
  }
}

/// The FNV-1a hash of the text, without its sign.
private func fingerprint(of text: String) -> Int64 {
  Int64(fnv1a(text) >> 1)
}
