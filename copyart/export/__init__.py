"""Export a style to other runtimes. Each export is compared with the model that it came from."""

import importlib

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


def __getattr__(name):
    """Load a public name when it is first used: TensorFlow is slow to import (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *_HOMES})
