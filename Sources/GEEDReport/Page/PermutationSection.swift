// SPDX-License-Identifier: MIT

import GEED

extension ReportPage {
  /// The channel permutations that were found, a table for each tensor of each measurement.
  var permutationSection: Section? {
    let found = content.measurements.indices.flatMap { run in
      content.measurements[run].results.compactMap { result in
        result.permutations.map { (run: run, tensor: result.tensor, permutations: $0) }
      }
    }
    guard !found.isEmpty else { return nil }
    let tables = found.map { run, tensor, permutations in
      let model = isComparison ? "\(rows.models[run]), " : ""
      return """
        <h3>\(model + tensor)</h3>
        \(table(of: permutations, group: content.measurements[run].group))
        <p class="caption">\(permutations.summary)</p>
        """ as HTML
    }
    return Section(
      "permutations", "Channel permutations",
      """
      <p>Channelwise deviations with permuted channels. The permutations are fitted to one half of \
      the examples and measured on the other. Those of a representation compose as the group does; \
      chance is the same with f(x) of another example in place of the same one.</p>
      \(tables)
      """)
  }

  private func table(of permutations: ChannelPermutations, group: String) -> HTML {
    let body = permutations.rows(group: group).map { name, deviation in
      """
      <tr><td>\(name)</td><td>\(deviation.value.shown)</td>\
      <td>\(deviation.confidenceInterval.shown)</td><td>\(deviation.fitValue.shown)</td></tr>
      """ as HTML
    }
    return """
      <div class="scroll"><table><thead><tr><th>channels</th><th>value</th>\
      <th>\(intervalHeading)</th><th>fitted half</th></tr></thead><tbody>\(body)</tbody></table></div>
      """
  }
}

extension ChannelPermutations {
  /// One line: the examples, the gain, the violated relations, and the channels that stay.
  package var summary: String {
    let violated = relations.map { "\($0.relation) on \($0.share.percent)" }
    var parts = [
      "found on \(fitExampleCount) examples, measured on \(exampleCount) others",
      "the representation gains \(gain.value.short) (\(gain.confidenceInterval.short))",
      "the best permutations violate \(violated.joined(separator: ", ")) of "
        + "\(assignedCount) assigned channels",
    ]
    if let declared {
      parts.append(
        "the representation is that of '\(declared.fields)' on \(declared.agreement.percent)")
    }
    if let signSummary { parts.append(signSummary) }
    let idle = channels.count - assignedCount
    if idle > 0 { parts.append("\(idle) of \(channels.count) channels do not vary and stay") }
    return parts.joined(separator: "; ")
  }
}
