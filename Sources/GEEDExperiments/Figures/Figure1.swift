// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDReport
import GEEDStore
import GEEDTorch
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, Figure 1

extension SixBlockExperiment {
  /// Only the first conventional network.
  func withOneNetwork() -> Self {
    var experiment = self
    experiment.kinds = [.conventional]
    experiment.networkCount = 1
    return experiment
  }
}

extension Figure {
  /// Figure 1 is a diagram of one example (``OrbitDiagram``), and makes no claims.
  static let figure1 = Figure(
    title: "Figure 1: one image, its orbit, and what is compared", quantities: [], layout: .diagram
  ) { _, _ in [] }
}

extension OrbitDiagram {
  /// The block of the network whose output is shown.
  private static let tensor = "block3"

  /// Computes the diagram of one example of the experiment's test data under C4, with a network of
  /// the experiment's first kind.
  ///
  /// The channel is that with the largest activations for the example. M of the latent deviation is
  /// that of the experiment's test data.
  init(
    of network: any FactoredClassifier, named model: String, on dataset: any Dataset,
    example: Int, _ settings: TrajectorySettings, device: TorchDevice
  ) throws {
    var settings = settings
    settings.group = .cyclic(4)
    settings.samples = 1
    settings.channelwise = [Self.tensor]
    (settings.latent, settings.latentCosine) = (["features"], [])
    settings.softmax = ["logits"]
    let one = ChosenExamples([example], of: dataset, named: dataset.name)
    let result = try settings.measurement(
      of: network, at: device, on: one, scaleDataset: dataset, seed: 0
    ).run()
    func deviation(_ metric: Metric) -> Deviation {
      let result = result.results.first { $0.metric == metric }
      return Deviation(
        perElement: result?.perElement.map(\.value) ?? [], value: result?.value)
    }

    let image = try dataset.example(at: example)
    let action = ImageAction.rotations(4)
    let orbit = try action.prepared(for: image.shape).orbit(of: image)
    let outputs = try MeasurableClassifier(network, on: device).outputs(for: orbit)
    guard let blocks = outputs[Self.tensor], let features = outputs["features"],
      let logits = outputs["logits"]
    else { preconditionFailure("Expected a network of six blocks, but got \(outputs.keys).") }
    let probabilities = try TorchTensor(logits, device: device).softmax(axis: 1).host()
    let count = orbit.rowCount
    let grid = blocks.rowShape
    let channel = Self.channelOfLargestValues(blocks.row(0))
    let turned = try action.prepared(for: grid).orbit(of: blocks.row(0))
    self.init(
      model: model, data: dataset.name, example: example, group: "C4",
      elements: action.group.elementNames,
      inputs: (0..<count).map { orbit.row($0).grid(ofChannel: 0) },
      block: Block(
        tensor: Self.tensor, channel: channel,
        outputs: (0..<count).map { blocks.row($0).grid(ofChannel: channel) },
        references: (0..<count).map { turned.row($0).grid(ofChannel: channel) },
        deviation: deviation(.channelwise)),
      features: Vectors(
        tensor: "features", outputs: (0..<count).map { features.row($0).scalars },
        deviation: deviation(.latent)),
      probabilities: Vectors(
        tensor: "logits", outputs: (0..<count).map { probabilities.row($0).scalars },
        deviation: deviation(.softmax)))
  }

  private static func channelOfLargestValues(_ x: Tensor) -> Int {
    let sums = (0..<x.shape[0]).map { channel in
      x.grid(ofChannel: channel).joined().reduce(0) { $0 + abs(Double($1)) }
    }
    return sums.indices.max { sums[$0] < sums[$1] } ?? 0
  }
}

extension Reproduction {
  /// The number of the image in the test data.
  private static let example = 0

  /// Returns the diagram of Figure 1, from the store if it is there; otherwise it is computed with
  /// the trained network, and saved.
  package func diagram(in store: RunStore) throws -> OrbitDiagram {
    guard let network = experiment.networks.first else {
      preconditionFailure("Expected an experiment with networks.")
    }
    let configuration = configuration(network)
    let description = try description(ofDiagramWith: configuration)
    if let run = try store.latestRun(of: .figure, like: description),
      let document = try store.document(ofRun: run.id)
    {
      return try JSONDecoder().decode(OrbitDiagram.self, from: Data(document.utf8))
    }
    let dataset = try experiment.openTestData(for: network.kind, seed: network.seed)
    let classifier = try makeNetwork(network, imageShape: dataset.exampleShape, isTrained: true)
    let settings = configuration.measure ?? TrajectorySettings(group: .cyclic(4))
    let diagram = try OrbitDiagram(
      of: classifier, named: "\(network.kind.rawValue) \(network.seed)", on: dataset,
      example: Self.example, settings, device: device)
    try store.saveFigure(description, document: diagram.canonicalJSON)
    return diagram
  }
}

extension Tensor {
  /// Returns one channel of an array `[C, H, W]`.
  fileprivate func grid(ofChannel channel: Int) -> OrbitDiagram.Grid {
    let (height, width) = (shape[1], shape[2])
    return (0..<height).map { row in
      let start = (channel * height + row) * width
      return Array(scalars[start..<start + width])
    }
  }
}
