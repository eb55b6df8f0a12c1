// SPDX-License-Identifier: MIT

import GEED

extension ReportPage {
  /// The number of examples in each of the lists of the largest and the smallest deviations.
  private static let listedExamples = 6

  /// The orbits and the examples of the selected probe.
  var exampleSection: Section? {
    guard let primaryProbe else { return nil }
    let probe = rows.probes[primaryProbe]
    let ordered = Array(
      rows.exampleDeviations.filter { $0.probe == probe.number }.reversed())
    let orbit = orbitFigure(probe)
    let distribution = distributionFigure(probe, ordered)
    return Section(
      "orbits", "Orbits and examples", figures: [orbit, distribution],
      """
      \(selectionBar(ordered))
      <div class="row"><div>\(orbit.html)</div><div>\(distribution.html)\
      <figure class="strip" id="strip" hidden><div></div><figcaption></figcaption></figure></div>\
      </div>
      \(lists(ordered))
      """)
  }

  /// The menus of probes and examples.
  private func selectionBar(_ ordered: [ExampleDeviationRow]) -> HTML {
    let probes = rows.probes.map { probe in
      let name = isComparison ? "\(probe.name) · \(probe.model)" : probe.name
      return "<option value=\"\(probe.number)\">\(name)</option>" as HTML
    }
    let examples = ordered.filter(\.hasOrbit).map { row in
      let name = rows.examples[row.example].name
      return "<option value=\"\(row.example)\">\(row.value.shown)  \(name)</option>" as HTML
    }
    return """
      <div class="selection needs-script">\
      <label>Probe <select id="choose-probe">\(probes)</select></label>\
      <label>Example <select id="choose-example">\(examples)</select></label></div>
      """
  }

  private func orbitFigure(_ probe: ProbeRow) -> Figure {
    let orbit = rows.orbits.filter { $0.probe == probe.number }
    let elements = orbit.map { rows.elements[$0.element] }
    let hasAngles = !elements.isEmpty && elements.allSatisfy { $0.place != nil }
    let largest = orbit.max { $0.value < $1.value }.map { row in
      "the mean deviation is largest for \(rows.elements[row.element].name), \(row.value.shown)."
    }
    var keys = [Key.line.html(hasAngles ? "rotations" : "mean over examples")]
    if elements.contains(where: { $0.place?.kind == .reflection }) {
      keys.append(Key.dashes.html("reflections (before the rotation)"))
    }
    let hasOrbits = !rows.observations.isEmpty
    if hasOrbits { keys.append(Key.chosen.html("selected example")) }
    let bars =
      orbit.contains { $0.quartiles != nil } ? "; bars are half of the examples" : ""
    let direction = hasAngles ? ", counter-clockwise from 0°" : ""
    let beyond =
      hasAngles && rows.observations.contains { $0.value > rows.probes[$0.probe].radial.upper }
      ? " Some values of single examples are so large that they are hollow marks outside." : ""
    return Figure(
      name: "orbit",
      chart: hasAngles
        ? Chart.orbit() : Chart.elements(count: orbit.count, hasOrbits: hasOrbits),
      alternative: "\(probe.name): \(largest ?? "there are no deviations by element.")",
      caption: "\(keys)<br>Mean deviation for each element\(direction)\(bars).\(beyond)",
      values: orbitValues(probe), selects: hasOrbits ? .example : nil, hasOwnWidth: hasAngles)
  }

  /// The deviations by element of all probes of a measurement, or of one if they are many.
  private func orbitValues(_ probe: ProbeRow) -> HTML {
    let elements = rows.elements.filter { $0.run == probe.run }
    let all = rows.probes.filter { $0.run == probe.run }
    let probes = elements.count * all.count < 2000 ? all : [probe]
    let values = Dictionary(
      rows.orbits.map { ([$0.probe, $0.element], $0.value) }, uniquingKeysWith: { $1 })
    return valuesTable(
      ["element"] + probes.map(\.name),
      elements.map { element in
        [element.name] + probes.map { values[[$0.number, element.number]].shown }
      })
  }

  private func distributionFigure(_ probe: ProbeRow, _ ordered: [ExampleDeviationRow]) -> Figure {
    let isHistogram = !rows.bins.isEmpty
    let rowCount = rows.exampleDeviations.map(\.row).max() ?? 0
    let deviations = probe.result.perExample.map(\.value)
    let keys =
      (isHistogram ? [] : [Key.dot.html("one example")]) + [Key.chosen.html("selected example")]
    let bars = isHistogram ? " A bar selects one of its examples." : ""
    return Figure(
      name: "distribution",
      chart: isHistogram
        ? Chart.histogram() : Chart.distribution(rows: max(14, rowCount.rounded(.up))),
      alternative: "\(probe.name): the deviations of \(deviations.count) examples are from "
        + "\(deviations.min().shown) to \(deviations.max().shown); their mean is \(probe.text).",
      caption: """
        \(keys)<br>The line is the mean, the grey band its interval.\(bars)
        """,
      values: valuesTable(
        ["example", probe.name],
        ordered.map { [rows.examples[$0.example].name, $0.value.shown] }),
      selects: .example)
  }

  /// The examples with the largest and the smallest deviations.
  private func lists(_ ordered: [ExampleDeviationRow]) -> HTML {
    let count = min(Self.listedExamples, ordered.count / 2)
    guard count > 0 else { return "" }
    return """
      <h3>Largest deviations</h3><ol class="cards" id="worst">\
      \(ordered.prefix(count).map(card))</ol>
      <h3>Smallest deviations</h3><ol class="cards" id="best">\
      \(ordered.suffix(count).reversed().map(card))</ol>
      """
  }

  private func card(_ row: ExampleDeviationRow) -> HTML {
    let example = rows.examples[row.example]
    let thumbnail = rows.thumbnails.first { $0.example == row.example }.map { image in
      "<img src=\"\(image.address)\" alt=\"\">" as HTML
    }
    return """
      <li><button type="button" class="card" data-example="\(row.example)" aria-pressed="false">\
      \(thumbnail ?? "")<span>\(row.value.shown)<small><bdi>\(example.name)</bdi></small>\
      <small>\(example.label ?? "")</small><small>\(changes(row.example))</small></span></button></li>
      """
  }

  /// The number of predictions that differ from that for the example itself.
  private func changes(_ example: Int) -> String {
    let all = rows.predictions.filter { $0.example == example }
    let predicted = all.first { $0.probe == primaryProbe } ?? all.first
    return predicted.map { "\($0.changed) of \($0.others) predictions change" } ?? ""
  }
}
