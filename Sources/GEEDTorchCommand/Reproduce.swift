// SPDX-License-Identifier: MIT

#if Torch
import ArgumentParser
import Foundation
import GEEDCommand
import GEEDData
import GEEDExperiments
import GEEDStore
import GEEDTorch

struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: TorchPart.reproduceName,
    abstract: TorchPart.reproduceAbstract,
    usage: "geed reproduce <figure> --data <data> [<options>]",
    discussion: """
      figure1: one image, its orbit, and the outputs that are compared. figure2: deviations of \
      conventional and C8-steerable networks during training on rotated MNIST. figure3: the same \
      networks, and untrained ones, on other data. figure4: latent C8-deviations of networks with \
      random and with pretrained weights, trained on overhead images. figure5: networks trained with \
      and without labels, under reflection. figure7, figure8: figure2 and figure3 with the other \
      versions of the latent deviation. figure10, figure16: figure4 under D8, and with the softmax \
      deviation. figure14: latent deviations of changed features, with M and without. figureA4: \
      channel permutations that are found in the networks of figure2.

      The scale 'paper' has the numbers of the paper and is for a GPU; 'small' has smaller networks \
      or images and fewer networks, and takes half an hour to an hour on two CPU cores; 'wide' has \
      greater widths or images than 'small'; 'demo' takes a few minutes, demonstrates the tool, and \
      shows nothing about the paper; 'tiny' is for tests.

      The data are a folder that contains 'mnist', for figure3 and figure8 'kmnist', 'notmnist' and \
      'cifar10-test', and for figure4, figure10 and figure16 'rsscn7' and the weights in 'models', \
      for figure5 'cifar10-train.zip'; \
      for the figures on digits alone also a folder in the layout of MNIST, or the word 'glyphs'.

      Every step, result and observation is saved in the store, and networks in the folder of \
      '--output'. Finished parts are not computed again: a finished figure is drawn and tested \
      from the store alone. Ctrl-C keeps the results so far, and '--resume' continues with the \
      same numbers as an uninterrupted run.
      """)

  @Argument(help: "The figure.") var figure: PaperFigure
  @Option(help: "The size of the experiment.") var scale: ExperimentScale = .small
  @Option(help: "The data: a folder, or 'glyphs'.") var data: String
  @Option(help: "The SQLite file for runs and observations.") var store = "geed.sqlite"
  @Option(name: .shortAndLong, help: "The folder for the networks.") var output = "geed-networks"
  @Option(
    help: "The device: cpu, cuda, cuda:1 or mps.", transform: TorchDevice.init(parsing:))
  var device: TorchDevice = .cpu
  @Option(
    help: """
      The number of networks that are trained at the same time, each on one thread; by default one \
      for each core, or one on a GPU.
      """)
  var jobs: Int?
  @Flag(help: "Continue with networks that were not finished.") var resume = false

  func validate() throws {
    try requireRange("--jobs", jobs, 1...greatestThreadCount)
  }

  func run() throws {
    let missing = figure.experiment(scale, at: data).missing
    guard missing.isEmpty else {
      throw UsageError("'--data': '\(data)' has no \(missing.sorted().joined(separator: ", ")).")
    }
    let reproduction = try Reproduction(
      figure, scale: scale, data: data, folder: output, device: device)
    let runs = try RunStore(creating: store)
    printAtOnce(figure.figure.title)
    if try !reproduction.isComplete(in: runs) {
      guard try make(reproduction, in: runs) else { return try Interruption.end() }
    }
    guard figure != .figure1 else {
      for line in OrbitDiagramText.lines(try reproduction.diagram(in: runs)) { printAtOnce(line) }
      return printAtOnce("\n\(store) holds the diagram; 'geed report --store \(store)' draws it.")
    }
    let record = try reproduction.record(in: runs)
    let claims = try reproduction.conclude(from: record, in: runs)
    let text = FigureText(
      figure: figure.figure, record: record, experiment: reproduction.experiment)
    for line in text.lines + [""] + ClaimText.lines(claims) { printAtOnce(line) }
    printAtOnce("\n\(store) holds every observation, \(reproduction.folder) the networks.")
  }

  /// Trains and measures what is missing; returns whether everything was completed.
  private func make(_ reproduction: Reproduction, in runs: RunStore) throws -> Bool {
    let workerCount = jobs ?? (device == .cpu ? ProcessInfo.processInfo.activeProcessorCount : 1)
    let estimate = try ReproductionEstimate(of: reproduction, in: runs, workerCount: workerCount)
    if reproduction.experiment.trainsNetworks {
      printAtOnce(estimate.text(workerCount: workerCount))
    }
    Interruption.watch()
    let start = ContinuousClock.now
    let run = try ReproductionRun(
      reproduction, in: runs, workerCount: workerCount, resumes: resume, estimate)
    let progress = ProgressLine()
    run.start()
    while !run.waitForEnd(0.2) {
      run.drainLog().forEach {
        progress.clear()
        printAtOnce("  \($0)")
      }
      progress.show(figure.rawValue, share: run.progress)
      if Interruption.wasRequested { run.stop() }
    }
    progress.clear()
    run.drainLog().forEach { printAtOnce("  \($0)") }
    try run.requireSuccess()
    guard run.isComplete else {
      printAtOnce("Stopped at \(Int(100 * run.progress)) %; '--resume' continues.")
      return false
    }
    let seconds = Int((ContinuousClock.now - start) / .seconds(1))
    printAtOnce("Done in \(seconds / 60) min \(seconds % 60) s.\n")
    return true
  }
}

extension PaperFigure: ExpressibleByArgument {}
extension ExperimentScale: ExpressibleByArgument {}

extension ReproductionEstimate {
  fileprivate func text(workerCount: Int) -> String {
    let steps = secondsPerIteration.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.key.rawValue) \(String(format: "%.3f", $0.value)) s" }
    let time =
      seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded())) min"
    return "Estimate: \(time) with \(workerCount) networks at a time"
      + (steps.isEmpty ? "" : " (an iteration: \(steps.joined(separator: ", ")))")
  }
}
#endif
