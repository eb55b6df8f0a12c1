// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDModels
import GEEDTorch

/// Runs training passes on request; the Swift side of `training.py`.
///
///     TrainingBenchmark NETWORK nchw|nhwc THREADS
///
/// For each line on standard input, a number of passes, it prints their elapsed time and processor
/// time in seconds, the resident memory after them in bytes, and the loss of the last one.
@main
struct TrainingBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let threads = Int(arguments[3]),
      let network = BenchmarkNetwork(arguments[1])
    else { throw Usage() }
    TorchEngine.setThreadCount(threads)
    let training = try TrainingPasses(network, isChannelsLast: arguments[2] == "nhwc")
    while let line = readLine() {
      guard let count = Int(line) else { throw Usage() }
      let start = (clock: ContinuousClock.now, processor: processorSeconds())
      var loss = 0.0
      for _ in 0..<count { loss = try training.run() }
      let clock = (ContinuousClock.now - start.clock) / .seconds(1)
      print(clock, processorSeconds() - start.processor, residentBytes(), loss)
      fflush(nil)
    }
  }

  struct Usage: Error, CustomStringConvertible {
    var description: String { "usage: TrainingBenchmark NETWORK nchw|nhwc THREADS" }
  }

  /// Returns the processor time of this process on all processors, in seconds.
  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Returns the resident memory of this process in bytes, or 0 if there is no /proc.
  private static func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ")
    guard let fields, fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

/// The networks to time, and their batches.
struct BenchmarkNetwork {
  let imageShape: [Int]
  /// Whether a step of SGD follows the backward pass.
  let takesSteps: Bool
  let make: (ParameterPath) throws -> any FactoredClassifier

  /// - Parameter name: `resnet18`, `cnn`, or a network for small devices and the size of its images:
  ///   `mobilenetv1_025-128`, `tf_efficientnet_lite0-96`, `squeezenet1_1-96`.
  init?(_ name: String) {
    let parts = name.split(separator: "-")
    switch name {
    case "resnet18":
      imageShape = [16, 3, 64, 64]
      make = { try NetworkArchitecture.resNet18.makeNetwork(parameters: $0) }
    case "cnn":
      imageShape = [64, 1, 29, 29]
      make = { try ConventionalCNN(parameters: $0) }
    default:
      guard parts.count == 2, let size = Int(parts[1]), size >= 32 else { return nil }
      let network = parts[0].split(separator: "_0")[0]
      guard let architecture = NetworkArchitecture(rawValue: String(network)) else { return nil }
      imageShape = [32, 3, size, size]
      make = {
        try architecture.makeNetwork(
          width: architecture.hasAnyWidth ? 0.25 : 1, parameters: $0)
      }
    }
    takesSteps = parts.count == 2
  }
}

/// Forward and backward passes of one network with one batch.
struct TrainingPasses {
  private let network: any FactoredClassifier
  private let parameters: [TorchTensor]
  private let optimizer: SGD?
  private let images: TorchTensor
  private let labels: TorchTensor
  private let mode: ForwardMode

  init(_ benchmark: BenchmarkNetwork, isChannelsLast: Bool) throws {
    let store = try ParameterStore(seed: 0, isChannelsLast: isChannelsLast)
    network = try benchmark.make(store.root)
    parameters = store.trained
    optimizer = benchmark.takesSteps ? try SGD(store.all, momentum: 0.9) : nil
    let generator = try TorchGenerator(seed: 1)
    let shape = benchmark.imageShape
    let images = try TorchTensor.normal(deviation: 1, shape: shape, using: generator)
    self.images = isChannelsLast ? try images.channelsLast() : images
    labels = try TorchTensor((0..<Int64(shape[0])).map { $0 % 10 }, shape: [shape[0]])
    mode = .training(generator)
  }

  /// Runs one pass and returns its loss.
  func run() throws -> Double {
    try TorchTensor.clearGradients(of: parameters)
    let loss = try network(images, mode).crossEntropy(labels)
    try loss.backward()
    try optimizer?.step(learningRate: 1e-3)
    return try loss.item()
  }
}
#else
/// The program without the trait `Torch`.
@main enum Unavailable {
  static func main() { print("This program needs the trait Torch.") }
}
#endif
