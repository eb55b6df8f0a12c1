// SPDX-License-Identifier: MIT

import GEED
import GEEDStore
import Testing

@Suite struct TrainingRecordingTests {
  private func step(_ iteration: Int) -> StoredStep {
    StoredStep(
      iteration: iteration, loss: 1 / Double(iteration), accuracy: 0.5,
      testLoss: iteration.isMultiple(of: 2) ? 0.1 : nil, learningRate: 0.01)
  }

  /// A training of so many iterations, measured after every second one.
  private func train(
    _ training: TrainingRecording, from first: Int, to last: Int
  ) throws -> MeasurementResult {
    let measurement = storedMeasurement()
    var records: [MeasurementRecord] = []
    var run = try measurement.start()
    while try run.advance(addingRecordsTo: &records) {}
    for iteration in first...last {
      try training.append([step(iteration)])
      guard iteration.isMultiple(of: 2) else { continue }
      try training.append(
        run.result, iteration: iteration, records: records, of: measurement)
    }
    return run.result
  }

  @Test("Steps and trajectories are read back")
  func roundTrip() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let training = try store.beginTraining(try description(seed: 1, tag: "figure2"))
    let result = try train(training, from: 1, to: 6)
    try training.finish()
    #expect(try store.steps(ofRun: training.id) == (1...6).map(step))
    let trajectory = try store.results(
      ofRun: training.id, metric: .channelwise, tensor: "maps")
    #expect(trajectory.map(\.iteration) == [2, 4, 6])
    let found = try trajectory.map { try $0.result.canonicalJSON }
    #expect(try Set(found) == [result.results[2].canonicalJSON])
    #expect(try store.results(ofRun: training.id).count == 9)
    var count = 0
    try store.forEachObservation(ofRun: training.id, tensor: "maps") { _ in count += 1 }
    #expect(count == 3 * 6 * 4)
    let run = try #require(try store.runs(kind: .train, tag: "figure2").first)
    #expect(run.id == training.id && run.count == 6 && run.status == .finished)
    #expect(try store.runs(kind: .measure).isEmpty && store.runs(tag: "figure3").isEmpty)
    #expect(try store.document(ofRun: training.id) == nil)
  }

  @Test("A training that goes on from a checkpoint leaves what one in one go does")
  func truncated() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let whole = try store.beginTraining(try description(seed: 1))
    _ = try train(whole, from: 1, to: 6)
    let killed = try store.beginTraining(try description(seed: 2))
    _ = try train(killed, from: 1, to: 5)
    let resumed = try store.beginTraining(try description(seed: 2), resuming: true)
    #expect(resumed.id == killed.id)
    func observations(_ id: Int64) throws -> [Observation] {
      var all: [Observation] = []
      try store.forEachObservation(ofRun: id) { all.append($0) }
      return all
    }
    try resumed.finish()
    try resumed.truncate(afterIteration: 4)
    #expect(try store.run(resumed.id).status == .running)
    #expect(try store.results(ofRun: resumed.id).map(\.iteration) == [2, 2, 2, 4, 4, 4])
    #expect(Set(try observations(resumed.id).map(\.iteration)) == [2, 4])
    try resumed.truncate(afterIteration: 3)
    #expect(try store.steps(ofRun: resumed.id).map(\.iteration) == [1, 2, 3])
    #expect(try store.results(ofRun: resumed.id).map(\.iteration) == [2, 2, 2])
    #expect(Set(try observations(resumed.id).map(\.iteration)) == [2])
    _ = try train(resumed, from: 4, to: 6)
    #expect(try store.steps(ofRun: resumed.id) == store.steps(ofRun: whole.id))
    let trajectories = try [resumed, whole].map { try store.results(ofRun: $0.id) }
    #expect(trajectories[0].map(\.iteration) == trajectories[1].map(\.iteration))
    #expect(trajectories[0].map(\.result) == trajectories[1].map(\.result))
    #expect(try observations(resumed.id) == observations(whole.id))
  }

  @Test("Steps of one call are written together, and a step that comes twice replaces itself")
  func several() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let training = try store.beginTraining(try description(seed: 1))
    try training.append([step(1), step(2)])
    try training.append([StoredStep(iteration: 2, loss: 7)])
    #expect(try store.steps(ofRun: training.id) == [step(1), StoredStep(iteration: 2, loss: 7)])
  }
}
