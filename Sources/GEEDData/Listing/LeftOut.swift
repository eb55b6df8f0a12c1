// SPDX-License-Identifier: MIT

/// The files and folders that are left out, counted by kind.
struct LeftOut: Sendable {
  /// A reason for leaving something out; the order is that of the notes.
  enum Kind: Hashable, Comparable, Sendable {
    /// A file of an unsupported format, recognized by its first bytes, such as "WebP".
    case format(String)
    /// A camera raw file, whose first page is a thumbnail.
    case raw
    /// A file with this extension whose bytes are not recognized.
    case ending(String)
    /// A file without an extension that is not an image.
    case unknown
    case empty
    case unreadable
    case repeatedFile
    case repeatedName
    case brokenLink
    case circularLink
    case archivedLink
    case unsafeName
    case special
    case hiddenFile
    case hiddenFolder
    case unreadableFolder
    case repeatedFolder
    /// An image in a folder below the class folders.
    case deeperImage
    /// An image outside the parts `train`, `val` and `test`.
    case imageBesideParts
    case emptyClass

    /// The noun in the singular and the plural.
    var nouns: (one: String, several: String) {
      switch self {
      case .format(let name): ("\(name) file", "\(name) files")
      case .raw: ("camera raw file", "camera raw files")
      case .ending(let text): (".\(text) file", ".\(text) files")
      case .unknown: ("file that is no image", "files that are no images")
      case .empty: ("empty file", "empty files")
      case .unreadable: ("unreadable image", "unreadable images")
      case .repeatedFile:
        ("further link to an image that counts once", "further links to images that count once")
      case .repeatedName: ("file of a name that came before", "files of names that came before")
      case .brokenLink: ("link that leads nowhere", "links that lead nowhere")
      case .circularLink: ("link that leads in a circle", "links that lead in a circle")
      case .archivedLink: ("link in the archive", "links in the archive")
      case .unsafeName:
        ("file whose name leads out of the archive", "files whose names lead out of the archive")
      case .special: ("pipe, socket or device", "pipes, sockets and devices")
      case .hiddenFile: ("hidden file", "hidden files")
      case .hiddenFolder: ("hidden folder", "hidden folders")
      case .unreadableFolder: ("unreadable folder", "unreadable folders")
      case .repeatedFolder:
        ("link to a folder that counts once", "links to folders that count once")
      case .deeperImage:
        ("image in a folder below the class folders", "images in folders below the class folders")
      case .imageBesideParts: ("image beside the parts", "images beside the parts")
      case .emptyClass: ("class folder without images", "class folders without images")
      }
    }
  }

  private struct Group {
    var count = 0
    var names: [String] = []
  }

  private var groups: [Kind: Group] = [:]

  /// Counts an item; the first three of a kind are named in its note.
  mutating func add(_ kind: Kind, _ name: String) {
    groups[kind, default: Group()].count += 1
    if groups[kind, default: Group()].count <= 3 { groups[kind]?.names.append(name) }
  }

  /// A sentence for each kind, with the number of items and the first names.
  var notes: [String] {
    groups.sorted { $0.key < $1.key }.map { kind, group in
      let noun = group.count == 1 ? kind.nouns.one : kind.nouns.several
      let verb =
        kind == .emptyClass
        ? (group.count == 1 ? "keeps its number" : "keep their numbers")
        : (group.count == 1 ? "is left out" : "are left out")
      let rest = group.count > group.names.count ? ", …" : ""
      return "\(group.count) \(noun) \(verb): \(group.names.joined(separator: ", "))\(rest)."
    }
  }
}
