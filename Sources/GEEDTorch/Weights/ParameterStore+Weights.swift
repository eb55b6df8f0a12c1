// SPDX-License-Identifier: MIT

extension ParameterStore {
  /// Overwrites all parameters with the tensors of a safetensors file, whose names are the keys of a
  /// PyTorch state dict.
  ///
  /// Numbers are converted to the type and device of the store. The counters `num_batches_tracked`,
  /// which are not used here, are ignored.
  ///
  ///     try weights.load("resnet18.safetensors")
  ///     try weights.load("parallel.safetensors", renaming: { $0.replacing(/^module\./, with: "") })
  ///     try weights.load("pretrained.safetensors", except: ["fc.weight", "fc.bias"])
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - renaming: The name of a parameter for the name in the file; `nil` leaves a tensor out.
  ///   - kept: Parameters that stay unchanged, whatever the file holds, such as those of the head
  ///     of a network that will learn other classes.
  /// - Throws: ``WeightsError`` for a file that cannot be read; it is ``WeightsError/mismatch(_:)``
  ///   with all differences if its tensors are not these parameters. Nothing is overwritten in
  ///   these cases. If the file breaks while it is read, the parameters may be partly overwritten.
  /// - Precondition: All elements of `kept` are names of parameters.
  public func load(
    _ path: String, renaming: (String) -> String? = { $0 }, except kept: Set<String> = []
  ) throws(WeightsError) {
    precondition(
      kept.subtracting(all.map(\.name)).isEmpty,
      "Expected names of parameters, but got \(kept.subtracting(all.map(\.name)).sorted()).")
    let file = try SafetensorsFile(opening: path)
    let entries = try Self.named(file, renaming)
    let parameters = all.filter { !kept.contains($0.name) }
    let mismatch = Self.mismatch(
      of: entries.filter { !kept.contains($0.key) }, with: parameters, path: path)
    guard mismatch.isEmpty else { throw .mismatch(mismatch) }
    for parameter in parameters {
      guard let entry = entries[parameter.name] else { continue }
      let tensor = try file.tensor(entry)
      do throws(TorchError) {
        try parameter.tensor.assign(tensor)
      } catch {
        throw .engine(path: path, tensor: entry.name, error)
      }
    }
  }

  /// Writes all parameters to a safetensors file that PyTorch's `load_state_dict` accepts.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - metadata: Texts by name; `format` is `pt` unless they contain another value.
  ///   - isIncluded: Whether the parameter of a name is written; by default all are.
  /// - Throws: ``WeightsError`` if the file cannot be written. An earlier file then stays
  ///   unchanged.
  public func save(
    to path: String, metadata: [String: String] = [:],
    where isIncluded: (String) -> Bool = { _ in true }
  ) throws(WeightsError) {
    let included = all.filter { isIncluded($0.name) }
    try SafetensorsFile.write(
      Dictionary(uniqueKeysWithValues: included.map { ($0.name, $0.tensor) }),
      metadata: metadata.merging(["format": "pt"]) { given, _ in given }, to: path)
  }

  /// Returns the tensors of a file by the names of parameters.
  private static func named(
    _ file: SafetensorsFile, _ renaming: (String) -> String?
  ) throws(WeightsError) -> [String: SafetensorsFile.Entry] {
    var named: [String: SafetensorsFile.Entry] = [:]
    for entry in file.entries {
      guard let name = renaming(entry.name), !isCounter(name) else { continue }
      if let other = named.updateValue(entry, forKey: name) {
        throw .invalid(
          path: file.path, place: "tensors '\(other.name)' and '\(entry.name)'",
          expected: "names that differ after renaming", found: "'\(name)' twice")
      }
    }
    return named
  }

  private static func isCounter(_ name: String) -> Bool {
    name == "num_batches_tracked" || name.hasSuffix(".num_batches_tracked")
  }

  private static func mismatch(
    of entries: [String: SafetensorsFile.Entry], with parameters: [NamedParameter], path: String
  ) -> WeightsMismatch {
    let names = Set(parameters.map(\.name))
    let pairs = parameters.compactMap { parameter in
      entries[parameter.name].map {
        (name: parameter.name, shape: parameter.tensor.shape, entry: $0)
      }
    }
    return WeightsMismatch(
      path: path,
      missing: parameters.map(\.name).filter { entries[$0] == nil },
      unexpected: entries.keys.filter { !names.contains($0) }.sorted(),
      misshapen: pairs.filter { $0.shape != $0.entry.shape }.map {
        WeightsMismatch.Misfit(name: $0.name, expected: $0.shape, found: $0.entry.shape)
      },
      // A type that cannot be read at all is a separate error.
      notFloating: pairs.filter { $0.entry.elementType.map { !$0.isFloating } ?? false }
        .map(\.name))
  }
}
