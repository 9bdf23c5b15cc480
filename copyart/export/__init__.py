"""Export styles to other runtimes. Each export is compared with the original model."""

from copyart.lazy_names import lazy_names

_HOMES = {
    "ExportReport": "report",
    "TorchReport": "report",
    "litert": "litert_export",
    "next_version": "tensorflow_saved_model",
    "onnx": "onnx_export",
    "saved_model": "tensorflow_saved_model",
    "torch_weights": "torch_export",
    "web": "web_export",
}

__all__ = sorted(_HOMES)
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
