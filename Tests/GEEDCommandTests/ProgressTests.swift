// SPDX-License-Identifier: MIT

import Testing

@testable import GEEDCommand

@Suite struct ProgressTests {
  @Test("The rate and the remaining time are those of the work that this process has done")
  func rate() {
    // A resumed run: 25 of 100 inputs were there, 25 more took 8 s, so 50 more take 16 s.
    let resumed = ProgressLine.text(
      "50 of 100 inputs", share: 0.5, count: 100, shareAtStart: 0.25, elapsed: 8)
    #expect(resumed == "50 of 100 inputs · 50 % · 3.1/s · 16 s left")
    let other = ProgressLine.text(
      "figure2", share: 0.5, count: nil, shareAtStart: 0, elapsed: 3600)
    #expect(other == "figure2 · 50 % · 60 min left")
  }

  @Test("Before anything was done there is no estimate")
  func beginning() {
    let text = ProgressLine.text(
      "40 of 100 inputs", share: 0.4, count: 100, shareAtStart: 0.4, elapsed: 0)
    #expect(text == "40 of 100 inputs · 40 %")
  }
}
