"""`Style`: an opened style with its files, config, metadata, weights and layer plan."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from copyart.engine.engine import Engine, engine_for_plan
from copyart.engine.plan import Stage, layer_plan
from copyart.errors import ConfigError, one_line
from copyart.styles.folder import (
    CONFIG,
    FORMAT,
    METADATA,
    PREVIEW,
    WEIGHTS,
    damaged_file_error,
    parse_json,
    parse_weights,
    style_error,
)

if TYPE_CHECKING:
    import keras

_REMEDY = "Save or copy the style again, or ask for another copy."


@dataclass(frozen=True, eq=False)
class Style:
    """A style folder or packed style, read once. `copyart.styles.open_style` returns it.

    Args:
        place: Path of the folder or file.
        files: The bytes of its files, by name.
        config: Content of `config.json`: the generator's description, and the side of the training images in pixels.
        metadata: Content of `metadata.json`: whose style it is, and how it was trained.
        weights: float32 or float16 arrays by name, `"<layer>/<variable>"`.
    """

    place: Path
    files: Mapping[str, bytes] = field(repr=False)
    config: Mapping[str, Any]
    metadata: Mapping[str, Any]
    weights: Mapping[str, np.ndarray] = field(repr=False)

    @classmethod
    def parse(cls, place: Path, files: Mapping[str, bytes]) -> "Style":
        """Parse the files of a style.

        Raises:
            StyleError: if a file is damaged or has a newer format.
        """
        config = parse_json(place, CONFIG, files[CONFIG])
        if config.get("format") != FORMAT:
            found = f"format {config.get('format')!r}"
            raise style_error(place, f"be of format {FORMAT}", found, "Update copyart: a newer version may read it.")
        metadata = parse_json(place, METADATA, files[METADATA])
        return cls(place, files, config, metadata, parse_weights(place, files[WEIGHTS]))

    @property
    def generator(self) -> Any:
        """The description of the generator, as `GeneratorSpec.to_dict` returns it."""
        return self.config.get("generator")

    @property
    def preview(self) -> bytes | None:
        """A painting in the style as JPEG bytes, or None."""
        return self.files.get(PREVIEW)

    @functools.cached_property
    def plan(self) -> list[Stage] | None:
        """The layer plan. None if the network is not one of our generators, so that only Keras can paint.

        Raises:
            StyleError: if the description is damaged, or the weights do not fit it or are not finite.
        """
        try:
            plan = layer_plan(self.generator, self.weights)
        except ConfigError as error:
            raise damaged_file_error(self.place / CONFIG, error) from error
        except ValueError as error:
            raise style_error(self.place, "hold the weights of its network", one_line(error), _REMEDY) from error
        broken = next((name for name, array in self.weights.items() if not np.isfinite(array).all()), None)
        if broken is not None:
            raise style_error(self.place, "hold finite numbers", f"others in {broken[:80]!r}", _REMEDY)
        return plan

    def require_copyart_generator(self) -> None:
        """Check that the style has one of Copyart's generators. Another description could make Keras build any layer.

        Raises:
            StyleError: if it has another network, or `plan` raises an error.
        """
        if self.plan is None:
            must = "have one of Copyart's own generators, as every shared style must"
            raise style_error(self.place, must, "another network", "Share the .keras file.")

    @functools.cached_property
    def engine(self) -> Engine | None:
        """The engine that paints without Keras, or None if only Keras can paint with the style.

        Raises:
            StyleError: as for `plan`.
        """
        return None if self.plan is None else engine_for_plan(self.plan)

    def network(self) -> "keras.Model":
        """Build the Keras generator, always in float32.

        Raises:
            StyleError: if the weights do not fit the description.
        """
        from copyart.styles.networks import build_network  # Keras takes seconds to import

        return build_network(self.place, self.config, self.weights)
