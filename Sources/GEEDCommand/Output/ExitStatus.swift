// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx
import GEEDStore

#if Torch
import GEEDModels
import GEEDTorch
#endif

/// The exit statuses of the tool, by the conventions of sysexits.
enum ExitStatus: Int32 {
  case checkFailed = 1
  case usage = 64
  case badData = 65
  case missingInput = 66
  case internalError = 70
  case notWritten = 74
  case interrupted = 130

  /// The status for an error of this package; `nil` for errors that the parser reports.
  init?(of error: any Error) {
    switch error {
    case let error as DataError:
      self = error.isUnavailable ? .missingInput : error.isUnwritten ? .notWritten : .badData
    case let error as DownloadError: self = error.isUnavailable ? .missingInput : .badData
    case let error as OnnxGraphError: self = error.isMissing ? .missingInput : .badData
    case let error as OnnxModelError: self = error.isUsage ? .usage : .badData
    case let error as MeasurementError: self = error.isUsage ? .usage : .badData
    case is ActionError, is OnnxControlError, is ShapeError: self = .badData
    case is RunMismatch, is UnmatchedLimit: self = .badData
    case is OnnxLoadError: self = .missingInput
    case let error as OnnxError: self = error.isFaultOfModel ? .badData : .internalError
    case is UsageError, is FieldError, is MaskError, is ProbeError: self = .usage
    case let error as StoreError: self = ExitStatus(error)
    case is MergeError, is UnfinishedRun, is ChangedExamples: self = .badData
    case is Interruption.NothingMeasured, is Interruption.NothingWritten: self = .interrupted
    default:
      #if Torch
      guard let status = ExitStatus(ofTraining: error) else { return nil }
      self = status
      #else
      return nil
      #endif
    }
  }
}

#if Torch
extension ExitStatus {
  /// The status of an error that occurs only in training.
  fileprivate init?(ofTraining error: any Error) {
    switch error {
    case let error as WeightsError:
      self = error.isUnavailable ? .missingInput : error.isUnwritten ? .notWritten : .badData
    case let error as TrainingError: self = error.isUsage ? .usage : .badData
    case is UnsuitableSettings: self = .usage
    case let error as DistributedError: self = error.isUsage ? .usage : .internalError
    case is OptimizerStateMismatch: self = .badData
    case OnnxWriteError.unwritable: self = .notWritten
    case is OnnxWriteError, is TorchError: self = .internalError
    default: return nil
    }
  }
}

extension WeightsError {
  /// Whether a file does not exist or cannot be read.
  fileprivate var isUnavailable: Bool {
    if case .system(_, "open", _) = self { true } else { false }
  }

  /// Whether a file could not be written.
  fileprivate var isUnwritten: Bool {
    if case .system(_, "write", _) = self { true } else { false }
  }
}

extension DistributedError {
  /// Whether other environment variables would fix it.
  fileprivate var isUsage: Bool {
    switch self {
    case .missingVariable, .invalidVariable: true
    default: false
    }
  }
}

extension TrainingError {
  /// Whether other settings would fix it.
  fileprivate var isUsage: Bool {
    switch self {
    case .otherSettings, .otherLength, .diverged: true
    case .unlabeled, .labelOutOfRange, .noCheckpoint: false
    }
  }
}
#endif

extension DataError {
  /// Whether a file or folder does not exist or cannot be read.
  fileprivate var isUnavailable: Bool {
    if case .system(_, let operation, _) = self {
      ["open", "list"].contains(operation)
    } else {
      isMissing
    }
  }

  /// Whether a file or folder could not be written.
  fileprivate var isUnwritten: Bool {
    if case .system(_, let operation, _) = self {
      operation.hasPrefix("write") || ["remove", "make the folder"].contains(operation)
    } else {
      false
    }
  }
}

extension ExitStatus {
  private init(_ error: StoreError) {
    switch error {
    case .missing, .locked, .takenOver, .changed: self = .missingInput
    case .noRun: self = .usage
    case .foreign, .newer, .damaged, .corrupt, .wrongValue, .checksum, .unchecked, .noExample:
      self = .badData
    case .failed(_, let operation, _): self = operation == "open" ? .missingInput : .internalError
    case .unwritable: self = .notWritten
    }
  }
}

extension OnnxGraphError {
  fileprivate var isMissing: Bool {
    switch self {
    case .unreadable: true
    case .malformed: false
    case .weights(_, _, _, let isMissing): isMissing
    }
  }
}

extension MeasurementError {
  /// Whether other options would fix it.
  fileprivate var isUsage: Bool {
    switch self {
    case .noGroup, .layout, .channelAxes: true
    default: false
    }
  }
}

extension OnnxModelError {
  /// Whether other options would fix it.
  fileprivate var isUsage: Bool {
    switch self {
    case .unknownTensor, .severalInputs, .unknownInput, .providerMissing: true
    case .quantized, .unknownPixels, .outsideRange, .roundedAway: true
    case .noScores, .noFeatureMap: false
    case .noTensors, .noInput, .unsupportedType, .shapeMismatch, .notBatched: false
    case .notDeterministic, .random, .mixesExamples, .rowsAreBoxes, .tooLarge: false
    }
  }
}
