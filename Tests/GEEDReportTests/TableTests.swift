// SPDX-License-Identifier: MIT

import GEED
import GEEDReport
import Testing

@Suite struct TableTests {
  /// Six strings with two values become a dictionary; two of two do not.
  @Test func columnsAndDictionaries() {
    let many = Table(["a", "b", "a", "a", "b", "a"], ["name": { .string($0) }])
    #expect(many.json == ["name": ["dictionary": ["a", "b"], "index": [0, 1, 0, 0, 1, 0]]])
    let few = Table(["a", "b"], ["name": { .string($0) }])
    #expect(few.json == ["name": ["a", "b"]])
  }

  @Test func numbersHaveSixDigits() {
    let table = Table([1.0 / 3, 1e-9 / 3, 123_456_789, .nan], ["value": { JSON($0) }])
    #expect(table.json == ["value": [0.333333, 3.33333e-10, 123_456_789, nil]])
  }

  @Test func missingStringsAreNull() {
    let table = Table(["a", nil, "a", "a"], ["name": { JSON($0) }])
    #expect(table.json == ["name": ["a", nil, "a", "a"]])
  }

  /// By hand: element 2 has the observations 0.4 and 0.8, with quartiles 0.5 and 0.7.
  @Test func observationsBecomeColumns() throws {
    let page = ReportPage(ReportContent(measurements: [smallMeasurement()]))
    let orbits = try #require(page.tables["orbits"]).columns
    #expect(orbits["value"] == [0, 0.3, 0.6, 0.3])
    #expect(orbits["low"] == [0, 0.25, 0.5, 0.25])
    #expect(orbits["high"] == [0, 0.35, 0.7, 0.35])
    #expect(orbits["upper"] == [0.8, 0.8, 0.8, 0.8])
    let elements = try #require(page.tables["elements"]).columns
    #expect(elements["angle"] == [0, 90, 180, 270])
    #expect(elements["kind"] == ["rotation", "rotation", "rotation", "rotation"])
    let examples = try #require(page.tables["examples"]).columns
    #expect(examples["name"] == ["a.png", "b.png"])
    let observations = try #require(page.tables["observations"]).columns
    #expect(observations["example"] == [0, 0, 0, 0, 1, 1, 1, 1])
    #expect(observations["value"] == [0, 0.2, 0.4, 0.2, 0, 0.4, 0.8, 0.4])
    #expect(page.primaryProbe == 0)
  }

  @Test(
    "Groups without angles have none",
    arguments: ["flip", "C2", "T4x4", "scale:0.5-1:4", "my-group"])
  func groupsWithoutAngles(group: String) throws {
    var measurement = smallMeasurement()
    measurement.group = group
    let page = ReportPage(ReportContent(measurements: [measurement]))
    #expect(try #require(page.tables["elements"]).columns["angle"] == [nil, nil, nil, nil])
    let orbit = try #require(page.charts.first { $0.name == "orbit" })
    #expect(orbit.specification["width"] == "container")
  }

  @Test func reflectionsHaveTheAngleOfTheRotation() throws {
    let page = ReportPage(ReportContent(measurements: [try largeMeasurement()]))
    let elements = try #require(page.tables["elements"]).columns
    #expect(elements["angle"] == [0, 90, 180, 270, 0, 90, 180, 270])
    #expect(elements["kind"]?.last == "reflection")
  }

  /// Of 40 examples with 4 observations each, a page of 48 observations holds the orbits of 12 or
  /// more, with the extreme ones.
  @Test func manyObservationsAreLimited() throws {
    var measurement = smallMeasurement()
    let values = (0..<40).map { Double($0) / 40 }
    measurement.results = [
      result(
        .softmax, "logits", perElement: [0, 0.1, 0.2, 0.3], perExample: values,
        elementNames: FiniteGroup.cyclic(4).elementNames)
    ]
    measurement.observations.probes = Array(repeating: 0, count: 160)
    measurement.observations.examples = (0..<160).map { 10 + $0 / 4 }
    measurement.observations.elements = (0..<160).map { $0 % 4 }
    measurement.observations.values = (0..<160).map { values[$0 / 4] }
    let content = ReportContent(measurements: [measurement])
    let page = ReportPage(content, observationLimit: 48)
    let kept = try #require(page.tables["observations"])
    #expect(kept.count < 100)
    #expect(kept.count.isMultiple(of: 4))
    let choices = try #require(page.tables["perExample"]?.columns["choice"])
    #expect(choices.count == 40)
    #expect(choices.first == 0)
    #expect(choices.last == 39)
    #expect(choices.filter { $0 != -1 }.count == kept.count / 4)
    let text = page.html(VegaBundle(script: ""))
    #expect(text.contains("There are 160 observations, more than the 48 that a page holds."))
    #expect(!ReportPage(content).html(VegaBundle(script: "")).contains("more than the"))
    // The quartiles are those of all observations.
    #expect(page.tables["orbits"] == ReportPage(content).tables["orbits"])
  }

  /// 1000 deviations from 0 to 1: 36 intervals of equal width, those at the ends half as full.
  @Test func manyExamplesAreCounted() throws {
    var measurement = smallMeasurement()
    measurement.observations = ReportedObservations()
    measurement.results = [
      result(
        .softmax, "logits", perElement: [0, 0.1, 0.2, 0.3],
        perExample: (0..<1000).map { Double($0) / 999 },
        elementNames: FiniteGroup.cyclic(4).elementNames)
    ]
    let page = ReportPage(ReportContent(measurements: [measurement]))
    let bins = try #require(page.tables["bins"]).columns
    let counts = try #require(bins["count"]).compactMap(\.number)
    #expect(counts.count == 36)
    #expect(counts.reduce(0, +) == 1000)
    #expect(counts.first == 15)
    #expect(counts[1...34].allSatisfy { abs($0 - 28.5) <= 1 })
    let examples = try #require(page.tables["perExample"]).columns["value"]?.compactMap(\.number)
    #expect(examples?.first == 0)
    #expect(examples?.last == 1)
    #expect((examples?.count ?? 0) < 500)
    let distribution = try #require(page.charts.first { $0.name == "distribution" })
    #expect(distribution.specification == Chart.histogram())
    #expect(
      page.html(VegaBundle(script: "")).contains(
        "There are 1,000 examples, more than the 400 that a page shows one by one."))
  }
}
