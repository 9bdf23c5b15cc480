"""A generator as a graph for fast inference: layer plan, ONNX graphs, strips. Keras is the other engine."""
