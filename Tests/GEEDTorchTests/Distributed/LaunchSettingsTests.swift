// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

@Suite struct LaunchSettingsTests {
  @Test("Where no launcher says anything, or of one process, this process is the only one")
  func alone() throws {
    #expect(try LaunchSettings(environment: [:]) == nil)
    #expect(try LaunchSettings(environment: ["MASTER_ADDR": "a", "LOCAL_RANK": "1"]) == nil)
    #expect(try LaunchSettings(environment: ["RANK": "0", "WORLD_SIZE": "1"]) == nil)
    #expect(try LaunchSettings(environment: ["SLURM_PROCID": "0", "SLURM_NTASKS": "1"]) == nil)
    #expect(try LaunchSettings(environment: ["RANK": "", "WORLD_SIZE": ""]) == nil)
  }

  @Test func torchrun() throws {
    let variables = [
      "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "MASTER_ADDR": "node0",
      "MASTER_PORT": "4321", "TORCHELASTIC_USE_AGENT_STORE": "True",
      "TORCHELASTIC_RESTART_COUNT": "2",
    ]
    #expect(
      try LaunchSettings(environment: variables)
        == LaunchSettings(
          rank: 5, size: 8, localRank: 1, address: "node0", port: 4321, isHostedByLauncher: true,
          attempt: 2))
  }

  @Test("Without a local rank and a port there are the usual ones")
  func defaults() throws {
    let variables = ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "10.0.0.1"]
    #expect(
      try LaunchSettings(environment: variables)
        == LaunchSettings(rank: 1, size: 2, localRank: 0, address: "10.0.0.1", port: 29500))
  }

  /// As srun sets them: task 3 of 4, the second of its machine.
  static let slurm = [
    "SLURM_JOB_ID": "1234567", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4",
    "SLURM_NTASKS": "8", "SLURM_PROCID": "3", "SLURM_LOCALID": "1",
    "SLURM_LAUNCH_NODE_IPADDR": "10.1.2.3",
  ]

  @Test("A step of Slurm meets at a port that its job number gives")
  func slurmStep() throws {
    #expect(
      try LaunchSettings(environment: Self.slurm)
        == LaunchSettings(rank: 3, size: 4, localRank: 1, address: "10.1.2.3", port: 24567))
  }

  @Test("MASTER_ADDR and MASTER_PORT come before what Slurm says")
  func slurmWithAddress() throws {
    let variables = Self.slurm.merging(["MASTER_ADDR": "node7", "MASTER_PORT": "99"]) { $1 }
    let launch = try #require(try LaunchSettings(environment: variables))
    #expect(launch.address == "node7" && launch.port == 99)
  }

  @Test("The least that says which task of Slurm this is")
  func slurmAtLeast() throws {
    let variables = [
      "SLURM_PROCID": "1", "SLURM_NTASKS": "2", "SLURM_LAUNCH_NODE_IPADDR": "10.1.2.3",
    ]
    #expect(
      try LaunchSettings(environment: variables)
        == LaunchSettings(rank: 1, size: 2, address: "10.1.2.3", port: 29500))
  }

  @Test("A batch script runs once, however many tasks its job may have")
  func slurmBatchScript() throws {
    let variables = [
      "SLURM_JOB_ID": "200505", "SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_LOCALID": "0",
    ]
    #expect(try LaunchSettings(environment: variables) == nil)
  }

  @Test("torchrun in a step of Slurm decides")
  func torchrunInSlurm() throws {
    let torchrun = ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "a"]
    let variables = Self.slurm.merging(torchrun) { $1 }
    let launch = try #require(try LaunchSettings(environment: variables))
    #expect(launch.rank == 1 && launch.size == 2 && launch.address == "a" && launch.port == 29500)
  }

  @Test(
    "A variable that is missing is named, with the one that asks for it",
    arguments: [
      (["RANK": "0"], "WORLD_SIZE", "RANK"),
      (["WORLD_SIZE": "2"], "RANK", "WORLD_SIZE"),
      (["RANK": "0", "WORLD_SIZE": "2"], "MASTER_ADDR", "RANK"),
      (["SLURM_PROCID": "0"], "SLURM_NTASKS", "SLURM_PROCID"),
      (["SLURM_PROCID": "0", "SLURM_NTASKS": "2"], "SLURM_LAUNCH_NODE_IPADDR", "SLURM_PROCID"),
    ])
  func missing(variables: [String: String], name: String, other: String) {
    let error = DistributedError.missingVariable(name, besides: other)
    #expect(throws: error) { try LaunchSettings(environment: variables) }
    #expect("\(error)" == "The environment variable \(name) is not set, but \(other) is.")
  }

  @Test(
    "A variable that makes no sense is named, with its value",
    arguments: [
      ("RANK", "2", "a whole number from 0 to 1"), ("RANK", "-1", "a whole number from 0 to 1"),
      ("RANK", "first", "a whole number from 0 to 1"),
      ("WORLD_SIZE", "0", "a whole number from 1 to 1000000"),
      ("LOCAL_RANK", "x", "a whole number from 0 to 1000000"),
      ("MASTER_PORT", "70000", "a whole number from 1 to 65535"),
    ])
  func invalid(name: String, value: String, expected: String) {
    var variables = ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "a"]
    variables[name] = value
    let error = DistributedError.invalidVariable(name, value: value, expected: expected)
    #expect(throws: error) { try LaunchSettings(environment: variables) }
    #expect(
      "\(error)"
        == "Expected the environment variable \(name) to be \(expected), but it is '\(value)'.")
  }
}
#endif
