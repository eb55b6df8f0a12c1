// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDTorch

/// One of the processes that the tests of distributed training start:
/// `_DistributedWorker SCENARIO [float64|float32]`, with a launcher's variables in the environment.
///
/// Also of use by hand:
/// `torchrun --no-python --nproc-per-node 2 .build/debug/_DistributedWorker train float64`.
@main enum Worker {
  static func main() {
    let arguments = CommandLine.arguments
    do {
      let launch = try LaunchSettings()
      // One thread, as sums in another order round differently.
      TorchEngine.setThreadCount(1)
      let (joinTimeout, timeout) = (seconds("WORKER_JOIN_TIMEOUT"), seconds("WORKER_TIMEOUT"))
      let group = try launch.map {
        try ProcessGroup($0, joinTimeout: joinTimeout, timeout: timeout)
      }
      let parallel = DataParallel(group)
      let type: TorchElementType = arguments.dropFirst(2).first == "float32" ? .float32 : .float64
      switch arguments.dropFirst().first {
      case "train": try train(parallel, type: type)
      case "vanish": try train(parallel, type: type) { exit(3) }
      case "stall": try train(parallel, type: type) { sleep(UInt32(3 * timeout)) }
      case "trainer": try runTrainer(parallel)
      case "mismatch": try synchronizeDifferentNetworks(parallel)
      case "exchange": try exchange(parallel)
      default: throw Usage()
      }
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(1)
    }
  }

  struct Usage: Error {}

  static func seconds(_ variable: String) -> Double {
    Double(ProcessInfo.processInfo.environment[variable] ?? "") ?? 60
  }

  /// Prints the loss of every step and what the weights are at the end.
  ///
  /// - Parameter accident: Happens to the last process, after two steps.
  static func train(
    _ parallel: DataParallel, type: TorchElementType, accident: () -> Void = {}
  ) throws {
    // Every process starts with other weights, and takes those of the first one.
    let weights = try ParameterStore(seed: UInt64(parallel.rank), type: type)
    let network = try SmallNetwork(classCount: 3, parameters: weights.root)
    try parallel.synchronize(parameters: weights.all.map(\.tensor))
    for step in 0..<6 {
      if step == 2, parallel.size > 1, parallel.rank == parallel.size - 1 { accident() }
      let batch = ExampleBatch(step: step)
      let part = parallel.share(of: batch.labels.count)
      let loss = try network.loss(of: batch, part, type: type)
      try TorchTensor.clearGradients(of: weights.trained)
      try loss.backward()
      try parallel.averageGradients(of: weights.trained)
      try withoutGradients {
        for weight in weights.trained {
          guard let gradient = try weight.gradient() else { continue }
          try weight.assign(weight - gradient.scaled(by: 0.5))
        }
      }
      print("loss", try parallel.means([loss.item()])[0])
    }
    try printWeights(weights)
  }

  /// Prints what `Trainer` gives, on the embedded data set, turned at random.
  static func runTrainer(_ parallel: DataParallel) throws {
    let weights = try ParameterStore(seed: 0)
    let network = try SmallNetwork(classCount: 10, parameters: weights.root)
    let glyphs = try Glyphs(split: .train, count: 60)
    var trainer = Trainer(
      network, weights: weights, optimizer: try SGD(weights.all, momentum: 0.9),
      on: try TrainingBatches(of: glyphs, batchSize: 8, seed: 1, augmentation: .rotation),
      parallel: parallel)
    for _ in 0..<10 {
      let step = try trainer.advance(learningRate: 0.1)
      print("loss", step.loss)
      print("accuracy", step.accuracy ?? .nan)
    }
    try printWeights(weights)
  }

  private static func printWeights(_ weights: ParameterStore) throws {
    for entry in weights.all {
      let numbers = try entry.tensor.doubles().map { "\($0)" }
      print("weights", entry.name, numbers.joined(separator: ","))
    }
  }

  /// The second process has one more channel.
  static func synchronizeDifferentNetworks(_ parallel: DataParallel) throws {
    let weights = try TorchTensor.full(0, shape: [3 + parallel.rank])
    try parallel.synchronize(parameters: [weights])
  }

  /// What each exchange makes of numbers that tell the processes apart.
  static func exchange(_ parallel: DataParallel) throws {
    guard let group = parallel.group else { throw Usage() }
    let own = Double(group.rank + 1)
    let numbers = try TorchTensor([own, 10 * own], shape: [2])
    try group.allReduceSum([numbers])
    print("sum", try numbers.doubles())
    let integers = try TorchTensor([Int64(group.rank + 1)], shape: [1])
    try group.allReduceSum([integers])
    print("integers", try integers.integers())
    let half = try TorchTensor.full(40000, shape: [1], type: .float16)
    try group.allReduceMean([numbers, half])
    print("mean", try numbers.doubles(), try half.doubles())
    // More than one bucket, of several types and orders in memory.
    let large = try TorchTensor.full(own, shape: [2, 3, 1300, 1300]).channelsLast()
    let small = try TorchTensor.full(own, shape: [3], type: .float64)
    try group.broadcast([large, small, integers, large], from: 1)
    print("broadcast", try large.mean(axes: [0, 1, 2, 3], keepingAxes: false).item())
    print("broadcast", try small.doubles(), large.isChannelsLast)
    try exchangeGradients(group)
    print("agrees", try group.agrees(on: 7), try group.agrees(on: Int64(group.rank)))
    let parallel = DataParallel(group)
    print("agree", try parallel.agree(on: "a"), try parallel.agree(on: "\(group.rank)"))
    print("anywhere", try parallel.anywhere(false), try parallel.anywhere(group.rank == 1))
    try group.barrier()
    // A second group of the same processes, which meets at the same place.
    if let launch = try LaunchSettings() {
      let second = try ProcessGroup(launch, joinTimeout: 20, timeout: 20)
      print("second group", try second.agrees(on: 3))
    }
  }

  /// The first tensor has a gradient in all processes, the second only in the last, the third in none.
  private static func exchangeGradients(_ group: ProcessGroup) throws {
    let own = Double(group.rank + 1)
    let tensors = try (0..<3).map { _ in
      let tensor = try TorchTensor([1.0, 2.0], shape: [2])
      try tensor.setRequiresGradient()
      return tensor
    }
    var loss = try tensors[0].scaled(by: own).sum()
    if group.rank == group.size - 1 { loss = try loss + tensors[1].scaled(by: 8).sum() }
    try loss.backward()
    try group.allReduceMeanOfGradients(of: tensors)
    for tensor in tensors { print("gradient", try tensor.gradient()?.doubles() ?? []) }
  }
}
#else
/// There is nothing to be distributed without libtorch.
@main enum Worker {
  static func main() {}
}
#endif
