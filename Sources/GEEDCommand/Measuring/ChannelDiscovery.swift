// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

extension ProbeOptions {
  /// Throws if permutations of channels are to be found by a command, or besides an option, that does
  /// not measure all examples.
  func requireNoDiscovery(besides option: String?) throws {
    guard let fields = fields.first(where: \.isDiscovery), let word = fields.discovery?.rawValue
    else { return }
    let remedy = option.map { "leave it or '\($0)' out" } ?? "leave it out"
    throw ValidationError(
      "'--fields \(fields.pattern)=\(word)' needs the whole measurement; \(remedy).")
  }
}

extension MeasurementSession {
  /// Returns the results with the channel permutations that probes request, from forward passes over
  /// the same examples; after Ctrl-C with a note that there are none.
  func addingPermutations(to result: MeasurementResult) throws -> MeasurementResult {
    guard measurement.probes.contains(where: \.searchesPermutations) else { return result }
    // A run with sufficient precision may have stopped early.
    var measurement = measurement
    measurement.exampleCount = max(result.results.map(\.exampleCount).max() ?? 1, 1)
    var search = try PermutationSearch(measurement)
    let progress = ProgressLine()
    defer { progress.clear() }
    do {
      while try !Interruption.wasRequested && search.advance() { progress.show(search.progress) }
    } catch  where Interruption.explains(error) {
      // The result says that the search was stopped.
    }
    return search.adding(to: result)
  }
}
