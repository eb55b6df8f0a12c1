// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDReport
import GEEDStore

/// Returns a result whose numbers by element and by example are given.
func result(
  _ metric: Metric, _ tensor: String, perElement: [Double], perExample: [Double],
  elementNames: [String], exampleNames: [String?]? = nil
) -> ProbeResult {
  var result = ProbeResult(metric, tensor: tensor)
  let value = perExample.reduce(0, +) / Double(perExample.count)
  result.value = value
  result.confidenceInterval = value - 0.1...value + 0.1
  result.exampleCount = perExample.count
  result.range = 0...2
  result.scale = metric == .latent || metric == .latentCosine ? 0.5 : nil
  result.perElement = zip(elementNames, perElement).map { ElementDeviation(element: $0, value: $1) }
  result.perExample = perExample.enumerated().map { index, value in
    ExampleDeviation(
      index: 10 + index, name: exampleNames.map { $0[index] } ?? "image-\(index).png", value: value)
  }
  return result
}

/// A measurement under C4 with two examples, whose eight observations are known.
func smallMeasurement(
  model: String = "models/small.onnx", tensor: String = "logits",
  exampleNames: [String] = ["a.png", "b.png"]
) -> ReportedMeasurement {
  // By example: a 0, 0.2, 0.4, 0.2 (mean 0.2); b 0, 0.4, 0.8, 0.4 (mean 0.4).
  let names = FiniteGroup.cyclic(4).elementNames
  var measurement = ReportedMeasurement(
    model: model, data: "data/images", group: "C4",
    results: [
      result(
        .softmax, tensor, perElement: [0, 0.3, 0.6, 0.3], perExample: [0.2, 0.4],
        elementNames: names, exampleNames: exampleNames)
    ])
  measurement.exampleCount = 2
  measurement.observations.probes = Array(repeating: 0, count: 8)
  measurement.observations.examples = [10, 10, 10, 10, 11, 11, 11, 11]
  measurement.observations.elements = [0, 1, 2, 3, 0, 1, 2, 3]
  measurement.observations.values = [0, 0.2, 0.4, 0.2, 0, 0.4, 0.8, 0.4]
  return measurement
}

private func decoded<Value: Decodable>(_ json: JSON) throws -> Value {
  try JSONDecoder().decode(Value.self, from: Data(json.text.utf8))
}

/// A measurement under D4 with every kind of number: four metrics, three depths, a twin, noise,
/// floors, subgroups, predictions, labels and images.
func largeMeasurement(model: String = "models/large.onnx") throws -> ReportedMeasurement {
  let group = FiniteGroup.dihedral(rotationCount: 4)
  let elements = (0..<8).map { Double($0) / 10 }
  let examples = [0.1, 0.2, 0.3, 0.5]
  func sample(_ metric: Metric, _ tensor: String, _ shift: Double) -> ProbeResult {
    result(
      metric, tensor, perElement: elements.map { $0 + shift },
      perExample: examples.map { $0 + shift }, elementNames: group.elementNames)
  }
  var results = [1, 2, 3].map { block in
    var result = sample(.channelwise, "block\(block)/conv", -0.9 + Double(block) / 10)
    result.floor = -0.95
    result.noiseResponse = -0.5
    return result
  }
  results.append(sample(.latent, "features", 0))
  results.append(sample(.latentCosine, "features", -1))
  var softmax = sample(.softmax, "logits", 0)
  softmax.subgroups = try group.subgroups().filter { (2..<8).contains($0.order) }.map { subgroup in
    try decoded([
      "group": .string(subgroup.label),
      "elements": JSON(subgroup.elements.map { group.elementNames[$0] }),
      "isNormal": .bool(subgroup.isNormal), "value": .number(Double(subgroup.order) / 20),
      "unnormalized": 0,
    ])
  }
  let accuracy = zip(group.elementNames, elements).map { name, deviation in
    ["element": .string(name), "value": .number(1 - deviation)] as JSON
  }
  softmax.predictions = try decoded([
    "agreement": 1, "onePredictionShare": 1, "effectiveInvariance": 1, "relativeDeviation": 0,
    "accuracy": .array(accuracy),
  ])
  results.append(softmax)
  var measurement = ReportedMeasurement(
    model: model, data: "data/images", group: "D4", results: results)
  measurement.exampleCount = 4
  measurement.twinResults = results.map { result in
    var twin = result
    twin.value = result.value.map { $0 + 0.2 }
    return twin
  }
  measurement.labels = [10: "class 3"]
  measurement.thumbnails = [
    StoredThumbnail(
      example: 10, elements: Array(group.elementNames.indices), columns: 4,
      png: [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        + [0, 0, 0, 128, 0, 0, 0, 64])
  ]
  measurement.elementNames = group.elementNames
  measurement.predictions[results.count - 1, 10] = group.elementNames.indices.map { $0 % 3 }
  measurement.command = ["geed", "measure", "large.onnx"]
  measurement.provenance = [("seed", "0")]
  return measurement
}

func sampleTrainings() -> [ReportedTraining] {
  ["CNN", "C8-CNN"].map { name in
    let networks = (0..<2).map { network in
      [0, 100].map { iteration in
        var point = ReportedTraining.Point(
          iteration: iteration, testAccuracy: 0.5 + Double(iteration + network) / 1000)
        point.deviations = [(.channelwise, "block1", -0.5 - Double(iteration + network) / 1000)]
        return point
      }
    }
    return ReportedTraining(name: name, networks: networks)
  }
}

/// Returns a claim as it is read from a store.
func sampleClaims(
  _ statement: String = "The C8-CNN is more invariant than the CNN.", label: String = "latent"
) throws -> [Claim] {
  let claims: JSON = [
    [
      "statement": .string(statement), "verdict": "not resolved",
      "parts": [
        [
          "label": .string(label), "values": [], "mean": 0.118, "interval": [0.1, 0.136],
          "direction": "above", "bound": 0, "verdict": "holds",
        ],
        [
          "label": "softmax", "values": [], "direction": "above", "bound": 0,
          "verdict": "not resolved",
        ],
      ],
    ]
  ]
  return try JSONDecoder().decode([Claim].self, from: Data(claims.text.utf8))
}

/// Comparisons of two models on two data sets, and on one.
func sampleComparisons() -> [ReportedComparison] {
  let cells: [ReportedComparison.Cell] = [
    .init(model: "CNN", data: "mnist", value: 0.4, interval: 0.35...0.45),
    .init(model: "C8-CNN", data: "mnist", value: 0.1, interval: 0.08...0.12),
    .init(model: "CNN", data: "kmnist", value: 0.5, interval: 0.4...0.6),
    .init(model: "C8-CNN", data: "kmnist", value: nil, interval: nil),
  ]
  return [
    ReportedComparison(
      .latent, quantity: "latent deviation of features", population: .networks, perfect: 0,
      cells: cells),
    ReportedComparison(
      .softmax, quantity: "softmax deviation, nats", population: .networks, perfect: 0,
      cells: Array(cells.prefix(2))),
  ]
}
