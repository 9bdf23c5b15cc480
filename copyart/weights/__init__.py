"""Import the weights of other projects as Keras networks and styles."""

from copyart.lazy_names import lazy_names

_HOMES = {
    "ConversionReport": "conversion",
    "convert_weights": "conversion",
    "download_style": "paper_styles",
    "import_keras": "keras_import",
    "import_network": "network_files",
    "import_torch": "torch_import",
}

__all__ = sorted(_HOMES)
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
