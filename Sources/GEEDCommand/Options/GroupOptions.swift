// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData

struct GroupOptions: ParsableArguments {
  @Option(
    help: """
      C8 and the like: rotations; D4: rotations and reflections; flip: reflection of left and \
      right; T4x4: circular shifts; D4xT4x4: both; SO2:32, O2:32: equally spaced angles; SO2:32:haar, O2:32:haar, \
      T:100:haar: this many random elements. Not groups, and so not for --channelwise: \
      scale:0.5-1, blur:0-2, brightness:-0.2-0.2, contrast:0.5-2, each with :N for N values \
      instead of 8; brightness and contrast act after normalization. On data that are not images, \
      with an axis as NumPy counts: S5@1: permutations, S20@1:100: 100 random ones; shift:8@-1: \
      circular shifts; reverse@-1; cube@-1, icosahedron@-1, SO3@-1:32, O3@-1:32: rotations of \
      (x, y, z); matrix:0,-1;1,0@-1 or matrix:generators.npy@-1: all products of matrices; sign. \
      By default C4.
      """,
    transform: GroupName.init(parsing:))
  var group: GroupName = .cyclic(4)

  @Option(
    help: """
      The method of interpolation between pixels, bilinear by default; with several inputs also for \
      one, as in mask=nearest.
      """)
  var interpolation: [InputValue<Interpolation>] = []
}

extension GroupName {
  /// The axes of arrays `[N, H, W]` that are no images of one channel, as for sets and signals; `nil` if
  /// the group acts on images.
  var arrayAxes: InputAxes? { isForImages ? nil : InputAxes(count: 3) }

  /// Parses a name, or throws an error that lists the valid names.
  init(parsing argument: String) throws {
    let text = try MatrixFile.replaced(in: argument) ?? argument
    guard let name = GroupName(text) else { throw UnknownGroup(name: argument) }
    self = name
  }
}

/// The error for a name that is not a group.
private struct UnknownGroup: Error, CustomStringConvertible {
  let name: String

  /// The valid names, or the likely intended one.
  var description: String {
    let near = [name.prefix(1).uppercased() + name.dropFirst().lowercased(), name.lowercased()]
    if let meant = near.first(where: { GroupName($0) != nil }) {
      return "did you mean '\(meant)'?"
    }
    if name.firstRange(of: "@").map({ name[$0.upperBound...].prefix { $0 != ":" } }) == "0" {
      return
        "axis 0 is that of the examples; give 1 for the first axis of an example, or -1 for the last"
    }
    if let degree = name.wholeMatch(of: /S([0-9]+)(@-?[0-9]+)?/) {
      return
        "expected an axis and at most 6 entries, such as S5@1, or a number of random permutations, "
        + "such as S\(degree.1)\(degree.2 ?? "@1"):100"
    }
    let kind = name.prefix { $0 != ":" && $0 != "@" }
    if kind == "SO3" || kind == "O3" {
      return "expected an axis and a number of random rotations, such as \(kind)@-1:32"
    }
    if ["shift", "reverse", "cube", "icosahedron", "matrix"].contains(kind) {
      return "expected shift:8@-1, reverse@-1, cube@-1, icosahedron@-1 or matrix:0,-1;1,0@-1"
    }
    if let kind = ImageTransformations.Kind(rawValue: String(kind)) {
      let least =
        kind.allows(0) ? kind.allows(-1) ? "" : ", which is not negative" : ", which is positive"
      return
        "expected \(kind):LOW-HIGH or \(kind):LOW-HIGH:N, with N of at least 2 and LOW\(least) "
        + "and less than HIGH"
    }
    if GroupName.SampledGroup(rawValue: String(kind)) != nil, name.hasSuffix(":haar") {
      return "expected \(kind):N:haar, with N from 2 to \(FiniteGroup.maximumOrder - 1)"
    }
    return """
      expected C8, D4, T4x4, flip, SO2:32, blur:0-2 or the like, with at most \
      \(FiniteGroup.maximumOrder) elements, or for data that are not images sign, S5@1 or the like
      """
  }
}

extension Interpolation: ExpressibleByArgument {}
