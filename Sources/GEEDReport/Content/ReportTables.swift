// SPDX-License-Identifier: MIT

import GEED

extension MeasurementRows {
  /// The tables of the charts; those without rows are left out.
  var tables: [String: Table] {
    [
      "probes": probeTable, "elements": elementTable, "examples": exampleTable,
      "orbits": orbitTable, "perExample": exampleDeviationTable, "bins": binTable,
      "observations": observationTable, "rings": ringTable, "subgroups": subgroupTable,
      "covers": coverTable, "thumbnails": thumbnailTable,
      "predictions": predictionTable,
    ].filter { $0.value.count > 0 }
  }

  private var probeTable: Table {
    Table(
      probes,
      [
        "probe": { JSON($0.number) },
        "run": { JSON($0.run) },
        "model": { .string($0.model) },
        "metric": { .string($0.metric.rawValue) },
        "tensor": { .string($0.result.tensor) },
        "label": { .string($0.label) },
        "rank": { JSON($0.rank) },
        "depth": { JSON($0.depth) },
        "depthText": { [knowsDepths] probe in
          JSON(knowsDepths.contains(false) ? nil : "\(Int(probe.depth.rounded())) %")
        },
        "value": { JSON($0.result.value) },
        "low": { JSON($0.result.confidenceInterval?.lowerBound) },
        "high": { JSON($0.result.confidenceInterval?.upperBound) },
        "floor": { JSON($0.result.floor) },
        "twin": { JSON($0.twin?.value) },
        "noise": { JSON($0.result.noiseResponse) },
        "least": { JSON($0.values.min()) },
        "greatest": { JSON($0.values.max()) },
        "lower": { JSON($0.radial.lower) },
        "upper": { JSON($0.radial.upper) },
        "meanLower": { JSON($0.meanRadial.lower) },
        "meanUpper": { JSON($0.meanRadial.upper) },
        "last": { .bool($0.nameHeight != nil) },
        "labelAt": { JSON($0.nameHeight) },
        "text": { .string($0.text) },
        "floorText": { .string($0.result.floor.shown) },
        "twinText": { .string(($0.twin?.value).shown) },
        "noiseText": { .string($0.result.noiseResponse.shown) },
      ])
  }

  private var elementTable: Table {
    Table(
      elements,
      [
        "element": { JSON($0.number) },
        "element name": { .string($0.name) },
        "angle": { JSON($0.place?.angle) },
        "kind": { JSON($0.place?.kind.rawValue) },
      ])
  }

  private var exampleTable: Table {
    Table(
      examples,
      [
        "example": { JSON($0.number) },
        "name": { .string($0.name) },
        "label": { JSON($0.label) },
      ])
  }

  private var orbitTable: Table {
    Table(
      orbits,
      [
        "probe": { JSON($0.probe) },
        "element": { JSON($0.element) },
        "value": { JSON($0.value) },
        "low": { JSON($0.quartiles?.lowerBound) },
        "high": { JSON($0.quartiles?.upperBound) },
        "lower": { JSON(probes[$0.probe].radial.lower) },
        "upper": { JSON(probes[$0.probe].radial.upper) },
        "meanLower": { JSON(probes[$0.probe].meanRadial.lower) },
        "meanUpper": { JSON(probes[$0.probe].meanRadial.upper) },
        "text": { .string($0.value.shown) },
        "quartiles": { .string($0.quartiles.shown) },
      ])
  }

  private var exampleDeviationTable: Table {
    Table(
      exampleDeviations,
      [
        "probe": { JSON($0.probe) },
        "example": { JSON($0.example) },
        "value": { JSON($0.value) },
        "text": { .string($0.value.shown) },
        // The example if it can be selected, otherwise -1.
        "choice": { JSON($0.hasOrbit ? $0.example : -1) },
        "middle": { JSON(($0.range.lowerBound + $0.range.upperBound) / 2) },
        "row": { JSON($0.row) },
      ])
  }

  private var binTable: Table {
    Table(
      bins,
      [
        "probe": { JSON($0.probe) },
        "from": { JSON($0.range.lowerBound) },
        "to": { JSON($0.range.upperBound) },
        "count": { JSON($0.count) },
        "example": { JSON($0.example) },
      ])
  }

  private var observationTable: Table {
    Table(
      observations,
      [
        "probe": { JSON($0.probe) },
        "example": { JSON($0.example) },
        "element": { JSON($0.element) },
        "value": { JSON($0.value) },
      ])
  }

  private var ringTable: Table {
    let rings = probes.flatMap { probe in
      [(probe.meanRadial, false), (probe.radial, true)].flatMap { scale, hasExample in
        scale.ticks.map {
          (
            probe: probe.number, hasExample: hasExample, radius: scale.radius($0),
            label: $0.shown(digits: 2)
          )
        }
      }
    }
    return Table(
      rings,
      [
        "probe": { JSON($0.probe) },
        "hasExample": { .bool($0.hasExample) },
        "radius": { JSON($0.radius) },
        "label": { .string($0.label) },
      ])
  }

  private var subgroupTable: Table {
    Table(
      subgroups,
      [
        "probe": { JSON($0.probe) },
        "group": { .string($0.name) },
        "order": { JSON($0.order) },
        "value": { JSON($0.value) },
        "text": { .string($0.value.shown) },
        "label": { .string($0.label) },
        "x": { JSON($0.x) },
        "y": { JSON($0.y) },
      ])
  }

  private var coverTable: Table {
    Table(
      covers,
      [
        "probe": { JSON($0.probe) },
        "x": { JSON($0.lower.x) },
        "y": { JSON($0.lower.y) },
        "x2": { JSON($0.upper.x) },
        "y2": { JSON($0.upper.y) },
      ])
  }

  private var predictionTable: Table {
    Table(
      predictions,
      [
        "probe": { JSON($0.probe) },
        "example": { JSON($0.example) },
        "classes": { JSON($0.classes.map { $0.map(Double.init) }) },
        "changed": { JSON($0.changed) },
        "others": { JSON($0.others) },
      ])
  }

  private var thumbnailTable: Table {
    Table(
      thumbnails,
      [
        "example": { JSON($0.example) },
        "elements": { .array($0.elements.map { .string($0.shown) }) },
        "elementCount": { JSON($0.elementCount) },
        "columns": { JSON($0.columns) },
        "aspect": { JSON($0.aspect) },
        "image": { .string($0.address) },
      ])
  }
}
