// SPDX-License-Identifier: MIT

import GEED

/// The images of a selection in their order, each with an optional class.
struct ImageArrangement {
  struct Entry: Sendable {
    let image: ImageListing.Entry
    let classIndex: Int?
  }

  let entries: [Entry]
  let classNames: [String]

  /// The number of leading folders that all images share.
  let depth: Int

  let leftOut: LeftOut

  /// The expected content, for the error if there are no images.
  let expected: String

  /// Makes a class of each folder of the selection, or none if the images are directly in it.
  init(ofClassFolders selection: ImageSelection) throws(DataError) {
    var leftOut = selection.leftOut
    let folders = selection.classFolders
    let places = Dictionary(zip(folders, folders.indices)) { first, _ in first }
    var flat: [Entry] = []
    var sorted: [Entry] = []
    var used: Set<FileName> = []
    for entry in selection.pool {
      let above = selection.folders(above: entry)
      used.formUnion(above.prefix(1))
      guard selection.contains(entry) else { continue }
      switch above.count {
      case 0: flat.append(Entry(image: entry, classIndex: nil))
      case 1: sorted.append(Entry(image: entry, classIndex: above.first.flatMap { places[$0] }))
      default: leftOut.add(.deeperImage, (Array(above) + [entry.name]).pathText)
      }
    }
    guard flat.isEmpty || sorted.isEmpty else {
      throw .unsuitable(
        path: selection.path, expected: "images either here or in class folders",
        found: "\(flat.count) here and \(sorted.count) in folders",
        fix: "move them or name a subfolder")
    }
    if !sorted.isEmpty {
      for name in folders where !used.contains(name) { leftOut.add(.emptyClass, name.text) }
    }
    entries = (flat + sorted).sorted {
      ($0.classIndex ?? 0, $0.image.name) < ($1.classIndex ?? 0, $1.image.name)
    }
    classNames = sorted.isEmpty ? [] : folders.map(\.text)
    depth = selection.depth
    self.leftOut = leftOut
    expected = "images (\(ImageFormat.names)) here or one folder down"
  }

  /// Makes a class of each folder that holds images, by its path below the folders that all share.
  init(ofTree selection: ImageSelection) {
    let all = selection.pool.map { ($0, Array(selection.folders(above: $0))) }
    let shared = sharedFolders(of: all.map(\.1)).count
    let sorted = all.map { (entry: $0, folders: $1, path: ($1 + [$0.name]).pathBytes) }
      .sorted { $0.path.lexicographicallyPrecedes($1.path) }
    var places: [String: Int] = [:]
    var entries: [Entry] = []
    for (entry, folders, _) in sorted {
      let name = Array(folders.dropFirst(shared)).pathText
      let place = places[name] ?? places.count
      places[name] = place
      if selection.contains(entry) { entries.append(Entry(image: entry, classIndex: place)) }
    }
    self.entries = entries
    classNames = places.sorted { $0.value < $1.value }.map(\.key)
    depth = selection.depth + shared
    leftOut = selection.leftOut
    expected = "images (\(ImageFormat.names))"
  }
}

/// Returns the leading folders that all paths share.
func sharedFolders(of paths: some Collection<[FileName]>) -> [FileName] {
  paths.dropFirst().reduce(paths.first ?? []) { shared, path in
    Array(shared.prefix(zip(shared, path).prefix { $0.0 == $0.1 }.count))
  }
}
