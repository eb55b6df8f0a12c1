// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct LearningRateScheduleTests {
  @Test(arguments: [
    ("cosine", LearningRateSchedule.cosine(peak: 0.3, iterationCount: 29, floor: 0.01)),
    (
      "warmed cosine",
      .cosine(peak: 0.3, iterationCount: 29, warmUp: 6, floor: 0.01)
    ),
    ("steps", .steps(peak: 0.3, factor: 0.3, every: 7)),
    ("warmed steps", .steps(peak: 0.3, factor: 0.3, every: 7, warmUp: 6)),
  ])
  func ratesAreThoseOfPyTorch(name: String, schedule: LearningRateSchedule) throws {
    let expected = try #require(TorchGolden.values.schedules[name])
    #expect(expected.count == 30)
    // PyTorch makes each rate from the one before, and so gathers some rounding.
    for (iteration, rate) in expected.enumerated() {
      expectClose(
        schedule.rate(at: iteration), rate, tolerance: 1e-14, "\(name), iteration \(iteration)")
    }
  }

  @Test func constantsAreConstant() {
    let schedule = LearningRateSchedule.constant(0.1)
    #expect([0, 1, 1_000_000].allSatisfy { schedule.rate(at: $0) == 0.1 })
  }

  @Test func warmUpByHand() {
    let schedule = LearningRateSchedule.constant(1, warmUp: 4)
    #expect((0..<6).map(schedule.rate) == [0.25, 0.5, 0.75, 1, 1, 1])
  }

  /// Half the way is half the height; the end is the floor, and stays it.
  @Test func cosineByHand() {
    let schedule = LearningRateSchedule.cosine(peak: 3, iterationCount: 12, warmUp: 2, floor: 1)
    expectClose(schedule.rate(at: 2), 3, tolerance: 1e-15)
    expectClose(schedule.rate(at: 7), 2, tolerance: 1e-15)
    #expect([12, 13, 1000].allSatisfy { schedule.rate(at: $0) == 1 })
  }

  @Test func stepsByHand() {
    let schedule = LearningRateSchedule.steps(peak: 8, factor: 0.5, every: 2)
    #expect((0..<7).map(schedule.rate) == [8, 8, 4, 4, 2, 2, 1])
  }

  @Test(arguments: [
    LearningRateSchedule.constant(0.1), .cosine(peak: 1, iterationCount: 9, warmUp: 3),
    .steps(peak: 1, factor: 0.1, every: 5),
  ])
  func schedulesCanBeWrittenAndRead(schedule: LearningRateSchedule) throws {
    let data = try JSONEncoder().encode(schedule)
    #expect(try JSONDecoder().decode(LearningRateSchedule.self, from: data) == schedule)
  }

  @Test func impossibleSettingsAreMistakes() async {
    await #expect(processExitsWith: .failure) {
      _ = LearningRateSchedule.cosine(peak: 1, iterationCount: 5, warmUp: 5)
    }
    await #expect(processExitsWith: .failure) {
      _ = LearningRateSchedule.steps(peak: 1, factor: 0.1, every: 0)
    }
    await #expect(processExitsWith: .failure) { _ = LearningRateSchedule.constant(-0.1) }
    await #expect(processExitsWith: .failure) {
      _ = LearningRateSchedule.constant(0.1).rate(at: -1)
    }
  }
}
#endif
