"""Train on all GPUs of this machine, or on two logical CPU devices as a demonstration.

python examples/train_on_several_devices.py --pairs-per-device 4

`copyart train ... --devices all --batch-size N` does the same and can be resumed.
"""

import argparse

import keras
import tensorflow as tf

import copyart

parser = argparse.ArgumentParser()
parser.add_argument("--artist", help="artist from Kaggle; default: the bundled sample")
parser.add_argument("--size", type=int, default=128, help="side of the training crops")
parser.add_argument("--filters", type=int, default=64, help="channels of the networks")
parser.add_argument("--blocks", type=int, help="residual blocks; default: the paper's number")
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--pairs-per-device", type=int, default=1)
options = parser.parse_args()

if not tf.config.list_physical_devices("GPU"):  # before anything else uses TensorFlow
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], halves)
devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
# Collective operations between CPU devices of one process can conflict. GPUs use other operations.
reduction = None if devices[0].device_type == "GPU" else tf.distribute.ReductionToOneDevice()
strategy = tf.distribute.MirroredStrategy([device.name for device in devices], cross_device_ops=reduction)

# The losses are means over the whole batch, so the result does not depend on the number of devices.
batch = options.pairs_per_device * strategy.num_replicas_in_sync
data = copyart.load_data(
    options.artist, None if options.artist else "sample", image_size=options.size, batch_size=batch
)
with strategy.scope():
    sizes = {"filters": options.filters, "discriminator_filters": options.filters, "blocks": options.blocks}
    model = copyart.CycleGAN(image_size=options.size, **sizes)
    model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
history = model.fit(data.train, epochs=options.epochs, shuffle=False)
print(
    f"{strategy.num_replicas_in_sync} devices, {batch} pairs per step, cycle {history.history['photo_cycle'][-1]:.3f}"
)
