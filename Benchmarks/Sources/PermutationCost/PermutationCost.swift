// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Reports the time of linear assignments, and of a whole search for channel permutations under C8
/// without a network: two halves of 4 outputs of random channels on a grid of 7 x 7.
///
///     swift run -c release PermutationCost 512 2048
@main
struct PermutationCost {
  static func main() throws {
    print("| channels | profits | seconds |\n|---|---|---|")
    for count in CommandLine.arguments.dropFirst().compactMap({ Int($0) }) {
      for (name, profits) in cases(count) {
        let seconds = seconds { _ = LinearAssignment(maximizing: profits, count: count) }
        print("| \(count) | \(name) | \(String(format: "%.2f", seconds)) |")
      }
      let measurement = measurement(channelCount: count)
      let seconds = try seconds {
        var search = try PermutationSearch(measurement)
        while try search.advance() {}
      }
      print("| \(count) | a whole search, 14 assignments | \(String(format: "%.1f", seconds)) |")
    }
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(body) / .seconds(1)
  }

  /// Independent profits, profits with few values, and cosines around those of a hidden permutation.
  private static func cases(_ count: Int) -> [(name: String, profits: [Float])] {
    var generator = SplitMix64(seed: 0)
    let independent = (0..<count * count).map { _ in Float(generator.nextUnit()) }
    let coarse = independent.map { ($0 * 4).rounded(.down) }
    let quality = (0..<count).map { _ in Float(generator.nextUnit()) }
    let products = independent.indices.map {
      quality[$0 / count] * quality[$0 % count] + 0.001 * independent[$0]
    }
    var hidden = independent
    for row in 0..<count { hidden[row * count + (row * 7 + 3) % count] += 0.5 }
    return [
      ("independent", independent), ("four values", coarse), ("products", products),
      ("hidden permutation", hidden),
    ]
  }

  private static func measurement(channelCount: Int) -> DeviationMeasurement {
    var generator = SplitMix64(seed: 1)
    let images = (0..<8).map { _ in
      Tensor(
        shape: [1, 7, 7], scalars: (0..<49).map { _ in Float(generator.nextGaussian()) })
    }
    let weights = (0..<channelCount * 3).map { _ in Float(generator.nextGaussian()) }
    let model = ClosureModel(output: "layer") { batch in
      Tensor(
        shape: [batch.rowCount, channelCount, 7, 7],
        scalars: (0..<batch.rowCount).flatMap { row -> [Float] in
          let x = batch.row(row).scalars
          return (0..<channelCount * 49).map { index in
            let (channel, pixel) = (index / 49, index % 49)
            let w = weights[channel * 3..<channel * 3 + 3]
            let sum = w[w.startIndex] * x[pixel] + w[w.startIndex + 1] * x[(pixel + 1) % 49]
            return max(0, sum + w[w.startIndex + 2] * x[(pixel + 7) % 49])
          }
        })
    }
    var probe = Probe.channelwise("layer")
    probe.searchesPermutations = true
    return DeviationMeasurement(
      of: model, on: ArrayDataset(images), under: ImageAction.rotations(8), probes: [probe])
  }
}
