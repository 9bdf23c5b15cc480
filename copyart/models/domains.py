"""Photos and art in what Keras hands to a step."""


def domains(data):
    """Find photos and art in what `fit`, or `train_on_batch`, hands over."""
    if isinstance(data[0], (tuple, list)):
        data = data[0]
    return data[0], data[1]
