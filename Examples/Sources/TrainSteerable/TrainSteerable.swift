// SPDX-License-Identifier: MIT

import GEED
import GEEDModels

/// Trains a small network that is C8-equivariant by construction on rotated glyphs, and prints the
/// deviations of all its blocks before and after.
@main
struct TrainSteerable {
  static func main() throws {
    var data = TrainingDataSettings(source: "glyphs")
    data.adaptation.isRotated = true
    data.resize = 29
    data.count = 500
    let network = NetworkSettings(name: "steerable-cnn", group: .cyclic(8), width: 0.25)
    var configuration = TrainingConfiguration(network: network, data: data, iterations: 20)
    var measure = TrajectorySettings(group: .cyclic(8))
    measure.every = 20
    measure.samples = 20
    measure.channelwise = ["block*"]
    configuration.measure = measure
    var run = try TrainingRun(
      configuration, folder: CommandLine.arguments.dropFirst().first ?? "steerable-glyphs")
    try run.start()
    show(run)
    while !run.isFinished { try run.advance() }
    show(run)
    try run.export()
  }

  private static func show(_ run: TrainingRun) {
    print("after \(run.iteration) iterations")
    for result in run.lastMeasurement?.result.results ?? [] {
      print(" ", result.tensor, result.value ?? .nan, "floor", result.floor ?? .nan)
    }
  }
}
