// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// Outputs that were computed elsewhere for the inputs of `geed orbits`.
struct ComputedSource: ModelSource {
  let graph: OnnxGraph
  private let engine: ComputedOutputs

  /// Reads outputs.
  ///
  /// - Parameters:
  ///   - paths: `.npz` or `.npy` files, which continue each other.
  ///   - manifestPath: The manifest of the inputs.
  init(_ paths: [String], manifestPath: String, options: ModelOptions) throws {
    let manifest = try OrbitsManifest(contentsOf: manifestPath)
    let (arrays, whole) = try Self.arrays(of: paths, manifest, limit: options.memory.limit)
    var hash = SHA256()
    var hashes: [String: String] = [:]
    for path in paths + [manifestPath] {
      let text = try Digest.hex(ofFile: path, by: .sha256)
      hash.add(text)
      hashes[path] = text
    }
    engine = try ComputedOutputs(
      arrays, manifest: manifest, manifestPath: manifestPath,
      fingerprint: ModelFingerprint(sha256: hash.finish().hexadecimal, weights: hashes))
    graph = OnnxGraph(
      path: paths.joined(separator: ", "), outputs: arrays, wholeNumbers: whole)
  }

  func layouts(exampleShape: [Int]) throws -> OnnxLayouts { OnnxLayouts(ofOutputs: graph.tensors) }

  func engine(probing tensors: [String]) throws -> any SessionEngine { engine }

  /// The name of an array with the row of the input for each row of the outputs.
  private static let index = "index"

  /// Returns the arrays, and the names of those that hold integers.
  private static func arrays(
    of paths: [String], _ manifest: OrbitsManifest, limit: Int
  ) throws -> ([String: Tensor], whole: Set<String>) {
    var fractional: Set<String> = []
    var scalars: [String: [Float]] = [:]
    var rowShapes: [String: [Int]] = [:]
    var places: [Int] = []
    var left = limit
    for path in paths {
      for array in try StoredArray.all(inFile: path, atMost: left) {
        if array.name == index {
          places += try array.integers()
          continue
        }
        let row = Array(array.shape.dropFirst())
        guard !array.shape.isEmpty, rowShapes[array.name, default: row] == row else {
          throw DataError.invalid(
            path: array.path,
            expected: rowShapes[array.name].map { "rows of shape \($0), as in the files before" }
              ?? "an array of rows", found: "the shape \(array.shape)")
        }
        rowShapes[array.name] = row
        if !array.holdsWholeNumbers { fractional.insert(array.name) }
        let numbers = try array.floats()
        left -= 4 * numbers.count
        scalars[array.name, default: []] += numbers
      }
    }
    guard !scalars.isEmpty else {
      throw DataError.invalid(
        path: paths.joined(separator: ", "), expected: "at least one array", found: "none")
    }
    let arrays = try scalars.reduce(into: [String: Tensor]()) { result, entry in
      let row = rowShapes[entry.key] ?? []
      let size = max(Tensor.count(of: row), 1)
      let rowCount = manifest.inputs.count
      guard entry.value.count == size * rowCount else {
        throw DataError.invalid(
          path: paths.joined(separator: ", "),
          expected: "\(rowCount) rows of '\(entry.key)', one for each input of "
            + manifest.files.map(\.path).joined(separator: ", "),
          found: "\(entry.value.count / size)")
      }
      let tensor = Tensor(shape: [rowCount] + row, scalars: entry.value)
      result[entry.key] = places.isEmpty ? tensor : try tensor.sorted(by: places, of: paths)
    }
    return (arrays, Set(arrays.keys).subtracting(fractional))
  }
}

extension Tensor {
  /// Returns the rows in the order of the inputs that `places` names for each of them.
  fileprivate func sorted(by places: [Int], of paths: [String]) throws -> Tensor {
    var rows = [Int?](repeating: nil, count: rowCount)
    for (row, place) in places.enumerated() where rows.indices.contains(place) { rows[place] = row }
    let order = rows.compactMap(\.self)
    guard order.count == rowCount, places.count == rowCount else {
      throw DataError.invalid(
        path: paths.joined(separator: ", "),
        expected: "each number from 0 to \(rowCount - 1) once in 'index'", found: "others")
    }
    return Tensor(shape: shape, scalars: order.flatMap { scalars[scalarRange(ofRow: $0)] })
  }
}

/// Outputs by the hashes of their inputs, as the model of a session.
final class ComputedOutputs: SessionEngine {
  let fingerprint: ModelFingerprint
  private let arrays: [String: Tensor]
  /// The rows of each input, several if it comes more than once.
  private let rows: [String: [Int]]
  private let manifestPath: String

  fileprivate init(
    _ arrays: [String: Tensor], manifest: OrbitsManifest, manifestPath: String,
    fingerprint: ModelFingerprint
  ) throws {
    self.arrays = arrays
    self.manifestPath = manifestPath
    self.fingerprint = fingerprint
    rows = Dictionary(grouping: manifest.inputs.indices) { manifest.inputs[$0] }
    try requireEqualOutputs()
  }

  /// Throws if inputs that are equal have different outputs: then the model is random, or the rows are
  /// in another order.
  private func requireEqualOutputs() throws {
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      for rows in rows.values where rows.count > 1 {
        let first = array.row(rows[0]).scalars
        let size = first.reduce(0) { max($0, $1.magnitude) }
        for row in rows.dropFirst() {
          let differs = zip(first, array.row(row).scalars).contains {
            ($0 - $1).magnitude > 1e-3 * size
          }
          guard differs else { continue }
          throw UsageError(
            "Rows \(rows[0]) and \(row) of '\(name)' differ, but their inputs are equal; either the "
              + "model is random, or the rows are not in the order of the inputs.")
        }
      }
    }
  }

  func outputs(for batch: Tensor) throws -> [String: Tensor] {
    var chosen: [Int] = []
    for number in 0..<batch.rowCount {
      let hash = try InputHash.text(of: batch.littleEndianBytes(ofRow: number))
      guard let candidates = rows[hash] else { throw UnknownInput(manifest: manifestPath) }
      // Equal inputs have neighboring rows as a rule, each with its own rounding.
      let next = chosen.last.map { $0 + 1 } ?? candidates[0]
      chosen.append(candidates.contains(next) ? next : candidates[0])
    }
    return arrays.mapValues { array in
      Tensor(
        shape: [chosen.count] + array.rowShape,
        scalars: chosen.flatMap { array.scalars[array.scalarRange(ofRow: $0)] })
    }
  }

  func settings(_ options: ModelOptions) throws -> RunSettings.Model {
    RunSettings.Model(
      files: fingerprint, layout: "computed", provider: providerName, threads: nil, constants: [:],
      copies: nil, runtime: "")
  }

  var versions: [String: String] { [:] }

  var providerName: String { "computed" }

  var producer: String { "" }

  var notes: [String] {
    [
      "The outputs were computed elsewhere, and are taken in the order of the inputs. Whether the "
        + "model is deterministic, and computes each row independently of the others in its batch, "
        + "was not tested."
    ]
  }

  var secondsOfComputing: Double { 0 }

  var canBeTested: Bool { false }

  func requirePossible(_ control: ControlKind) throws {
    throw UsageError(
      "'--control \(control.rawValue)' needs the model, not outputs that it has computed.")
  }

  func stop() {}
}

/// The error for an input whose outputs were not computed.
struct UnknownInput: Error, CustomStringConvertible {
  let manifest: String

  var description: String {
    "An input of this measurement is not among those of '\(manifest)': the data or the options are not "
      + "those with which 'geed orbits' wrote it."
  }
}
