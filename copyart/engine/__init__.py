"""Run a generator fast: as ONNX graphs in ONNX Runtime, with large photos in strips. Keras is the other engine."""
