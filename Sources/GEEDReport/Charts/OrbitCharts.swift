// SPDX-License-Identifier: MIT

extension Chart {
  /// Deviations by rotation and reflection: the mean over examples, its quartiles, and one example.
  ///
  /// The angle is that of the rotation: 0° at the top, counter-clockwise as images are turned. The
  /// radius is the deviation, between the limits `lower` and `upper` of its probe, or `meanLower` and
  /// `meanUpper` if no example is selected. Values of an example beyond them are hollow marks outside.
  package static func orbit() -> JSON {
    let size: JSON = 340
    return [
      "params": [probeParameter, exampleParameter], "width": size, "height": size,
      "layer": .array([ringLayer] + spokeLayers + meanLayers + exampleLayers + [tickLayer]),
    ]
  }

  /// Deviations by element, a row for each, for groups without angles. The rows of more than 100
  /// elements are narrower, and not all of them have a name.
  ///
  /// - Parameter hasOrbits: Whether there are deviations of single examples.
  package static func elements(count: Int, hasOrbits: Bool) -> JSON {
    func x(_ name: String) -> JSON {
      field(name, .quantitative, ["title": "deviation", "scale": ["zero": false]])
    }
    let name = lookup("element", in: "elements", ["element name"])
    let names = field("element name", .nominal, ["sort": nil, "axis": nameAxis])
    let tooltip = tooltip(["element name": "element", "text": "mean deviation"])
    let chosen = layer(
      mark("point", "chosen"), ["x": x("value")], data: "observations",
      transform: [isSelectedExample, name])
    return chart(
      height: Double(min(18 * count, 1800)), parameters: [probeParameter, exampleParameter],
      encoding: ["y": names],
      layers: [
        layer(
          mark("rule", "quartiles"), ["x": x("from"), "x2": end("to")], data: "orbits",
          transform: [isSelectedProbe, name] + intervalEnds()),
        layer(
          mark("point", "value"), ["x": x("value"), "tooltip": tooltip], data: "orbits",
          transform: [isSelectedProbe, name]),
      ] + (hasOrbits ? [chosen] : []))
  }
}

// MARK: Layers of the polar chart

extension Chart {
  /// The radius of the chart in units of the largest deviation; names of angles are outside of it.
  private static let reach = 1.27

  private static let position: JSON = ["x": coordinate("x"), "y": coordinate("y")]

  private static func coordinate(_ name: String) -> JSON {
    let scale: JSON = ["domain": [.number(-reach), .number(reach)], "nice": false]
    return field(name, .quantitative, ["scale": scale, "axis": nil])
  }

  /// The transforms that give a deviation its place.
  private static func polar(_ deviation: String, x: String = "x", y: String = "y") -> [JSON] {
    let share = "clamp((\(deviation) - datum.from) / (datum.to - datum.from), 0, 1.05)"
    return [
      calculate("from", "example < 0 ? datum.meanLower : datum.lower"),
      calculate("to", "example < 0 ? datum.meanUpper : datum.upper"),
      calculate(x, "-\(share) * sin(datum.angle * PI / 180)"),
      calculate(y, "\(share) * cos(datum.angle * PI / 180)"),
    ]
  }

  private static let nameAndAngle = lookup(
    "element", in: "elements", ["element name", "angle", "kind"])
  private static let ofSelectedProbe = [isSelectedProbe, nameAndAngle]
  private static let byKind = series("kind", ["rotation", "reflection"])
  private static let closedLine: JSON = ["interpolate": "linear-closed"]
  private static let line = position.with(["order": field("angle"), "strokeDash": byKind])

  /// The rings for means alone, or for means and an example.
  private static let rings = [isSelectedProbe, filter("datum.hasExample === (example >= 0)")]

  private static var ringLayer: JSON {
    let size: JSON = ["expr": "PI * pow(datum.radius * width / \(2 * reach), 2)"]
    return layer(
      mark("point", "ring", ["size": size]), position, data: "rings",
      transform: rings + [calculate("x", "0"), calculate("y", "0")])
  }

  private static var tickLayer: JSON {
    // The ticks are at 22.5° clockwise from the top, between the spokes.
    let place = [
      calculate("x", "0.38268 * datum.radius"), calculate("y", "0.92388 * datum.radius"),
    ]
    return layer(
      mark("text", "tick"), position.with(["text": end("label")]), data: "rings",
      transform: rings + place)
  }

  private static var spokeLayers: [JSON] {
    let angles = ofSelectedProbe + [["aggregate": [], "groupby": ["angle"]]]
    func place(_ radius: String) -> [JSON] {
      [
        calculate("x", "-\(radius) * sin(datum.angle * PI / 180)"),
        calculate("y", "\(radius) * cos(datum.angle * PI / 180)"),
      ]
    }
    return [
      layer(
        mark("rule", "spoke"), position.with(["x2": end("x0"), "y2": end("y0")]), data: "orbits",
        transform: angles + place("1") + [calculate("x0", "0"), calculate("y0", "0")]),
      layer(
        mark("text", "angle"), position.with(["text": end("label")]), data: "orbits",
        transform: angles + place("1.17")
          + [calculate("label", "format(datum.angle, '.4~g') + '°'")]),
    ]
  }

  private static var meanLayers: [JSON] {
    let tooltip = tooltip([
      "element name": "element", "text": "mean deviation", "quartiles": "half of the examples",
    ])
    return [
      layer(
        mark("rule", "quartiles"), position.with(["x2": end("x2"), "y2": end("y2")]),
        data: "orbits",
        transform: ofSelectedProbe + polar("datum.low") + polar("datum.high", x: "x2", y: "y2")),
      layer(
        mark("line", "value-line", closedLine), line, data: "orbits",
        transform: ofSelectedProbe + polar("datum.value")),
      layer(
        mark("point", "value"), position.with(["shape": byKind, "tooltip": tooltip]),
        data: "orbits", transform: ofSelectedProbe + polar("datum.value")),
    ]
  }

  private static var exampleLayers: [JSON] {
    let limits = [
      lookup("probe", in: "probes", ["lower", "upper", "meanLower", "meanUpper"]),
      lookup("example", in: "examples", ["name"]),
    ]
    let transform =
      [isSelectedExample, nameAndAngle] + limits + polar("datum.value")
      + [calculate("text", "format(datum.value, '.3~g')")]
    let tooltip = tooltip(["name": "example", "element name": "element", "text": "deviation"])
    return [
      layer(
        mark("line", "chosen-line", closedLine), line, data: "observations", transform: transform),
      layer(
        mark("point", "chosen"), position.with(["shape": byKind, "tooltip": tooltip]),
        data: "observations", transform: transform + [filter("datum.value <= datum.to")]),
      layer(
        mark("point", "beyond"), position.with(["shape": byKind, "tooltip": tooltip]),
        data: "observations", transform: transform + [filter("datum.value > datum.to")]),
    ]
  }
}
