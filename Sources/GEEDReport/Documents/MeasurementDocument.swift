// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// The JSON document of `geed measure --json`; documents of older versions lack some of the fields.
package struct MeasurementDocument: Codable {
  package struct Model: Codable {
    package let path: String
    package var sha256: String?
    /// The hashes of files that hold weights; omitted if the ONNX file holds them all.
    package var weights: [String: String]?
    package var layout: String?
    package var provider: String?
    /// The numbers with which the provider computes; omitted if they are not known.
    package var arithmetic: String?
    package var producer: String?
    /// The places of the probed tensors by name: the largest number of operators on a path from the
    /// input, as a share of that of the deepest operator.
    package var depths: [String: Double]?
    /// Notes on the model; omitted if there are none.
    package var notes: [String]?

    package init(
      path: String, sha256: String? = nil, weights: [String: String]? = nil,
      layout: String? = nil, provider: String? = nil, producer: String? = nil
    ) {
      self.path = path
      self.sha256 = sha256
      self.weights = weights
      self.layout = layout
      self.provider = provider
      self.producer = producer
    }
  }

  package struct Data: Codable {
    package let path: String
    package let exampleCount: Int
    package let shape: [Int]
    package var preprocessing: Preprocessing?
    /// For a model with several inputs, by their names; omitted for others.
    package var preprocessingByInput: [String: Preprocessing]?
    /// Omitted if nothing was changed.
    package var adaptation: Adaptation?
    /// Notes on what was left out or chosen; omitted if there are none.
    package var notes: [String]?

    package init(path: String, exampleCount: Int, shape: [Int]) {
      self.path = path
      self.exampleCount = exampleCount
      self.shape = shape
    }
  }

  /// The noise of the results' `noiseResponse`.
  package struct Noise: Codable {
    package let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }
  }

  /// A twin of the model, measured in the same way.
  package struct Control: Codable {
    package let kind: ControlKind
    package let seed: UInt64
    package let results: [ProbeResult]

    package init(kind: ControlKind, seed: UInt64, results: [ProbeResult]) {
      self.kind = kind
      self.seed = seed
      self.results = results
    }
  }

  package static let schema = "geed.measurement/1"

  package let schema: String
  package var model: Model
  package let data: Data
  package let group: String
  package var interpolation: Interpolation?
  package var transformations: String?
  package var quantity: MeasuredQuantity?
  package let seed: UInt64
  package let confidenceLevel: Double
  package var plan: MeasurementPlan?
  package var versions: [String: String]?
  /// The command line without the options that determine where the run is stored.
  package var commandLine: [String]?
  package var mask: String?
  package var action: ActionDefects?
  package var noise: Noise?
  /// Which probes were chosen for the model, and why; omitted if all were named.
  package var choice: [String]?
  /// Tensors that patterns match but that cannot be measured; omitted if there are none.
  package var leftOut: [TensorsLeftOut]?
  /// Omitted if the model was computed in float32 on the CPU.
  package var arithmetic: ArithmeticComparison?
  package var timing: Timing?
  /// Whether a signal or an error ended the measurement before all examples were measured; omitted if
  /// not.
  package var endedEarly: Bool?
  /// The part of a measurement that is divided among several processes, such as `1/2`; omitted if it
  /// is whole.
  package var shard: String?
  package var examples: MeasuredExamples?
  package var results: [ProbeResult]
  package var control: Control?

  package init(
    model: Model, data: Data, group: String, seed: UInt64, confidenceLevel: Double,
    results: [ProbeResult]
  ) {
    schema = Self.schema
    self.model = model
    self.data = data
    self.group = group
    self.seed = seed
    self.confidenceLevel = confidenceLevel
    self.results = results
  }

  /// Returns the document of the whole measurement of which this is one of several shards.
  package func merged(_ result: MeasurementResult) -> MeasurementDocument {
    var document = self
    document.timing = nil
    document.shard = nil
    document.control = nil
    document.examples = result.examples
    document.results = result.results
    return document
  }
}

/// The time of measuring, and the time of the bare forward passes over the same batches.
package struct Timing: Codable {
  package let measureSeconds: Double
  package let forwardSeconds: Double

  package init(measureSeconds: Double, forwardSeconds: Double) {
    self.measureSeconds = measureSeconds
    self.forwardSeconds = forwardSeconds
  }

  package var ratio: Double { measureSeconds / forwardSeconds }
}

/// Tensors that a pattern matches but that cannot be measured, for one common reason.
package struct TensorsLeftOut: Codable, Hashable {
  /// The option whose pattern matches them.
  package let option: String
  /// The reason that they cannot be measured, as a predicate: "is …", "does …" or "has …".
  package let reason: String
  package let tensors: [String]

  /// Groups tensors by reason, the most frequent first.
  package static func grouped(
    _ tensors: [(name: String, reason: String)], option: String
  ) -> [TensorsLeftOut] {
    let groups = Dictionary(grouping: tensors, by: \.reason)
    return groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
      TensorsLeftOut(option: option, reason: $0.key, tensors: $0.value.map(\.name))
    }
  }

  /// One clause: their number, the reason, and the first names.
  package var text: String {
    let first = tensors.prefix(2).joined(separator: ", ")
    let subject = tensors.count == 1 ? "one, which" : "\(tensors.count), each of which"
    return "\(subject) \(reason) (\(first)\(tensors.count > 2 ? ", …" : ""))"
  }

  /// One sentence for each option.
  package static func lines(_ groups: [TensorsLeftOut]) -> [String] {
    var options: [String] = []
    for group in groups where !options.contains(group.option) { options.append(group.option) }
    return options.map { option in
      let own = groups.filter { $0.option == option }
      let count = own.reduce(0) { $0 + $1.tensors.count }
      return "\(option) leaves \(count) \(count == 1 ? "tensor" : "tensors") out: "
        + own.map(\.text).joined(separator: "; ") + "."
    }
  }
}
