"""Train a `CycleGAN` with `fit`, like any Keras model, save it, and export it for serving.

python examples/train_with_fit.py --artist "Vincent van Gogh" --size 256 --epochs 100
"""

import argparse

import keras

import copyart

parser = argparse.ArgumentParser()
parser.add_argument("--artist", help="artist from Kaggle; default: the bundled sample")
parser.add_argument("--size", type=int, default=128, help="side of the training crops")
parser.add_argument("--filters", type=int, default=64, help="channels of the networks")
parser.add_argument("--blocks", type=int, help="residual blocks; default: the paper's number")
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--out", default="runs/fit")
options = parser.parse_args()

data = copyart.load_data(options.artist, None if options.artist else "sample", image_size=options.size)
print(data.report())
sizes = {"filters": options.filters, "discriminator_filters": options.filters, "blocks": options.blocks}
model = copyart.CycleGAN(image_size=options.size, identity_weight=5.0, **sizes)
model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
grids = copyart.callbacks.SampleGrid(f"{options.out}/samples", *data.samples(4))
model.fit(data.train, validation_data=data.validation, epochs=options.epochs, callbacks=[grids], shuffle=False)
model.save(f"{options.out}/artist.keras")
report = copyart.export.saved_model(model, copyart.export.next_version(f"{options.out}/served"))
print(f"{report.path} paints the same as the model, within {report.max_difference:.1g}")
