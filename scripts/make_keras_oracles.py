"""Write oracles for the tests: the generator of the Keras example as saved by Keras 2 and tensorflow_addons, and its
outputs.

Both need a TensorFlow before 2.16. In a separate environment with Python 3.10 or 3.11:

pip install "tensorflow-cpu==2.15.*" "tensorflow-addons==0.23.*" "numpy<2"
python scripts/make_keras_oracles.py
"""

from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa
from tensorflow.keras import layers

ORACLES = Path(__file__).parent.parent / "tests" / "oracles"
FILTERS, BLOCKS = 3, 2


class ReflectionPadding2D(layers.Layer):
    def __init__(self, padding=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.padding = tuple(padding)

    def call(self, x):
        wide, high = self.padding
        return tf.pad(x, [[0, 0], [high, high], [wide, wide], [0, 0]], mode="REFLECT")

    def get_config(self):
        return {**super().get_config(), "padding": self.padding}


def add_norm(x, relu=True):
    start = tf.keras.initializers.RandomNormal(0.0, 0.02)
    x = tfa.layers.InstanceNormalization(gamma_initializer=start)(x)
    return layers.Activation("relu")(x) if relu else x


def add_convolution(x, filters, size, strides=1, padding="valid"):
    return layers.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False)(x)


def generator(name, filters=FILTERS, blocks=BLOCKS):
    image = layers.Input((None, None, 3), name=f"{name}_img_input")
    x = add_norm(add_convolution(ReflectionPadding2D((3, 3))(image), filters, 7))
    for depth in (1, 2):
        x = add_norm(add_convolution(x, filters * 2**depth, 3, 2, "same"))
    for _ in range(blocks):
        y = add_norm(add_convolution(ReflectionPadding2D()(x), 4 * filters, 3))
        y = add_norm(add_convolution(ReflectionPadding2D()(y), 4 * filters, 3), relu=False)
        x = layers.add([x, y])
    for step in (1, 0):
        x = layers.Conv2DTranspose(filters * 2**step, 3, strides=2, padding="same", use_bias=False)(x)
        x = add_norm(x)
    x = layers.Conv2D(3, 7)(ReflectionPadding2D((3, 3))(x))
    return tf.keras.Model(image, layers.Activation("tanh")(x), name=name)


def discriminator(name):
    image = layers.Input((None, None, 3), name=f"{name}_img_input")
    x = layers.LeakyReLU(0.2)(layers.Conv2D(FILTERS, 4, strides=2, padding="same")(image))
    x = layers.LeakyReLU(0.2)(add_norm(add_convolution(x, 2 * FILTERS, 4, 2, "same"), relu=False))
    return tf.keras.Model(image, layers.Conv2D(1, 4, padding="same")(x), name=name)


class CycleGan(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.gen_G, self.gen_F = generator("generator_G"), generator("generator_F")
        self.disc_X, self.disc_Y = discriminator("discriminator_X"), discriminator("discriminator_Y")

    def call(self, x):
        return self.disc_X(x), self.disc_Y(x), self.gen_G(x), self.gen_F(x)


def main():
    model, random = CycleGan(), np.random.default_rng(0)
    x = random.uniform(-1, 1, (2, 24, 36, 3)).astype(np.float32)
    model(x)
    # Weights like trained ones: factors around 1, and all large enough that the output is far from grey.
    for variable in model.weights:
        variable.assign(random.normal(1.0 if "gamma" in variable.name else 0.0, 0.2, variable.shape))
    name = str(ORACLES / "keras_example")
    model.gen_G.save(f"{name}_model.h5")
    model.gen_G.save_weights(f"{name}_weights.h5")
    model.save_weights(f"{name}_cyclegan.h5")
    model.save_weights(f"{name}_checkpoint")  # no suffix: TensorFlow's format, as the example itself saves it
    np.savez_compressed(f"{name}.npz", x=x, y=model.gen_G(x).numpy(), back=model.gen_F(x).numpy())
    (ORACLES / "checkpoint").unlink(missing_ok=True)  # the file that names the newest checkpoint is not needed


if __name__ == "__main__":
    main()
