// SPDX-License-Identifier: MIT

#if Torch
import ArgumentParser
import Foundation
import GEED
import GEEDCommand
import GEEDExperiments
import GEEDModels
import GEEDStore
import GEEDTorch

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: TorchPart.trainName,
    abstract: TorchPart.trainAbstract,
    discussion: """
      One YAML file contains all settings of a training; 'network', 'data' and 'iterations' are \
      required:

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

      Images that do not come in parts need 'split: 0.2' under 'data', which holds out a fifth \
      of every class as test data, or 'test: images/', separate test data.

      Images change at random by 'augmentation: rotation', or before the normalization by

        augmentation:
          crop: {scale: [0.2, 1]}
          flip: 0.5
          jitter: {brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8}
          grey: 0.2
          blur: {size: 3, sigma: [0.1, 2]}

      'objective: simclr', byol or rotations trains the features without labels; \
      'objective: {kind: simclr, temperature: 0.5}' sets what the objective has. The accuracy is then \
      that of a linear probe: a linear classifier of the features, fitted to the labels of 2,000 \
      training images. 'probe-count: 2000' under 'evaluation' does the same in trainings on labels.

      Networks are conventional-cnn and steerable-cnn, for square images of any size, \
      mobilenetv1, of any width, and those for which torchvision and timm have weights: resnet18, \
      resnet50 and so on. A training may begin with such weights:

        network: {name: mobilenetv1, width: 0.25, classes: 7, weights: m.safetensors, head: new}
        optimizer: {rate: 0.0003, head-rate: 0.003}

      'head: new' is for other classes than those of the file, 'freeze: features' trains the head \
      alone. The images need the mean and the std that the weights are for.

      The folder of '--output' receives trajectory.jsonl, a line of JSON for each iteration; \
      checkpoint.safetensors, from which '--resume' continues with the same numbers as an \
      uninterrupted run; best.safetensors, the weights with the best result on test data; and at \
      the end model.safetensors, and model.onnx and best.onnx for 'geed measure'. Ctrl-C saves a \
      checkpoint and stops with code 0; SIGTERM and SIGHUP do the same with 143 and 129. If \
      standard output cannot be written, the training continues, and the exit code is 74.

      Several processes started by torchrun or Slurm share every batch: 'torchrun --no-python \
      --nproc-per-node 2 geed train run.yaml'. The first one measures and writes.
      """)

  @Argument(help: "A YAML file with the settings.") var configuration: String

  @Option(
    name: .shortAndLong,
    help: "The folder for the results; by default the file's name without its extension.")
  var output: String?

  @Option(help: "A SQLite file for steps, results and every observation, such as geed.sqlite.")
  var store: String?

  @Option(
    help: "The device: cpu, cuda, cuda:1 or mps.", transform: TorchDevice.init(parsing:))
  var device: TorchDevice = .cpu

  @Option(parsing: .unconditional, help: "The number of threads for one operation.")
  var threads: Int?

  @Flag(
    help: """
      Continue from the checkpoint in the folder, if there is one; with 'decay: constant' also to \
      more iterations.
      """)
  var resume = false

  @Flag(help: "Start again in a folder that contains a training, and remove its results.")
  var overwrite = false

  func validate() throws {
    try requireRange("--threads", threads, 1...greatestThreadCount)
    guard !resume || !overwrite else {
      throw ValidationError(
        "'--resume' continues, '--overwrite' starts again; leave one of them out.")
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
        "'\(folder)' holds a training; '--resume' continues it, '--overwrite' starts again.")
    }
    let launch = try LaunchSettings()
    // All processes receive the same option; of several GPUs, each uses its own.
    let device = device == .cuda(0) ? launch?.cudaDevice ?? device : device
    let parallel = DataParallel(
      try launch.map { try ProcessGroup($0, device: device, timeout: Self.timeout) })
    let run = try TrainingRun(
      settings.value, run: settings.text, folder: folder, device: device, resumes: resume,
      extends: true, parallel: parallel)
    var training = try StoredTraining(
      run, in: parallel.isFirst ? store.map { try RunStore(creating: $0) } : nil,
      description(run.configuration, device),
      extending: run.earlierConfiguration.map { try description($0, device) })
    Interruption.watch()
    var report = TrainingReport(
      total: settings.value.iterations, start: training.run.iteration, isSilent: !parallel.isFirst)
    report.say(
      "\(settings.value.network.name), \(training.run.parameterCount) parameters, into \(folder)"
        + (training.run.iteration > 0 ? ", from iteration \(training.run.iteration)" : "") + "\n")
    if settings.value.network.pretrained != nil && settings.value.data.mean.isEmpty {
      report.say(
        "Note: the images are not normalized; weights of others need their 'mean' and 'std' under "
          + "'data'.\n")
    }
    if let entry = try training.start() { report.show(entry) }
    // All processes stop after the same iteration, whichever of them received the request.
    while try !training.run.isFinished && !parallel.anywhere(Interruption.wasRequested) {
      report.show(try training.advance())
    }
    guard training.run.isFinished else {
      try training.save()
      report.say("Stopped after \(training.run.iteration) iterations; '--resume' continues.")
      return try Interruption.end()
    }
    try training.finish()
    report.say(
      "\n\(folder)/model.onnx and model.safetensors hold the network; best.* the best one on test data."
    )
  }

  private struct Identity: Encodable {
    let configuration: TrainingConfiguration
    let device: String
  }

  private func description(
    _ settings: TrainingConfiguration, _ device: TorchDevice
  ) throws -> RunDescription {
    try RunDescription(
      settings: Identity(configuration: settings, device: "\(device)"),
      model: settings.network.name,
      data: settings.data.source, group: settings.measure?.group.text ?? "", seed: settings.seed,
      versions: ["geed": GEEDVersion.current, "libtorch": TorchEngine.version])
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
