// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDOnnx

/// The data of a measurement, or of each input of a model with several.
struct DataSource: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: """
      The data to measure on: a .npy file [N, …]; an array of a .npz, .safetensors or .h5 file, as \
      in file.npz:/name; a folder in the layout of MNIST, EMNIST or CIFAR-10 (binary); a folder, \
      .zip or .tar file of images; .tar files of WebDataset or .parquet files of images, also as in \
      shard-{000..003}.tar; labels of scenes (.geojson of xView, .json of COCO); or 'glyphs' or \
      'glyphs-sketched', the embedded data sets. A model with several inputs has data for each, as \
      in --data image=images/ --data mask=masks/.
      """)
  var data: [String]

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      How the group acts on an input with data of its own: spatial (as on images; the default for \
      them), trivial (not at all), or another action of --equivariance, such as points=vector.
      """, valueName: "input=action"))
  var act: [ActionOption] = []

  /// The data as one text.
  var location: String { data.joined(separator: ", ") }

  /// Returns the data of each input, in the order of the model's inputs; `nil` if the data are the
  /// examples of the only one.
  ///
  /// - Parameter constants: The names of inputs with a value.
  func parts(of graph: OnnxGraph?, constants: Set<String>) throws -> [InputData]? {
    let parts = try InputData.parts(data, option: "--data", of: graph)
    if let parts {
      for option in act where !parts.contains(where: { $0.input.name == option.pattern }) {
        throw UsageError(
          "'--act \(option.pattern)=…' names no input with data of its own; these are "
            + parts.map { "'\($0.input.name)'" }.joined(separator: ", ") + ".")
      }
      let others = (graph?.inputs ?? []).filter {
        !constants.contains($0.name) && $0.name != parts.first?.input.name
      }
      return parts.count == 1 && act.isEmpty && others.isEmpty ? nil : parts
    }
    if let option = act.first {
      guard graph != nil else {
        throw UsageError(
          "'--act' is for ONNX models, whose inputs have names; --group states the action on the only "
            + "input of other models.")
      }
      throw UsageError(
        "'--act \(option.pattern)=…' is for an input with data of its own; give them as '--data "
          + "\(option.pattern)=\(data.first ?? "")'.")
    }
    return nil
  }

  /// Returns the only data, without the name of an input.
  func single(of graph: OnnxGraph?) throws -> String {
    try InputData.parts(data, option: "--data", of: graph)?.first?.location ?? data[0]
  }
}

/// The data of one input of a model.
struct InputData {
  let input: OnnxValueInfo
  let location: String

  /// Returns the data of each named input, in the order of the model's inputs; `nil` for the data of an
  /// input without a name.
  static func parts(
    _ texts: [String], option: String, of graph: OnnxGraph?
  ) throws -> [InputData]? {
    var parts: [InputData] = []
    for text in texts {
      guard let part = InputData(text, of: graph) else {
        if texts.count == 1 { return nil }
        guard let graph else {
          throw UsageError(
            "'\(option)' is given twice, but only ONNX models can have several inputs here.")
        }
        guard graph.inputs.count > 1 else {
          throw UsageError("'\(option)' is given twice, but the model has one input.")
        }
        let names = graph.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
        throw UsageError(
          "'\(option) \(text)' names no input; of several inputs each has its own data, as in "
            + "'\(option) \(graph.inputs[0].name)=path'. The inputs are \(names).")
      }
      guard !parts.contains(where: { $0.input.name == part.input.name }) else {
        throw UsageError("'\(option)' gives data of the input '\(part.input.name)' twice.")
      }
      parts.append(part)
    }
    let order = graph?.inputs.map(\.name) ?? []
    return parts.sorted {
      (order.firstIndex(of: $0.input.name) ?? 0) < (order.firstIndex(of: $1.input.name) ?? 0)
    }
  }

  /// Throws if data are named for another input than the only one that takes examples, or are several.
  static func requireOnly(
    _ input: OnnxValueInfo?, _ texts: [String], option: String, of graph: OnnxGraph?
  ) throws {
    guard texts.count <= 1 else {
      throw UsageError("'\(option)' is given twice, but only one input takes data.")
    }
    guard let input, let part = try parts(texts, option: option, of: graph)?.first,
      part.input.name != input.name
    else { return }
    throw UsageError(
      "'\(option) \(part.input.name)=…': this input has a constant ('--input'), and '\(input.name)' "
        + "takes the examples.")
  }

  /// Reads `input=location`; `nil` if the text begins with no name of an input. Names may contain `=`.
  private init?(_ text: String, of graph: OnnxGraph?) {
    let named = graph?.inputs.filter { text.hasPrefix("\($0.name)=") } ?? []
    guard let input = named.max(by: { $0.name.count < $1.name.count }) else { return nil }
    self.input = input
    location = String(text.dropFirst(input.name.count + 1))
  }
}
