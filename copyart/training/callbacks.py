"""`SampleGrid`, a callback for `model.fit`: sheets of what the model does to the same pictures, epoch after epoch."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from copyart.backend import Tensor
from copyart.data.images import save_image, to_image
from copyart.errors import WorkdirError
from copyart.models.cyclegan import CycleGAN
from copyart.models.steps import compiled

__all__ = ["SampleGrid"]

#: White pixels between two pictures.
_GAP = 4


class SampleGrid(keras.callbacks.Callback):
    """Write a PNG after each epoch: photo → art → back, and art → photo → back.

    The averaged generators draw it where an average is kept.

    Args:
        folder: Where the sheets go.
        photos: Photos to show, shape (count, height, width, 3), in [-1, 1].
        art: Paintings to show, of the same form.
        every: Epochs between two sheets. Defaults to 1.

    Example:
        >>> model.fit(data.train, callbacks=[SampleGrid("samples", *data.samples(4))])
    """

    def __init__(self, folder: str | os.PathLike, photos: np.ndarray, art: np.ndarray, every: int = 1):
        super().__init__()
        self.folder = Path(folder)
        self.photos, self.art = photos, art
        self.every = every

    def set_model(self, model: CycleGAN) -> None:
        """Take the networks that are to be shown."""
        super().set_model(model)
        self.paint, self.unpaint = compiled(model.painter_network), compiled(model.unpainter_network)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Draw the sheet of an epoch."""
        if (epoch + 1) % self.every == 0:
            self.draw(f"epoch-{epoch + 1:04d}")

    def draw(self, name: str) -> Path:
        """Draw a sheet now.

        Args:
            name: Name of the file without `.png`.

        Returns:
            Its path.

        Raises:
            WorkdirError: if the folder cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkdirError(
                f"sample grids must go to a folder that can be written. Received: {self.folder} "
                f"({error.strerror or error}). Name another, or move away what is there."
            ) from error
        path = self.folder / f"{name}.png"
        save_image(round_trips(self.paint, self.unpaint, self.photos, self.art), path)
        return path


def grid(rows: Sequence[Sequence[np.ndarray]]) -> Image.Image:
    """Lay out pictures in rows, with a white gap between them.

    Args:
        rows: Lists of arrays of one size, each (height, width, 3) in [-1, 1].

    Returns:
        A `PIL.Image`.
    """
    height, width = rows[0][0].shape[:2]
    columns = max(map(len, rows))
    size = (columns * (width + _GAP) + _GAP, len(rows) * (height + _GAP) + _GAP)
    sheet = Image.new("RGB", size, "white")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            sheet.paste(to_image(np.asarray(picture)), (_GAP + x * (width + _GAP), _GAP + y * (height + _GAP)))
    return sheet


def round_trips(
    paint: Callable[[np.ndarray], Tensor], unpaint: Callable[[np.ndarray], Tensor], photos: np.ndarray, art: np.ndarray
) -> Image.Image:
    """Show what both generators do to fixed pictures.

    Args:
        paint: What turns photos into art, from arrays like these to such arrays.
        unpaint: What turns art into photos.
        photos: Shape (count, height, width, 3), in [-1, 1].
        art: The same.

    Returns:
        A `PIL.Image`: each row holds photo, painted, back, and beside it art, unpainted, back.
    """
    rows = []
    for index in range(max(len(photos), len(art))):
        row = []
        for pictures, there, back in ((photos, paint, unpaint), (art, unpaint, paint)):
            first = pictures[index % len(pictures)][None]
            second = there(first)
            row += [first[0], second[0], back(second)[0]]
        rows.append(row)
    return grid(rows)
