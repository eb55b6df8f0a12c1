// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDModels
import GEEDTorch
import _SteerableTestSupport

/// Trains a six-block network on noise, one step for each line of standard input, and prints the
/// elapsed time and the processor time of each step in seconds. `training.py` runs it alternating
/// with escnn.
///
///     SteerableBenchmark NETWORK BATCH THREADS
///
/// NETWORK is a group such as `C8`, or `conventional`.
@main
struct SteerableBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let name = arguments.first ?? "C8"
    let numbers = arguments.dropFirst().compactMap(Int.init)
    guard numbers.count == 2 else {
      print("usage: SteerableBenchmark NETWORK BATCH THREADS")
      exit(64)
    }
    TorchEngine.setThreadCount(numbers[1])
    let start = Stopwatch()
    let weights = try ParameterStore(seed: 0)
    let network: any FactoredClassifier =
      if let group = PlanarGroup(name) {
        try SteerableCNN(group, parameters: weights.root)
      } else {
        try ConventionalCNN(
          plan: SixBlockPlan().matchingChannels(of: .cyclic(8)), parameters: weights.root)
      }
    say("built", start.clock, start.processor)
    let training = try Training(network, weights, batchSize: numbers[0])
    while readLine() != nil {
      let stopwatch = Stopwatch()
      let loss = try training.step()
      say("step", stopwatch.clock, stopwatch.processor, loss)
    }
  }

  /// Writes a line without buffering, because the reader waits for it.
  private static func say(_ word: String, _ numbers: Double...) {
    let line = ([word] + numbers.map { "\($0)" }).joined(separator: " ") + "\n"
    FileHandle.standardOutput.write(Data(line.utf8))
  }
}

/// Stochastic gradient descent on one batch of noise.
struct Training {
  let network: any FactoredClassifier
  let weights: ParameterStore
  let images: TorchTensor
  let labels: TorchTensor
  let generator: TorchGenerator

  init(_ network: any FactoredClassifier, _ weights: ParameterStore, batchSize: Int) throws {
    self.network = network
    self.weights = weights
    generator = try TorchGenerator(seed: 0)
    images = try .normal(deviation: 1, shape: [batchSize, 1, 29, 29], using: generator)
    labels = try TorchTensor((0..<batchSize).map { Int64($0 % 10) }, shape: [batchSize])
  }

  /// Runs a forward pass, a backward pass and a change of all parameters; returns the loss before
  /// the change.
  func step() throws -> Double {
    let parameters = weights.trained
    try TorchTensor.clearGradients(of: parameters)
    let loss = try network(images, .training(generator)).crossEntropy(labels)
    try loss.backward()
    try withoutGradients {
      for parameter in parameters {
        guard let gradient = try parameter.gradient() else { continue }
        try parameter.assign(parameter - gradient.scaled(by: 0.01))
      }
    }
    return try loss.item()
  }
}

/// The seconds since its creation.
struct Stopwatch {
  private let start = ContinuousClock.now
  private let startOfProcessor = Self.processorTime

  /// The elapsed time.
  var clock: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// The processor time of all threads of the process.
  var processor: Double { Self.processorTime - startOfProcessor }

  private static var processorTime: Double { Double(Foundation.clock()) / Double(CLOCKS_PER_SEC) }
}
#else
/// The program without the trait `Torch`.
@main enum Unavailable {
  static func main() { print("This program needs the trait Torch.") }
}
#endif
