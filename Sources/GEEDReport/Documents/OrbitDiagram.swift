// SPDX-License-Identifier: MIT

/// The content of the paper's Figure 1 for one image: its orbit, and the outputs of three parts of a
/// network for the images of the orbit.
package struct OrbitDiagram: Sendable, Hashable, Codable {
  /// The tag of the run in a store whose document is a diagram.
  package static let tag = "figure1"

  /// The rows of an array `[H, W]`.
  package typealias Grid = [[Float]]

  /// The name of the network.
  package var model: String
  /// The name of the data.
  package var data: String
  /// The number of the image in the data.
  package var example: Int
  package var group: String
  /// The names of the elements g.
  package var elements: [String]
  /// The grey images gx, with values from 0 to 1.
  package var inputs: [Grid]
  package var block: Block
  package var features: Vectors
  /// The outputs after the softmax.
  package var probabilities: Vectors

  /// One channel of the output of a block, and the channelwise deviation of all of them.
  package struct Block: Sendable, Hashable, Codable {
    package var tensor: String
    package var channel: Int
    /// f(gx).
    package var outputs: [Grid]
    /// g f(x).
    package var references: [Grid]
    package var deviation: Deviation

    package init(
      tensor: String, channel: Int, outputs: [Grid], references: [Grid], deviation: Deviation
    ) {
      self.tensor = tensor
      self.channel = channel
      self.outputs = outputs
      self.references = references
      self.deviation = deviation
    }
  }

  /// Vectors f(gx) with their mean over the orbit, f̂(x).
  package struct Vectors: Sendable, Hashable, Codable {
    package var tensor: String
    package var outputs: [[Float]]
    package var mean: [Float]
    package var deviation: Deviation

    /// Computes the mean of the outputs.
    package init(tensor: String, outputs: [[Float]], deviation: Deviation) {
      self.tensor = tensor
      self.outputs = outputs
      self.deviation = deviation
      mean = (outputs.first ?? []).indices.map { column in
        Float(outputs.reduce(0) { $0 + Double($1[column]) } / Double(outputs.count))
      }
    }
  }

  /// The deviation of the image under each element, and their mean.
  package struct Deviation: Sendable, Hashable, Codable {
    package var perElement: [Double]
    /// `nil` if it is not defined, as for outputs that are zero.
    package var value: Double?

    package init(perElement: [Double], value: Double?) {
      self.perElement = perElement
      self.value = value
    }
  }

  package init(
    model: String, data: String, example: Int, group: String, elements: [String],
    inputs: [Grid], block: Block, features: Vectors, probabilities: Vectors
  ) {
    self.model = model
    self.data = data
    self.example = example
    self.group = group
    self.elements = elements
    self.inputs = inputs
    self.block = block
    self.features = features
    self.probabilities = probabilities
  }

  /// The three deviations with their metrics and tensors.
  package var deviations: [(name: String, deviation: Deviation)] {
    [
      ("channelwise \(block.tensor)", block.deviation),
      ("latent \(features.tensor)", features.deviation),
      ("softmax \(probabilities.tensor)", probabilities.deviation),
    ]
  }
}
