"""Give TensorFlow two logical CPU devices."""

from tests import two_devices  # noqa: F401
