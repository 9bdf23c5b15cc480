"""Give TensorFlow two logical CPU devices, before anything uses it: for `conftest.py` of the folders that need it."""

import tensorflow as tf

tf.get_logger().setLevel("ERROR")
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
