// SPDX-License-Identifier: MIT

#if Torch
import ArgumentParser
import Foundation
import GEED
import GEEDExperiments
import GEEDModels
import GEEDStore
import GEEDTorch

/// `geed train`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network, and measure its deviations along the way.",
    discussion: """
      Everything that decides how the network comes out stands in one YAML file, of which 'network', \
      'data' and 'iterations' must be there:

        network: {name: steerable-cnn, group: C8, width: 0.25, classes: 10}
        data: {source: glyphs, rotated: true, resize: 29, count: 5000}
        iterations: 300
        batch: 64
        optimizer: {kind: adamw, rate: 0.003, decay: cosine, warm-up: 20}
        augmentation: rotation
        seed: 0
        evaluation: {every: 100, count: 1000}
        measure:
          every: 100
          group: C8
          channelwise: ['block*']
          latent: [features]
          softmax: [logits]

      Pictures that do not come in parts need 'split: 0.2' under 'data', which holds back a fifth of \
      every class to try the network on, or 'test: pictures/', other ones.

      Networks are conventional-cnn and steerable-cnn for any square pictures, and those that \
      torchvision and timm have weights for: resnet18, resnet50 and so on.

      The folder of '--output' gets trajectory.jsonl, a line of JSON for each iteration; \
      checkpoint.safetensors, from which '--resume' goes on with the numbers of a run that was never \
      interrupted; best.safetensors, the weights that did best on test data; and at the end \
      model.safetensors, model.onnx and best.onnx, which 'geed measure' takes. Ctrl-C saves a \
      checkpoint and stops with code 0, SIGTERM and SIGHUP do so with 143 and 129. Standard output \
      that cannot be written stops no training, but its code is 74 then.

      Several processes that torchrun or Slurm starts share every batch: 'torchrun --no-python \
      --nproc-per-node 2 geed train run.yaml'. The first one measures and writes.
      """)

  @Argument(help: "A YAML file.") var configuration: String

  @Option(
    name: .shortAndLong,
    help: "The folder for the results; by default the file's name without its ending.")
  var output: String?

  @Option(help: "A file for steps, results and every observation, such as geed.sqlite.")
  var store: String?

  @Option(
    help: "Where to compute: cpu, cuda, cuda:1 or mps.", transform: TorchDevice.init(parsing:))
  var device: TorchDevice = .cpu

  @Option(parsing: .unconditional, help: "How many threads one operation may use.")
  var threads: Int?

  @Flag(
    help: """
      Go on from the checkpoint in the folder, if there is one; with 'decay: constant' also to more \
      iterations.
      """)
  var resume = false

  @Flag(help: "Begin anew in a folder that holds a training, and remove what it holds.")
  var overwrite = false

  func validate() throws {
    try requireRange("--threads", threads, 1...greatestThreadCount)
    guard !resume || !overwrite else {
      throw ValidationError("'--resume' goes on, '--overwrite' begins anew; leave one of them out.")
    }
  }

  /// The time in seconds that other processes wait while the first one measures.
  private static let timeout = 6.0 * 3600

  private var folder: String {
    output
      ?? URL(fileURLWithPath: configuration).deletingPathExtension().path(percentEncoded: false)
  }

  func run() throws {
    if let threads { TorchEngine.setThreadCount(threads) }
    let settings = try TrainingConfiguration.read(configuration)
    guard resume || overwrite || !TrainingRun.isHeld(in: folder) else {
      throw UsageError(
        "'\(folder)' holds a training; '--resume' goes on with it, '--overwrite' begins anew.")
    }
    let launch = try LaunchSettings()
    let device = launch?.device(device) ?? device
    let parallel = DataParallel(
      try launch.map { try ProcessGroup($0, device: device, timeout: Self.timeout) })
    let run = try TrainingRun(
      settings.value, run: settings.text, folder: folder, device: device, resumes: resume,
      extends: true, parallel: parallel)
    var training = try StoredTraining(
      run, in: parallel.isFirst ? store.map { try RunStore(creating: $0) } : nil,
      description(settings.value, device),
      extending: run.earlierConfiguration.map { try description($0, device) })
    Interruption.watch()
    var report = TrainingReport(
      total: settings.value.iterations, start: training.run.iteration, isSilent: !parallel.isFirst)
    report.say(
      "\(settings.value.network.name), \(training.run.parameterCount) parameters, into \(folder)"
        + (training.run.iteration > 0 ? ", from iteration \(training.run.iteration)" : "") + "\n")
    if let entry = try training.start() { report.show(entry) }
    // All processes stop after the same iteration, whichever of them received the request.
    while try !training.run.isFinished && !parallel.anywhere(Interruption.wasRequested) {
      report.show(try training.advance())
    }
    guard training.run.isFinished else {
      try training.save()
      report.say("Stopped after \(training.run.iteration) iterations; '--resume' goes on.")
      return try Interruption.end()
    }
    try training.finish()
    report.say(
      "\n\(folder)/model.onnx and model.safetensors hold the network; best.* is what did best.")
  }

  private struct Identity: Encodable {
    let configuration: TrainingConfiguration
    let device: String
  }

  /// Returns the description of the run for a store.
  private func description(
    _ settings: TrainingConfiguration, _ device: TorchDevice
  ) throws -> RunDescription {
    try RunDescription(
      settings: Identity(configuration: settings, device: "\(device)"),
      model: settings.network.name,
      data: settings.data.source, group: settings.measure?.group ?? "", seed: settings.seed,
      versions: ["geed": GEEDVersion.current, "libtorch": TorchEngine.version])
  }
}

extension LaunchSettings {
  /// Returns the device for an option that all processes receive: of several GPUs, the process's
  /// own.
  fileprivate func device(_ option: TorchDevice) -> TorchDevice {
    option == .cuda(0) ? cudaDevice : option
  }
}

extension TorchDevice {
  /// Parses a name, or throws an error that lists the valid names.
  init(parsing argument: String) throws {
    guard let device = TorchDevice(argument) else {
      throw ValidationError("expected cpu, cuda, cuda:1 or mps")
    }
    guard device.isAvailable else {
      throw ValidationError("this libtorch cannot use \(device) here")
    }
    self = device
  }
}
#endif
