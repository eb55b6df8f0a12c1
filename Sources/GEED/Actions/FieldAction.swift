// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

/// The action on feature fields: a base action moves the grid of every channel, and the channels
/// are permuted as their ``ChannelFields`` state.
///
/// - Shape: `[C, ...]`, with as many channels as the fields have.
public struct FieldAction: GroupAction, OperatorAction {
  public let group: FiniteGroup

  public let gridAction: (any TransformationAction)?

  /// The fields by which channels are permuted.
  package let channelFields: ChannelFields

  public var fields: ChannelFields? { channelFields }

  /// Creates the action on fields that live on the grid that `base` moves.
  public init(_ base: any GroupAction, fields: ChannelFields) {
    self.init(base.group, gridAction: base, fields: fields)
  }

  package init(
    _ group: FiniteGroup, gridAction: (any TransformationAction)?, fields: ChannelFields
  ) {
    self.group = group
    self.gridAction = gridAction
    self.channelFields = fields
  }

  /// Creates the action on as many fields of one type as fill the channels.
  public init(_ base: any GroupAction, fieldType: FieldType) {
    self.init(base, fields: ChannelFields(fieldType))
  }

  /// Creates the action that only permutes the channels, the first axis.
  public init(permutingChannelsBy group: FiniteGroup, fieldType: FieldType) {
    self.init(group, gridAction: nil, fields: ChannelFields(fieldType))
  }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard let channelCount = shape.first else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[C, ...]")
    }
    guard let channels = channelFields.permutations(of: group, channelCount: channelCount) else {
      throw .wrongLength(
        group: group.name, shape: shape, axis: 0, expected: channelFields.expectation(for: group))
    }
    let grids = try (gridAction ?? TrivialAction(group)).operators(on: shape)
    return zip(grids, channels).map { grid, channels in
      grid.followed(byParts: channels)
    }
  }
}
