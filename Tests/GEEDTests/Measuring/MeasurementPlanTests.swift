// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct MeasurementPlanTests {
  private func coded<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(value))
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private var plan: MeasurementPlan {
    get throws {
      let fields = FieldNotation("regular*2+trivial:group-major")
      #expect(fields != nil)
      var plan = MeasurementPlan(
        group: .cyclic(4),
        probes: [
          PlannedProbe(.channelwise, tensor: "maps", fields: fields, layout: .nhwc),
          PlannedProbe(.softmax, tensor: "logits", scores: .bernoulli, isPerPixel: true),
        ])
      plan.exampleCount = nil
      plan.interpolation = .bicubic
      plan.mask = .disc
      plan.precision = 0.05
      plan.controls = [.noise]
      return plan
    }
  }

  @Test("A plan is the same after a round trip through JSON")
  func roundTrip() throws {
    let plan = try plan
    #expect(try coded(plan) == plan)
    #expect(try json(plan).contains(#""exampleCount":null"#))
    #expect(try json(plan).contains(#""group":"C4""#))
    #expect(
      try json(plan).contains(#""fields":"regular*2+trivial:group-major""#))
  }

  @Test("What a plan leaves out has its default, and null means all examples")
  func defaults() throws {
    func plan(_ rest: String) throws -> MeasurementPlan {
      let text = #"{"group":"C4","probes":[]\#(rest)}"#
      return try JSONDecoder().decode(MeasurementPlan.self, from: Data(text.utf8))
    }
    #expect(try plan("") == MeasurementPlan(group: .cyclic(4), probes: []))
    let all = try plan(#","exampleCount":null,"seed":3"#)
    #expect(all.exampleCount == nil && all.scaleExampleCount == 200 && all.seed == 3)
  }

  @Test("Scores of labels and of pixels are for softmax probes only")
  func noSoftmax() throws {
    for probe in [
      PlannedProbe(.latent, tensor: "x", scores: .bernoulli),
      PlannedProbe(.channelwise, tensor: "x", isPerPixel: true),
    ] {
      #expect(throws: ProbeError.noSoftmax(probe.metric, tensor: "x")) {
        try probe.probe(
          of: .cyclic(4), under: ImageAction.rotations(4), imageShape: [1, 4, 4])
      }
    }
  }

  @Test("A plan measures what the measurement of the same settings does")
  func measurement() throws {
    let expected = sampleMeasurement(under: ImageAction.rotations(4))
    var plan = MeasurementPlan(
      group: .cyclic(4),
      probes: expected.probes.map { PlannedProbe($0.metric, tensor: $0.tensor) })
    plan.exampleCount = expected.exampleCount
    plan.scaleExampleCount = expected.scaleExampleCount
    plan.seed = expected.seed
    plan.batchSize = expected.batchSize
    let measured = try plan.measurement(of: expected.model, on: expected.dataset).run()
    #expect(measured == (try expected.run()))
  }

  @Test("Masks that fit neither the examples nor the probes are refused")
  func masks() throws {
    let model = ClosureModel(output: "y") { $0 }
    var plan = MeasurementPlan(
      group: .cyclic(2),
      probes: [PlannedProbe(.softmax, tensor: "y", isPerPixel: true)])
    plan.mask = .disc
    #expect(throws: MaskError.maskedPixels(.disc, tensor: "y")) {
      try plan.measurement(of: model, on: pictures(2))
    }
    plan.probes = [PlannedProbe(.latent, tensor: "y")]
    #expect(throws: MaskError.maskedVectors(.disc, shape: [5])) {
      try plan.measurement(
        of: model, on: ArrayDataset([Tensor(repeating: 1, shape: [5])]))
    }
  }

  @Test(
    "Fields need a finite group, and a quotient a subgroup", arguments: ["quotient:3", "regular"])
  func fields(text: String) throws {
    let fields = try #require(FieldNotation(text))
    let blur = ImageTransformations(.blur, from: 0, to: 1, count: 2)
    #expect(
      throws: FieldError.noGroup(fields: fields, transformations: "blur:0-1:2")
    ) { try fields.action(over: blur) }
    if text == "regular" {
      #expect(try fields.fields(of: .cyclic(4)) == ChannelFields(.regular))
    } else {
      #expect(
        throws: FieldError.noQuotient(fields: fields, rotationCount: 3, group: "C4")
      ) { try fields.fields(of: .cyclic(4)) }
    }
  }

  @Test(
    "Texts that are no fields are refused",
    arguments: ["", "regular*0", "regular*", "quotient", "regular+", "irregular", "regular:2"])
  func noFields(text: String) {
    #expect(FieldNotation(text) == nil)
  }

  @Test("An unknown group in JSON is an error that names it")
  func unknownGroup() throws {
    let text = #"{"group":"C0"}"#
    struct Named: Decodable { let group: GroupName }
    #expect {
      try JSONDecoder().decode(Named.self, from: Data(text.utf8))
    } throws: { "\($0)".contains("expected C8, D4 or the like, but got 'C0'") }
  }

  @Test("Names of groups are those of their spellings", arguments: [1, 8, 4096])
  func names(order: Int) throws {
    #expect(GroupName.cyclic(order) == GroupName("C\(order)"))
    let count = (order + 1) / 2
    #expect(GroupName.dihedral(rotationCount: count) == GroupName("D\(count)"))
  }
}

@Suite struct ProbeResultCodingTests {
  private func json(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return try encoder.encode(value)
  }

  @Test("A result that is read from JSON is written as it was", arguments: RecordedKind.allCases)
  func roundTrip(kind: RecordedKind) throws {
    for result in try kind.measurement().run().results {
      let bytes = try json(result)
      let read = try JSONDecoder().decode(ProbeResult.self, from: bytes)
      #expect(try json(read) == bytes)
      #expect(read.statistic == result.statistic)
      #expect(read.range == result.range)
      #expect(read.perElement == result.perElement)
      #expect(read.notes.texts == result.notes.texts)
    }
  }

  @Test("A result of few fields, as of an older version, has no other numbers")
  func few() throws {
    let text = #"{"metric":"latent","tensor":"f","exampleCount":3,"notes":["Old."],"value":0.5}"#
    let result = try JSONDecoder().decode(ProbeResult.self, from: Data(text.utf8))
    #expect(result.value == 0.5 && result.notes == [.text("Old.")])
    #expect(result.statistic == nil && result.range == nil && result.perExample.isEmpty)
  }

  @Test("A value without examples is refused, and results without either are read")
  func noExamples() throws {
    func read(_ field: String) throws -> ProbeResult {
      let text = #"{"metric":"latent","tensor":"f","exampleCount":0,"notes":[]\#(field)}"#
      return try JSONDecoder().decode(ProbeResult.self, from: Data(text.utf8))
    }
    #expect(try read("").value == nil)
    #expect(throws: DecodingError.self) { try read(#","value":0"#) }
  }

  @Test(
    "Ranges and intervals that are none, and errors without degrees of freedom, are refused",
    arguments: [
      #""range":[1,0]"#, #""range":[0]"#, #""range":[0,null,1]"#, #""range":[-1e308,1e308]"#,
      #""confidenceInterval":[2,1]"#, #""confidenceInterval":[0,1,2]"#,
      #""confidenceInterval":[0,null]"#, #""confidenceInterval":[0,1e999]"#,
      #""scaleConfidenceInterval":[1]"#, #""degreesOfFreedom":0"#, #""degreesOfFreedom":-1"#,
    ])
  func damaged(field: String) {
    let text = #"{"metric":"latent","tensor":"f","exampleCount":3,"notes":[],\#(field)}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ProbeResult.self, from: Data(text.utf8))
    }
  }
}
