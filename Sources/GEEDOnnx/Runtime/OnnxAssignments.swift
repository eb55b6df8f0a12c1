// SPDX-License-Identifier: MIT

/// The operators of a loaded model, by the provider that computes them.
struct OnnxAssignments: Hashable {
  /// The numbers of operators of each type, by the runtime's name of the provider.
  private var counts: [String: [String: Int]] = [:]

  mutating func add(_ operation: String, to provider: String) {
    counts[provider, default: [:]][operation, default: 0] += 1
  }

  /// The number of operators that a provider computes.
  func count(of provider: OnnxProvider) -> Int {
    counts[provider.runtimeName]?.values.reduce(0, +) ?? 0
  }

  /// Returns a sentence on the operators that another provider than the chosen one computes, or `nil`.
  func note(on provider: OnnxProvider) -> String? {
    let others = counts.filter { $0.key != provider.runtimeName }.flatMap(\.value)
    let types = Dictionary(others, uniquingKeysWith: +).sorted {
      ($1.value, $0.key) < ($0.value, $1.key)
    }
    guard !types.isEmpty else { return nil }
    let count = types.reduce(0) { $0 + $1.value }
    let named = types.prefix(3).map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    return "\(count) of \(count + self.count(of: provider)) operators are not computed by "
      + "\(provider.rawValue) but by ONNX Runtime's own provider for the CPU, in float32: "
      + named + (types.count > 3 ? " and others." : ".")
  }
}
