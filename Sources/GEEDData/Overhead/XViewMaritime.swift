// SPDX-License-Identifier: MIT
// D. Lam et al., xView: objects in context in overhead imagery, 2018.

import GEED

/// xView Maritime: the nine kinds of ships among the objects of xView, one chip for each (§ 4.3 of
/// the paper).
///
/// xView has ten types for ships: one for ships in general ("Maritime Vessel", number 40), used if
/// none of the others fits or the kind cannot be determined, and nine kinds. The nine kinds are the
/// classes here, because the general type overlaps all of them. xView publishes the labels of its
/// training scenes only, so both splits come from these, and no scene is in both.
package enum XViewMaritime {
  /// The numbers of the nine types in xView, with their names, in the order of the labels.
  package static let types: [(number: Int, name: String)] = [
    (41, "Motorboat"), (42, "Sailboat"), (44, "Tugboat"), (45, "Barge"), (47, "Fishing Vessel"),
    (49, "Ferry"), (50, "Yacht"), (51, "Container Ship"), (52, "Oil Tanker"),
  ]

  /// Opens the chips of the ships; four scenes in five, chosen by their names, are for training.
  ///
  /// Without other folders, the scenes are in `train_images` beside the labels or with them, and the
  /// cache is `$XDG_CACHE_HOME/geed` or `~/.cache/geed`.
  package static func open(
    labels: String, scenes: String? = nil, settings: ChipSettings = ChipSettings(),
    split: DataSplit, cache: String? = nil, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) -> ChipDataset {
    let own = folder(of: labels)
    let published = "\(own)/train_images"
    return try ChipDataset(
      labels: SceneLabels(xView: labels, types: types),
      scenes: scenes ?? (Folder.isFolder(published) == true ? published : own),
      settings: settings, split: split, cache: cache ?? ChipCache.defaultFolder,
      preprocessing: preprocessing, named: "xview-maritime")
  }
}
