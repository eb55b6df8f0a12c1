// SPDX-License-Identifier: MIT

import Foundation
import GEEDReport
import Testing

@Suite struct TensorBoardEventsTests {
  @Test("The bytes are those that TensorBoard's own writer makes")
  func golden() throws {
    var events = TensorBoardEvents(time: 1_700_000_000.25)
    events.add("channelwise/block1", step: 0, value: -0.75)
    events.add("channelwise/block1", step: 200, value: -0.8125)
    events.add("test accuracy", step: 123_456, value: 0.1)
    let url = try #require(
      Bundle.module.url(forResource: "events", withExtension: "hex", subdirectory: "Fixtures"))
    let expected = try String(contentsOf: url, encoding: .utf8)
    let hex = events.bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count < 2 ? "0" + digits : digits
    }.joined()
    #expect(hex == expected.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
