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
      let network = BenchmarkNetwork(rawValue: arguments[1])
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
    var description: String { "usage: TrainingBenchmark resnet18|cnn nchw|nhwc THREADS" }
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

/// The networks to time, and their batch sizes.
enum BenchmarkNetwork: String {
  case resnet18, cnn

  var imageShape: [Int] { self == .resnet18 ? [16, 3, 64, 64] : [64, 1, 29, 29] }

  func make(_ path: ParameterPath) throws -> any FactoredClassifier {
    self == .resnet18
      ? try NetworkArchitecture.resNet18.makeNetwork(parameters: path)
      : try ConventionalCNN(parameters: path)
  }
}

/// Forward and backward passes of one network with one batch.
struct TrainingPasses {
  private let network: any FactoredClassifier
  private let parameters: [TorchTensor]
  private let images: TorchTensor
  private let labels: TorchTensor
  private let mode: ForwardMode

  init(_ benchmark: BenchmarkNetwork, isChannelsLast: Bool) throws {
    let store = try ParameterStore(seed: 0, isChannelsLast: isChannelsLast)
    network = try benchmark.make(store.root)
    parameters = store.trained
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
    return try loss.item()
  }
}
#else
/// The program without the trait `Torch`.
@main enum Unavailable {
  static func main() { print("This program needs the trait Torch.") }
}
#endif
