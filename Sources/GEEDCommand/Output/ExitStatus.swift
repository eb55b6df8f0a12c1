// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx
import GEEDProgram
import GEEDReport
import GEEDStore

/// The exit statuses of the tool, by the conventions of sysexits.
package enum ExitStatus: Int32 {
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
    case is Interruption.Stop: self = .interrupted

    // Other arguments would fix it.
    case is UsageError, is FieldError, is MaskError, is ProbeError, is OutputActionError,
      StoreError.noRun,
      MeasurementError.noGroup, MeasurementError.noGrid, MeasurementError.layout,
      MeasurementError.channelAxes,
      OnnxModelError.unknownTensor, OnnxModelError.noTensor, OnnxModelError.text,
      OnnxModelError.noQuantities, OnnxModelError.severalInputs,
      OnnxModelError.unknownInput,
      OnnxModelError.providerMissing, OnnxModelError.arithmeticMissing,
      OnnxModelError.providerUnused, OnnxModelError.quantized, OnnxModelError.unknownPixels,
      OnnxModelError.outsideRange, OnnxModelError.roundedAway:
      self = .usage

    // A file, a server or a library does not exist or cannot be read now.
    case DataError.missing, DataError.system(_, "open", _), DataError.system(_, "list", _),
      DownloadError.refused, DownloadError.broken, DownloadError.stalled,
      OnnxGraphError.unreadable, OnnxGraphError.weights(_, _, _, true), is OnnxLoadError,
      is VegaBundleError, ChartConverterError.noInterpreter, ChartConverterError.noPackage,
      ChartConverterError.oldPackage,
      is MissingTorchPart, is OtherVersionOfTorchPart, StoreError.missing, StoreError.locked,
      StoreError.takenOver, StoreError.changed,
      StoreError.failed(_, "open", _):
      self = .missingInput

    // A file or folder could not be written, or something else failed.
    case DataError.system(_, let operation, _):
      let isWriting =
        operation.hasPrefix("write") || ["remove", "make the folder"].contains(operation)
      self = isWriting ? .notWritten : .badData
    case StoreError.unwritable: self = .notWritten

    case let error as ProgramError:
      self = error.isSyntax ? .usage : error.isNotStarted ? .missingInput : .badData

    case StoreError.failed, ChartConverterError.failed: self = .internalError
    case let error as OnnxError: self = error.isFaultOfModel ? .badData : .internalError

    case is DataError, is DownloadError, is OnnxGraphError, is OnnxModelError, is StoreError,
      is MeasurementError, is ActionError, is OnnxControlError, is ShapeError, is RunMismatch,
      is UnmatchedLimit, is MergeError, is UnfinishedRun, is ChangedExamples, is UnknownInput:
      self = .badData
    default:
      guard let status = TorchPart.installed?.status(error) else { return nil }
      self = status
    }
  }
}
