// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite(.serialized) struct ProcessGroupTests {
  /// Process 0 brings 1 and 10, process 1 brings 2 and 20; the sums are 3 and 30, and stay so as their
  /// mean. 40,000 + 40,000 would be infinite in half precision. The gradients are 1 and 2, whose mean is
  /// 1.5; 8 in one process alone, whose mean is 4; and none.
  @Test func exchangesByHand() async throws {
    let outcomes = try await Workers.run(["exchange"], count: 2)
    for outcome in outcomes {
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(
        outcome.output == [
          "sum [3.0, 30.0]", "integers [3]", "mean [3.0, 30.0] [40000.0]", "broadcast 2.0",
          "broadcast [2.0, 2.0, 2.0] true", "gradient [1.5, 1.5]", "gradient [4.0, 4.0]",
          "gradient []", "agrees true false", "agree true false", "anywhere false true",
          "second group true",
        ])
    }
  }

  @Test("If a process ends, the others learn it at once")
  func processEnds() async throws {
    let outcomes = try await Workers.run(["vanish"], count: 4)
    #expect(outcomes[3].status == 3)
    for (rank, outcome) in outcomes.prefix(3).enumerated() {
      #expect(outcome.status == 1)
      #expect(outcome.losses.count == 2)
      #expect(
        outcome.error.contains("error: Process \(rank) of 4 failed at averaging gradients: "))
      // Far less than the 60 seconds that they would wait for an answer.
      #expect(outcome.duration < 40)
    }
  }

  @Test("If a process stops answering, the others fail after the time that was given")
  func processStalls() async throws {
    let outcomes = try await Workers.run(["stall"], count: 2, timeout: 3)
    #expect(outcomes[0].status == 1)
    #expect(outcomes[0].error.contains("error: Process 0 of 2 failed at averaging gradients: "))
    #expect(outcomes[0].duration >= 3)
    #expect(outcomes[0].duration < outcomes[1].duration)
  }

  @Test("Who finds nobody says where, and for how long it looked")
  func nobodyListens() async throws {
    let port = try #require(freePort())
    let outcome = try #require(
      try await Workers.run(["train"], count: 2, joinTimeout: 1.5, ranks: [1], port: port).first)
    #expect(outcome.status == 1)
    #expect(
      outcome.error == """
        error: Process 1 of 2 found nobody to listen at 127.0.0.1:\(port) within 1.5 seconds; is \
        process 0 running there?

        """)
    #expect(outcome.duration >= 1.5)
  }

  @Test("A name that nobody knows counts as a host that is not there yet")
  func unknownHost() async throws {
    let outcome = try #require(
      try await Workers.run(
        ["train"], count: 2, joinTimeout: 1, ranks: [1], port: 29500, address: "nowhere.invalid"
      ).first)
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("found nobody to listen at nowhere.invalid:29500 within 1.0"))
  }

  @Test("The first process says that the others did not come")
  func othersDoNotCome() async throws {
    let port = try #require(freePort())
    let outcome = try #require(
      try await Workers.run(["train"], count: 3, joinTimeout: 1, ranks: [0], port: port).first)
    #expect(outcome.status == 1)
    #expect(
      outcome.error.contains(
        "Process 0 of 3 could not join the others at 127.0.0.1:\(port), with 1.0 seconds of time: ")
    )
    #expect(outcome.error.contains("1/3"))
  }

  @Test func backends() {
    #expect(ProcessGroup.Backend.gloo.isAvailable)
    #expect(ProcessGroup.Backend.preferred(for: .cpu) == .gloo)
    #expect(
      ProcessGroup.Backend.preferred(for: .cuda(0))
        == (ProcessGroup.Backend.nccl.isAvailable ? .nccl : .gloo))
  }
}
#endif
