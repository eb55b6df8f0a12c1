// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

/// The action on feature fields: a base action moves the grid of every channel, and the channels
/// are permuted as their ``ChannelFields`` state.
///
/// - Shape: `[C, ...]`, with as many channels as the fields have. `base` is `nil` for channels that
///   are only permuted.
public struct FieldAction: GroupAction {
  public let group: FiniteGroup

  /// The action on the grid of every channel; `nil` if grids are not moved.
  public let base: (any GroupAction)?

  /// The feature fields, which state how channels are permuted.
  public let fields: ChannelFields

  /// Creates the action on fields that live on the grid that `base` moves.
  public init(_ base: any GroupAction, fields: ChannelFields) {
    self.group = base.group
    self.base = base
    self.fields = fields
  }

  /// Creates the action on as many fields of one type as fill the channels.
  public init(_ base: any GroupAction, fieldType: FieldType) {
    self.init(base, fields: ChannelFields(fieldType))
  }

  /// Creates the action that only permutes the channels, the first axis.
  public init(permutingChannelsBy group: FiniteGroup, fieldType: FieldType) {
    self.group = group
    self.base = nil
    self.fields = ChannelFields(fieldType)
  }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard let channelCount = shape.first else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[C, ...]")
    }
    guard let channels = fields.permutations(of: group, channelCount: channelCount) else {
      throw .wrongLength(
        group: group.name, shape: shape, axis: 0, expected: fields.expectation(for: group))
    }
    let grids = try base?.prepared(for: shape).operators
    return channels.enumerated().map { g, channels in
      let grid =
        grids?[g]
        ?? ArrayOperator(
          count: Tensor.count(of: shape), blockSize: Tensor.count(of: Array(shape.dropFirst())),
          map: .identity)
      return grid.followed(byParts: channels)
    }
  }
}
