// SPDX-License-Identifier: MIT

import Testing

@testable import GEEDCommand

@Suite struct ProgressTests {
  @Test("The rate and the remaining time are those of the work that this process has done")
  func rate() {
    // A resumed run: 40 of 100 inputs were there, 20 more took 10 s, so 40 more take 20 s.
    let resumed = ProgressLine.text(
      "60 of 100 inputs", share: 0.6, count: 100, shareAtStart: 0.4, elapsed: 10)
    #expect(resumed == "60 of 100 inputs · 60 % · 2.0/s · 20 s left")
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
