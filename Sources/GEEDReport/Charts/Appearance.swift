// SPDX-License-Identifier: MIT

/// The fonts, colors and widths of all charts: Vega-Lite's `config`, with the styles that marks
/// name.
///
/// On a page colors are `var(--role)`, which the style sheet defines for light, dark and print. Such
/// colors cannot be interpolated, so ramps are quantized.
package struct Appearance: Sendable {
  let font: String
  /// The size of text; other lengths are proportional to it.
  let size: Double
  /// The color of a role, such as `ink`.
  let color: @Sendable (String) -> String

  /// The appearance on a page, whose lengths are pixels.
  package static let page = Appearance(
    font: """
      system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, \
      sans-serif
      """, size: 12
  ) { "var(--\($0))" }

  /// The appearance on paper, whose lengths are points; it can be printed without color.
  package static let paper = Appearance(
    font: "Helvetica, Arial, Liberation Sans, sans-serif", size: 8
  ) { paperColors[$0] ?? "#000000" }

  // The series are those of Okabe and Ito (2008), darkened where the contrast with paper needs it.
  private static let paperColors = [
    "paper": "#ffffff", "ink": "#000000", "muted": "#333333", "rule": "#d9d9d9",
    "band": "#e6e6e6", "accent": "#0072b2", "chosen": "#d55e00", "good": "#00785a",
    "bad": "#b84300", "series-1": "#0072b2", "series-2": "#d55e00", "series-3": "#00805f",
    "series-4": "#a8528a", "series-5": "#9a6a00", "series-6": "#2f3337", "ramp-1": "#f4f7fa",
    "ramp-2": "#c3d9ea", "ramp-3": "#7fb0d3", "ramp-4": "#2f7fb5", "ramp-5": "#084a7d",
    "on-low": "#000000", "on-high": "#ffffff",
  ]

  /// Vega-Lite's `config`.
  package var config: JSON {
    [
      "background": role("paper"), "font": .string(font), "padding": 2, "view": ["stroke": nil],
      "axis": axis, "axisX": ["titleAnchor": "start", "titleAlign": "left", "grid": true],
      "axisY": verticalAxis, "legend": legend, "range": ranges,
      "point": ["size": points(1), "filled": true, "opacity": 1], "scale": ["round": false],
      "style": deviationStyles.with(orbitStyles).with(seriesStyles).with(shadeStyles)
        .with(verdictStyles).with(squareStyles),
    ]
  }
}

// MARK: Axes, legends and ranges

extension Appearance {
  private func role(_ name: String) -> JSON { .string(color(name)) }

  /// A length, as a multiple of the size of text.
  private func length(_ share: Double) -> JSON { .number(share * size) }

  /// A width of lines; 1 is a pixel on a page.
  private func width(_ width: Double) -> JSON { .number(width * size / 12) }

  /// An area of symbols, as a multiple of the usual one.
  private func points(_ share: Double) -> JSON { .number(share * size * size / 2.6) }

  private var text: JSON {
    ["font": .string(font), "fontSize": length(1), "color": role("muted")]
  }

  private var axis: JSON {
    [
      "labelColor": role("muted"), "titleColor": role("muted"), "labelFontSize": length(1),
      "titleFontSize": length(1), "titleFontWeight": "normal", "domain": false, "ticks": false,
      "gridColor": role("rule"), "gridWidth": width(1), "labelPadding": length(0.5),
      "titlePadding": length(0.8), "labelOverlap": true, "labelFlush": false, "tickCount": 5,
    ]
  }

  /// The title of a vertical axis is horizontal, above it.
  private var verticalAxis: JSON {
    [
      "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0,
      "titleY": length(-1.1), "titleBaseline": "bottom",
    ]
  }

  private var legend: JSON {
    [
      "orient": "bottom", "title": nil, "labelColor": role("ink"), "labelFontSize": length(1),
      "symbolSize": points(1), "offset": length(1), "symbolStrokeWidth": width(2),
    ]
  }

  private var ranges: JSON {
    let ramp = JSON.array((1...5).map { role("ramp-\($0)") })
    return [
      "category": .array((1...6).map { role("series-\($0)") }), "ramp": ramp, "heatmap": ramp,
      "symbol": ["circle", "diamond", "triangle-up", "square", "cross"],
    ]
  }
}

// MARK: Styles of marks

extension Appearance {
  /// One measured value, its interval, what stands beside it, and what is selected.
  private var deviationStyles: JSON {
    let accent = role("accent")
    return [
      "names": ["labelColor": role("ink"), "labelLimit": length(12)],
      "value": ["color": accent, "strokeWidth": width(1)],
      "value-line": ["color": accent, "strokeWidth": width(1.8)],
      "interval": ["color": accent, "strokeWidth": length(1.0 / 3), "opacity": 0.3],
      "quartiles": [
        "color": accent, "strokeWidth": length(1.0 / 3), "opacity": 0.2, "strokeCap": "round",
      ],
      "floor": ["color": role("band")],
      "twin": [
        "filled": false, "color": role("muted"), "fill": role("paper"), "strokeWidth": width(1.4),
      ],
      "noise": [
        "filled": false, "color": role("muted"), "strokeWidth": width(1.6), "shape": "cross",
      ],
      "edge": ["color": role("rule"), "strokeWidth": width(1.3)],
      "chosen": ["color": role("chosen"), "strokeWidth": width(1), "size": points(1.5)],
      "beyond": [
        "filled": false, "color": role("chosen"), "fill": role("paper"), "strokeWidth": width(1.6),
        "size": points(1.5),
      ],
      "chosen-line": ["color": role("chosen"), "strokeWidth": width(1.8)],
      "example": ["color": accent, "opacity": 0.7],
      "bin": ["color": accent, "opacity": 0.6, "stroke": role("paper")],
      "mean": ["color": role("ink"), "strokeWidth": width(1.4)],
      "mean-band": ["color": role("ink"), "opacity": 0.08],
    ]
  }

  /// The rings, spokes and labels of the polar chart.
  private var orbitStyles: JSON {
    let tick: JSON = [
      "fontSize": length(0.9), "align": "left", "dx": 3, "baseline": "bottom",
    ]
    return [
      "ring": ["filled": false, "color": role("rule"), "strokeWidth": width(1)],
      "spoke": ["color": role("rule"), "strokeWidth": width(1)],
      "angle": text, "tick": text.with(tick),
    ]
  }

  /// Several series, distinguished by color and shape.
  private var seriesStyles: JSON {
    let beside: JSON = ["align": "left", "baseline": "middle", "dx": length(0.7)]
    return [
      "series": ["size": points(1)], "series-line": ["strokeWidth": width(2)],
      "series-interval": ["strokeWidth": length(1.0 / 3), "opacity": 0.25],
      "series-end": (["font": .string(font), "fontSize": length(1)] as JSON).with(beside),
      "floorline": ["strokeWidth": width(1), "opacity": 0.6, "strokeDash": [1, 2]],
      "band": ["opacity": 0.16], "note": text.with(beside),
    ]
  }

  /// Subgroups, cells and bars.
  private var shadeStyles: JSON {
    let below: JSON = [
      "dy": length(0.9), "baseline": "top", "fontSize": length(0.9), "lineHeight": length(1.15),
    ]
    let halo: JSON = [
      "stroke": role("paper"), "strokeWidth": length(1.0 / 3), "strokeJoin": "round",
    ]
    return [
      "node": [
        "size": .number(size * size * 1.6), "opacity": 1, "stroke": role("muted"),
        "strokeWidth": width(0.6),
      ],
      "node-text": text.with(below), "node-halo": text.with(below).with(halo),
      "tile": ["stroke": role("paper"), "strokeWidth": 2],
      "tile-text": text.with(["color": role("on-low")]),
      "tile-inverse": text.with(["color": role("on-high")]),
      "amount": ["color": role("accent"), "opacity": 0.45, "height": length(0.9)],
      "amount-interval": ["color": role("ink"), "strokeWidth": width(1.5)],
      "amount-text": text.with(["align": "left", "dx": length(0.5), "baseline": "middle"]),
    ]
  }

  /// Arrows and words of the diagram of what is compared.
  private var squareStyles: JSON {
    let centered: JSON = ["align": "center", "baseline": "middle"]
    return [
      "arrow": ["color": role("muted"), "strokeWidth": width(1.2)],
      "arrow-head": ["shape": "triangle", "color": role("muted"), "size": points(0.8)],
      "node-name": text.with(centered).with(["fontSize": length(1.25), "color": role("ink")]),
      "node-hat": text.with(centered).with([
        "fontSize": length(1.25), "color": role("ink"), "dx": length(-0.23), "dy": length(-0.3),
      ]),
      "compared": ["color": role("accent"), "strokeWidth": width(2)],
      "square-note": text.with(centered),
      "diagram-row": text.with(["align": "left", "baseline": "middle", "color": role("ink")]),
      "square-value": text.with(["baseline": "middle", "color": role("accent")]),
    ]
  }

  /// Verdicts on claims, distinguished by color and shape.
  private var verdictStyles: JSON {
    [
      "threshold": ["color": role("ink"), "strokeWidth": width(1.5), "opacity": 0.7],
      "claim-interval": ["color": role("muted"), "strokeWidth": width(1.6)],
      "holds": ["color": role("good"), "shape": "circle", "size": points(1.3)],
      "does-not-hold": ["color": role("bad"), "shape": "square", "size": points(1.3)],
      "not-resolved": [
        "filled": false, "color": role("ink"), "fill": role("paper"), "strokeWidth": width(1.5),
        "shape": "diamond", "size": points(1.5),
      ],
    ]
  }
}
