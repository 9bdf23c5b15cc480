"""Engines that run a generator: ONNX Runtime, which paints large photos strip by strip, and Keras."""
