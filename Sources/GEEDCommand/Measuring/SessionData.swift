// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// The data of a measurement: the examples of the only input, or parts of them for several inputs.
struct SessionData {
  let dataset: any Dataset
  /// The data for M, if they are others.
  let scaleDataset: (any Dataset)?
  /// The inputs that take parts of the examples; `nil` for a single input that takes all.
  let inputs: [ModelInput]?
  /// The number of axes of the only input, with that of the batch; `nil` if it is unknown, or for
  /// several inputs.
  let axisCount: Int?
  /// The interpolation between pixels; of several inputs, of those that have none of their own.
  let interpolation: Interpolation
  /// The preprocessing of images for the only input; the default for several.
  let preprocessing: Preprocessing
  /// The preprocessing of images for each of several inputs.
  private(set) var preprocessingByInput: [String: Preprocessing]?
  /// What was guessed, in sentences.
  let reasons: [String]
}

extension SessionData {
  /// Opens the data of the only input that takes examples.
  init(
    ofOnlyInputOf graph: OnnxGraph?, _ options: MeasurementOptions, drawing: DrawingOptions
  ) throws {
    var preparation = options.preparation
    let onnx = options.model.onnxOptions
    let location = try options.source.single(of: graph)
    let input = graph?.exampleInput(options: onnx)
    try InputData.requireOnly(input, options.source.data, option: "--data", of: graph)
    try InputData.requireOnly(input, drawing.scaleData, option: "--scale-data", of: graph)
    try preparation.requireInputs(
      named: input.map { [$0.name] } ?? [], interpolation: options.group.interpolation)
    interpolation =
      input.flatMap { options.group.interpolation.value(for: $0.name) }
      ?? options.group.interpolation.value ?? .bilinear
    if let input { preparation = preparation.resolved(for: input.name) }
    let axes = input?.axes(wanted: options.model.layout) ?? options.group.group.arrayAxes
    let scaling = graph.flatMap { graph in input.flatMap { graph.inputScaling(of: $0.name) } }
    let guess = graph.flatMap { graph in
      input.flatMap {
        preparation.guessPreprocessing(
          of: location, for: $0, axes: axes, scaling: scaling, in: graph)
      }
    }
    axisCount = axes?.count
    dataset = try preparation.open(location, inputAxes: axes)
    let scale = try InputData.parts(drawing.scaleData, option: "--scale-data", of: graph)
    scaleDataset = try drawing.openScaleData(
      scale?.first?.location ?? drawing.scaleData.first, preparation, besides: location, dataset,
      inputAxes: axes)
    inputs = nil
    preprocessing = preparation.preprocessing
    // A guess says itself that it takes the scaling into account.
    reasons = [guess, scaling?.note(on: dataset, statesBytes: guess == nil)].compactMap(\.self)
  }

  /// Opens the data of several inputs.
  init(
    of parts: [InputData], _ options: MeasurementOptions, drawing: DrawingOptions,
    graph: OnnxGraph
  ) throws {
    let preparation = options.preparation
    try preparation.requireInputs(
      named: parts.map(\.input.name), interpolation: options.group.interpolation)
    interpolation = options.group.interpolation.value ?? .bilinear
    try preparation.requireNoChanges(besides: parts)
    for part in parts where options.model.input.contains(where: { $0.name == part.input.name }) {
      throw UsageError(
        "'--input \(part.input.name)=…' and '--data \(part.input.name)=…' are both given; the input "
          + "has data or a constant.")
    }
    let scalings = parts.map { graph.inputScaling(of: $0.input.name) }
    let prepared = try preparation.prepared(
      for: parts, in: graph, layout: options.model.layout, scalings: scalings)
    let opened = try zip(parts, prepared).map { part, preparation in
      try preparation.open(
        part.location, inputAxes: part.input.axes(wanted: options.model.layout))
    }
    dataset = try JoinedDataset(joining: opened, of: parts)
    let inputs = try zip(parts, opened).map { part, dataset in
      try ModelInput(part.input, dataset.exampleShape, options)
    }
    let scaleParts = try InputData.parts(drawing.scaleData, option: "--scale-data", of: graph)
    guard drawing.scaleData.isEmpty || scaleParts?.map(\.input.name) == parts.map(\.input.name)
    else {
      throw UsageError("'--scale-data' must give data of the same inputs as '--data'.")
    }
    if let scaleParts, !scaleParts.isEmpty {
      let opened = try zip(scaleParts, prepared).map { part, preparation in
        try preparation.openScale(
          part.location, inputAxes: part.input.axes(wanted: options.model.layout))
      }
      for (input, dataset) in zip(inputs, opened) where dataset.exampleShape != input.shape {
        throw MeasurementError.exampleShape(
          dataset: dataset.name, example: 0, shape: dataset.exampleShape, expected: input.shape)
      }
      let scale = try JoinedDataset(joining: opened, of: scaleParts)
      scaleDataset = try drawing.otherExamples(of: scale, than: dataset) ? scale : nil
    } else {
      scaleDataset = nil
    }
    self.inputs = inputs
    axisCount = nil
    preprocessing = Preprocessing()
    preprocessingByInput = Dictionary(
      uniqueKeysWithValues: zip(parts, prepared).map { ($0.input.name, $1.preprocessing) })
    reasons =
      zip(parts, zip(inputs, prepared)).map { part, rest in
        rest.0.sentence(on: part, rest.1)
      }
      + zip(scalings, opened).compactMap { $0?.note(on: $1, statesBytes: true) }
  }
}

extension JoinedDataset {
  /// Joins the data of several inputs, or throws if they have not equally many examples.
  fileprivate init(joining datasets: [any Dataset], of parts: [InputData]) throws {
    for (part, dataset) in zip(parts, datasets) where dataset.count != datasets[0].count {
      throw UsageError(
        "The data of '\(parts[0].input.name)' and '\(part.input.name)' do not belong together: "
          + "\(datasets[0].name) has \(datasets[0].count) examples, and \(dataset.name) \(dataset.count)."
      )
    }
    self.init(zip(parts, datasets).map { ($0.input.name, $1) })
    if let input = inputsWithOtherNames.first {
      throw UsageError(
        "Some, but not all, names of the data of '\(input)' are those of '\(parts[0].input.name)', so it is "
          + "not clear which examples belong together; give both the same names.")
    }
  }
}

extension OnnxValueInfo {
  /// The axes as far as they decide how an array is read; `nil` if not even their number is declared.
  func axes(wanted: OnnxLayout) -> InputAxes? {
    shape.map {
      InputAxes(lengths: $0.map(\.length), hasChannelsLast: hasChannelsLast(wanted: wanted))
    }
  }

  /// Whether the values are whole numbers other than bytes, such as classes of pixels.
  var takesWholeNumbers: Bool {
    !takesBytes && elementType?.isWholeNumber ?? false
  }
}

extension ModelInput {
  /// Reads the action on an input from the options, or takes that of images.
  fileprivate init(
    _ info: OnnxValueInfo, _ shape: [Int], _ options: MeasurementOptions
  ) throws {
    let group = options.group.group
    let isImage = group.isForImages && shape.count == 3 && info.shape?.count ?? 4 == 4
    let action: OutputActionName
    if let option = options.source.act.last(where: { $0.pattern == info.name }) {
      action = try option.readAction(of: "--act")
    } else if isImage, !(info.takesWholeNumbers && group.isFamily) {
      action = .spatial
    } else {
      throw UsageError(
        "How \(group) acts on the input '\(info.name)' with examples of \(shape.shapeText) is not known; "
          + "give '--act \(info.name)=trivial' if it stays as it is, '\(info.name)=spatial' if its axes move "
          + "like those of other inputs, or another action such as vector.")
    }
    // Whole numbers, such as classes of pixels, must not be blended.
    let isMovedLabels = info.takesWholeNumbers && action == .spatial && group.isForImages
    self.init(
      name: info.name, shape: shape, action: action,
      interpolation: options.group.interpolation.names.contains(info.name)
        ? options.group.interpolation.value(for: info.name) : isMovedLabels ? .nearest : nil)
  }

  /// A sentence on the data, the preprocessing and the action of the input.
  fileprivate func sentence(on part: InputData, _ preparation: DataOptions) -> String {
    let images = preparation.imageText(of: part.location).map { " (\($0))" } ?? ""
    let pixels = interpolation.map { ", \($0.rawValue) between pixels" } ?? ""
    var text =
      "Input '\(name)': \(part.location), \(shape.shapeText)\(images), moved by '\(action)'\(pixels)."
    if part.input.takesWholeNumbers, !images.isEmpty {
      text +=
        " Its whole numbers are the grey values of the images; a palette gives those of its colors."
    }
    if part.input.takesBytes, shape.first == 1, action == .spatial, interpolation == nil {
      text +=
        " Its bytes are taken as brightness, and blended; if they are labels, give '--interpolation "
        + "\(name)=nearest'."
    }
    return text
  }
}
