"""`SampleGrid`: a callback that draws the translations of the same pictures after each epoch."""

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
from copyart.models.steps import compile_network

__all__ = ["SampleGrid"]

#: White pixels between two pictures.
_GAP = 4


class SampleGrid(keras.callbacks.Callback):
    """Writes a PNG of translated pictures after each epoch: photo → art → photo, and art → photo → art.

    It uses the averaged generators if there are any.

    Args:
        folder: Folder for the sample grids.
        photos: Photos to translate, shape (count, height, width, 3), in [-1, 1].
        art: Paintings to translate, in the same shape and range.
        every: Epochs between two sample grids. Defaults to 1.

    Example:
        >>> model.fit(data.train, callbacks=[SampleGrid("samples", *data.samples(4))])
    """

    def __init__(self, folder: str | os.PathLike, photos: np.ndarray, art: np.ndarray, every: int = 1):
        super().__init__()
        self.folder = Path(folder)
        self.photos, self.art = photos, art
        self.every = every

    def set_model(self, model: CycleGAN) -> None:
        """Compile both generators."""
        super().set_model(model)
        self.photo_to_art = compile_network(model.painter_network)
        self.art_to_photo = compile_network(model.reverse_network)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the sample grid of an epoch."""
        if (epoch + 1) % self.every == 0:
            self.draw(f"epoch-{epoch + 1:04d}")

    def draw(self, name: str) -> Path:
        """Write a sample grid now.

        Args:
            name: Name of the file without `.png`.

        Returns:
            The path of the file.

        Raises:
            WorkdirError: if the folder cannot be created.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkdirError(
                f"sample grids need a writable folder. Received: {self.folder} ({error.strerror or error}). Choose "
                "another folder, or move the file that is in the way."
            ) from error
        path = self.folder / f"{name}.png"
        save_image(draw_round_trips(self.photo_to_art, self.art_to_photo, self.photos, self.art), path)
        return path


def arrange_grid(rows: Sequence[Sequence[np.ndarray]]) -> Image.Image:
    """Arrange pictures in rows, with white gaps between them.

    Args:
        rows: Lists of equally large arrays, each (height, width, 3) in [-1, 1].

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


def draw_round_trips(
    photo_to_art: Callable[[np.ndarray], Tensor],
    art_to_photo: Callable[[np.ndarray], Tensor],
    photos: np.ndarray,
    art: np.ndarray,
) -> Image.Image:
    """Draw pictures with their translations by both generators.

    Args:
        photo_to_art: Function that turns arrays of photos into art.
        art_to_photo: Function that turns arrays of art into photos.
        photos: Shape (count, height, width, 3), in [-1, 1].
        art: The same shape and range.

    Returns:
        A `PIL.Image`. Each row has a photo, its painting, and the photo made from that painting; then a painting, the
        photo made from it, and the painting made from that photo.
    """
    rows = []
    for index in range(max(len(photos), len(art))):
        row = []
        for pictures, there, back in ((photos, photo_to_art, art_to_photo), (art, art_to_photo, photo_to_art)):
            first = pictures[index % len(pictures)][None]
            second = there(first)
            row += [first[0], second[0], back(second)[0]]
        rows.append(row)
    return arrange_grid(rows)
