// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

struct GroupOptions: ParsableArguments {
  @Option(
    help: """
      C8 and the like: rotations; D4: rotations and reflections; flip: reflection of left and \
      right; T4x4: circular shifts; SO2:32, O2:32: equally spaced angles; SO2:32:haar, O2:32:haar, \
      T:100:haar: this many random elements. Not groups, and so not for --channelwise: \
      scale:0.5-1, blur:0-2, brightness:-0.2-0.2, contrast:0.5-2, each with :N for N values \
      instead of 8; brightness and contrast act after normalization. By default C4.
      """,
    transform: GroupName.init(parsing:))
  var group: GroupName = .cyclic(4)

  @Option(help: "The method of interpolation between pixels.")
  var interpolation: Interpolation = .bilinear
}

extension GroupName {
  /// Parses a name, or throws an error that lists the valid names.
  init(parsing argument: String) throws {
    guard let name = GroupName(argument) else { throw UnknownGroup(name: argument) }
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
    let kind = name.prefix { $0 != ":" }
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
      \(FiniteGroup.maximumOrder) elements
      """
  }
}

extension Interpolation: ExpressibleByArgument {}
