// SPDX-License-Identifier: MIT

// Each SHA-256 was computed from a file that is the published one: its MD5 is that of the publisher
// or of torchvision's table, or it is a file of the publisher's own git repository. If no such file
// was available, the published checksum is used: the MD5, or the name in the repository. Sizes are
// those of the table that TensorFlow Datasets publishes, or of the available files.
extension PublicDataset {
  static let all = [
    mnist, fashionMNIST, kmnist, emnist, cifar10, omniglot, smallOmniglot, notMNIST,
  ]

  private static let mnist = PublicDataset(
    name: "mnist", license: "none stated; widely used for research",
    files: files(
      at: "https://ossci-datasets.s3.amazonaws.com/mnist",
      [
        ("train-images-idx3-ubyte.gz", .md5("f68b3c2dcbeaaa9fbdd348bbdeb94873"), 9_912_422),
        ("train-labels-idx1-ubyte.gz", .md5("d53e105ee54ea40749a09fcbcd1e9432"), 28_881),
        (
          "t10k-images-idx3-ubyte.gz",
          .sha256("8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"), 1_648_877
        ),
        (
          "t10k-labels-idx1-ubyte.gz",
          .sha256("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"), 4_542
        ),
      ]))

  private static let fashionMNIST = PublicDataset(
    name: "fashion-mnist", license: "MIT",
    files: files(
      at: "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
        + "b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion",
      [
        ("train-images-idx3-ubyte.gz", .md5("8d4fb7e6c68d591d4c3dfef9ec88bf0d"), 26_421_880),
        (
          "train-labels-idx1-ubyte.gz",
          .sha256("a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"), 29_515
        ),
        (
          "t10k-images-idx3-ubyte.gz",
          .sha256("346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"), 4_422_102
        ),
        (
          "t10k-labels-idx1-ubyte.gz",
          .sha256("67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"), 5_148
        ),
      ]))

  private static let kmnist = PublicDataset(
    name: "kmnist", license: "CC BY-SA 4.0, ROIS-CODH",
    files: files(
      at: "http://codh.rois.ac.jp/kmnist/dataset/kmnist",
      [
        ("train-images-idx3-ubyte.gz", .md5("bdb82020997e1d708af4cf47b453dcf7"), 18_165_135),
        ("train-labels-idx1-ubyte.gz", .md5("e144d726b3acfaa3e44228e80efcd344"), 29_497),
        ("t10k-images-idx3-ubyte.gz", .md5("5c965bf0a639b31b8f53240b1b52f4d7"), 3_041_136),
        ("t10k-labels-idx1-ubyte.gz", .md5("7320c461ea6c1c855c0b718fb2a4b134"), 5_120),
      ]))

  private static let emnist = PublicDataset(
    name: "emnist", license: "public domain (NIST Special Database 19)",
    files: files(
      at: "https://biometrics.nist.gov/cs_links/EMNIST",
      [("gzip.zip", .md5("58c8d27c78d21e728a6bc7b3cc06412e"), nil)]),
    unpackedSuffix: "-ubyte.gz", location: "emnist-letters")

  private static let cifar10 = PublicDataset(
    name: "cifar10", license: "none stated; widely used for research",
    files: files(
      at: "https://www.cs.toronto.edu/~kriz",
      [("cifar-10-binary.tar.gz", .md5("c32a1d4ab5d03f1284b67883e8d87530"), 170_052_171)]),
    unpackedSuffix: ".bin")

  private static let omniglotAddress =
    "https://raw.githubusercontent.com/brendenlake/omniglot/"
    + "057f034baf2ecb8530bc5710e5a23584d2a519cc/python"

  private static let omniglot = PublicDataset(
    name: "omniglot", license: "MIT",
    files: files(
      at: omniglotAddress,
      [
        ("images_background.zip", .md5("68d2efa1b9178cc56df9314c21c6e718"), 9_464_212),
        ("images_evaluation.zip", .md5("6b91aef0f799c5bb55b94e3f2daec811"), 6_462_886),
      ]),
    location: "images_evaluation.zip")

  private static let smallOmniglot = PublicDataset(
    name: "omniglot-small", license: "MIT",
    files: files(
      at: omniglotAddress,
      [
        (
          "images_background_small1.zip",
          .sha256("f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4"), 1_319_022
        ),
        (
          "images_background_small2.zip",
          .sha256("3ccaa407515a8778e5d0861875af38b17e418f301ad5bb3b5a6b65d901a41c7f"), 1_580_917
        ),
      ]),
    location: "images_background_small1.zip")

  private static let notMNIST = PublicDataset(
    name: "notmnist", license: "none stated; letters of public fonts, by Y. Bulatov",
    files: files(
      at: "https://raw.githubusercontent.com/davidflanagan/notMNIST-to-MNIST/"
        + "17823f4d4a3acd8317c07866702d2eb2ac79c7a0",
      [
        (
          "train-images-idx3-ubyte.gz", .gitBlob("6cf3076b36bafa7da1563b28bbe863fd78a008a8"), nil
        ),
        (
          "train-labels-idx1-ubyte.gz",
          .sha256("0db4c4ec5d019838a57f8c9dd764ada7dc3c73e6ccc93032c538c5845f332545"), nil
        ),
        (
          "t10k-images-idx3-ubyte.gz",
          .sha256("70ae9e06201f2827e5b0a3781a3169d735dd2efc69996b9eeaee7f10ed4044d7"), 3_172_375
        ),
        (
          "t10k-labels-idx1-ubyte.gz",
          .sha256("1fa03836e01c862542f8eb83463bb951bebec6fcb3efa28dad748c6b38a9021b"), 5_118
        ),
      ]))

  private static func files(
    at address: String, _ files: [(String, Checksum, Int?)]
  ) -> [File] {
    files.map { File(url: "\(address)/\($0)", checksum: $1, byteCount: $2) }
  }
}
