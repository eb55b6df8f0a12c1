// SPDX-License-Identifier: MIT

import ArgumentParser

/// A value for all inputs of a model, such as `1`, or for one of several, such as `mask=1`.
struct InputValue<Value: ExpressibleByArgument>: ExpressibleByArgument {
  /// The name of the input, or `nil` for all.
  let input: String?
  let value: Value

  init(_ value: Value, for input: String? = nil) {
    (self.input, self.value) = (input, value)
  }

  init?(argument: String) {
    if let value = Value(argument: argument) {
      self.init(value)
      return
    }
    guard let (input, text) = argument.tensorAndValue, let value = Value(argument: text) else {
      return nil
    }
    self.init(value, for: input)
  }

  static var allValueStrings: [String] { Value.allValueStrings }
}

/// A value that options give for the inputs of a model.
protocol InputValueOption {
  associatedtype Value
  var input: String? { get }
  var value: Value { get }
}

extension InputValue: InputValueOption {}

extension Array where Element: InputValueOption {
  /// The last value that was given for all inputs.
  var value: Element.Value? { last { $0.input == nil }?.value }

  /// The names of inputs that have a value of their own.
  var names: [String] { compactMap(\.input) }

  /// Returns the last value that was given for an input, or else for all.
  func value(for input: String) -> Element.Value? { last { $0.input == input }?.value ?? value }
}
