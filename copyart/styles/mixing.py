"""Mix styles by interpolating their weights. The result is one style, which paints as fast as each of them.

This works if the networks were fine-tuned from the same weights. Shares below 0 and above 1 extrapolate.

Reference: Wang et al. 2019, Deep Network Interpolation for Continuous Imagery Effect Transition (arXiv:1811.10515).
"""

import dataclasses
import io
import math
import os
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from PIL import Image

from copyart._version import __version__
from copyart.data.images import save_image
from copyart.data.sample import sample_files
from copyart.errors import ConfigError, StyleError
from copyart.styles.folder import CONFIG, METADATA, PREVIEW, WEIGHTS, as_json, write_style_file
from copyart.styles.style import Style

#: Least correlation between the weights of styles to mix. It is 0.87 to 0.99 for styles trained from the same start,
#: 0.01 for others.
LEAST_CORRELATION = 0.5
#: Least and largest share of a style (docs/mixing.md has the measurements).
SHARES = (-0.5, 1.5)
#: Width and height of the photo that checks a mixture: compared with its parents' paintings, and without them.
_SIDES, _SIDES_ALONE = (96, 96), (48, 48)
#: Compared with its parents' paintings, a mixture's mean brightness may lie outside their range by this many levels of
#: 255, and its fraction of clipped values may be larger by this much.
_BRIGHTNESS, _CLIPPED = 25, 0.1
#: The correlation of luminance between painting and photo may be lower by this much than for its parents.
_STRUCTURE = 0.2
#: Compared with the photo alone: least correlation of luminance, and largest difference of mean brightness.
_LEAST_STRUCTURE, _FROM_PHOTO = 0.4, 100
_PART = re.compile(r"\s*(.+?)\s*:\s*([^/\\:]*?)\s*")
_FORM = "Write it as monet:0.6,vangogh:0.4"


class MixingError(StyleError):
    """The weights of these styles cannot be mixed. Their paintings can be blended if all shares lie in 0 to 1."""


def is_mixture(source: object) -> bool:
    """Tell whether a source names a mixture, valid or not: a mapping, or a text such as `monet:0.6,vangogh:0.4`."""
    if isinstance(source, Mapping):
        return True
    if not isinstance(source, str) or os.path.exists(source):
        return False
    return any(_PART.fullmatch(part) for part in source.split(","))


def is_changing(source: object) -> bool:
    """Tell whether a source is a mixture that changes while a film is painted, such as `monet:1→vangogh:1`."""
    return isinstance(source, str) and ("→" in source or "->" in source) and not os.path.exists(source)


def parse_shares(source: str | os.PathLike | Mapping[Any, float]) -> list[tuple[Any, float]]:
    """Parse a mixture into its styles and their shares.

    Args:
        source: A text such as `monet:0.6,vangogh:0.4`, or a dictionary from styles to shares. Several shares are
            divided by their sum. The share of a single style is relative to the starter, from which the bundled styles
            were trained: 1.4 goes 40 % further away from it.

    Returns:
        Pairs of a style's source and its share.

    Raises:
        ConfigError: if a share is not a finite number or lies outside `SHARES`, or if all are zero.
    """
    if isinstance(source, Mapping):
        pairs = list(source.items())
    else:
        pairs = [_parse(part) for part in os.fspath(source).split(",")]
    if not pairs:
        raise ConfigError(f"a mixture must have at least one style. Received: none. {_FORM}.")
    pairs = [(name, _number(name, share)) for name, share in pairs]
    if all(share == 0 for _, share in pairs):
        raise ConfigError(f"a mixture must have a share other than zero. Received: {written(pairs)}. {_FORM}.")
    if len(pairs) > 1:
        total = sum(share for _, share in pairs)
        if abs(total) < 1e-6:
            raise ConfigError(f"the shares of a mixture must not add up to zero. Received: {written(pairs)}. {_FORM}.")
        pairs = [(name, share / total) for name, share in pairs]
    for _, share in pairs:
        if not SHARES[0] <= share <= SHARES[1]:
            raise ConfigError(
                f"a share must lie in {SHARES[0]:g} to {SHARES[1]:g} of the whole, because styles fail beyond. "
                f"Received: {written(pairs)}. Use a share within the limits."
            )
    return pairs


def mix_styles(styles: Sequence[Style], shares: Sequence[float], thorough: bool = True) -> Style:
    """Average the weights of styles, and check the result by painting one picture.

    Args:
        styles: The styles.
        shares: A share for each style; they add up to 1. A single style may have any share, and the starter takes the
            rest.
        thorough: Whether to compare the picture with the parents' paintings, which takes twice as long. Defaults to
            True. Shares below 0 or above 1 are always compared.

    Raises:
        MixingError: if the generators differ, the weights are too different, or the mixture paints badly.
        StyleError: if a style is damaged.
    """
    for style in styles:
        if style.generator != styles[0].generator:
            raise MixingError(_refusal(f"{_name(styles[0])} and {_name(style)}, whose generators differ"))
    parents, parts = list(styles), list(shares)
    if len(styles) == 1 and shares[0] != 1:
        starter = dataclasses.replace(styles[0], metadata={"name": "the starter"}, weights=_starter())
        parents, parts = [*parents, starter], [*parts, 1 - parts[0]]
    for other in parents[1:]:
        if (found := weight_correlation(parents[0].weights, other.weights)) < LEAST_CORRELATION:
            pair = f"{_name(parents[0])} and {_name(other)}"
            raise MixingError(_refusal(f"{pair}, trained from different weights (correlation {found:.2f})"))
    mixed = {name: _mean([parent.weights[name] for parent in parents], parts) for name in styles[0].weights}
    metadata, place = _metadata(styles, shares), Path(written(zip(map(_name, styles), shares, strict=True)))
    config = styles[0].config
    files = {CONFIG: as_json(dict(config)), METADATA: as_json(metadata), WEIGHTS: safetensors.numpy.save(mixed)}
    style = Style(place, files, config, metadata, mixed)
    if style.plan is None:
        raise MixingError(_refusal(f"{_name(styles[0])}, which has none of Copyart's generators"))
    _check(style, parents if thorough or not all(0 <= share <= 1 for share in shares) else [])
    return style


def write_style(style: Style, folder: str | os.PathLike) -> None:
    """Write a style as a folder, with a preview. Files of an older style in that folder are replaced one by one,
    atomically.

    Raises:
        StyleError: if the style is damaged, or the folder cannot be written.
    """
    files, folder = dict(style.files), os.path.expanduser(folder)
    if PREVIEW not in files and (engine := style.engine()) is not None:
        files[PREVIEW] = _jpeg(engine.paint(_sample_photo()))
    for name in (WEIGHTS, CONFIG, METADATA, PREVIEW):
        if name in files:
            write_style_file(Path(folder, name), files[name])


def weight_correlation(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> float:
    """Return the correlation of two sets of weights, in [-1, 1]; 0 if names or shapes differ."""
    if {name: array.shape for name, array in one.items()} != {name: array.shape for name, array in other.items()}:
        return 0.0
    flat = [np.concatenate([np.ravel(each[name]) for name in one]).astype(np.float32) for each in (one, other)]
    first, second = (values - values.mean() for values in flat)
    return float(first @ second / max(math.sqrt(float(first @ first) * float(second @ second)), 1e-12))


def written(pairs: Any) -> str:
    """Format styles and shares as a text that `parse_shares` reads."""
    return ",".join(f"{str(getattr(name, 'place', name))[:80]}:{share:.4g}" for name, share in pairs)


def describe_mixture(styles: Sequence[Style], shares: Sequence[float]) -> dict[str, Any]:
    """Return the name of a mixture and its parents, for its metadata."""
    name = ", ".join(f"{_name(style)} {100 * share:.0f} %" for style, share in zip(styles, shares, strict=True))
    parents = [
        {
            "name": _name(style),
            "share": round(share, 4),
            **{key: style.metadata[key] for key in ("licence", "source", "date") if key in style.metadata},
        }
        for style, share in zip(styles, shares, strict=True)
    ]
    return {"name": name, "mixture": parents}


def _parse(part):
    if (match := _PART.fullmatch(part)) is None:
        raise ConfigError(f"each style of a mixture must have a share. Received: {part[:80]!r}. {_FORM}.")
    return match.groups()


def _number(name, share):
    try:
        number = float(share)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(f"a share must be a number. Received: {str(share)[:40]!r} for {str(name)[:80]!r}. {_FORM}.")
    return number


def _name(style) -> str:
    return str(style.metadata.get("name") or style.place.stem)


def _refusal(received) -> str:
    return (
        "weights can be mixed only if the generators are the same and were trained from the same weights. Received: "
        f"{received}. Give each a share from 0 to 1 to copyart paint, which blends their paintings."
    )


def _starter():
    """Return the weights of the starter's painting generator, from which the bundled styles were trained."""
    file = (
        resources.files("copyart") / "training" / "starter.safetensors"
    )  # only the file is used: importing copyart.training would point up
    with resources.as_file(file) as path, safetensors.safe_open(path, "np") as arrays:
        prefix = "photo_to_art/"
        return {key[len(prefix) :]: arrays.get_tensor(key) for key in arrays.keys() if key.startswith(prefix)}  # noqa: SIM118


def _mean(arrays, shares):
    mean = sum(np.float32(share) * array.astype(np.float32) for array, share in zip(arrays, shares, strict=True))
    return np.ascontiguousarray(mean, np.float16 if all(array.dtype == np.float16 for array in arrays) else np.float32)


def _metadata(styles, shares):
    facts = describe_mixture(styles, shares)
    licences = [style.metadata.get("licence") for style in styles]
    licences = [licence if isinstance(licence, dict) else {"weights": licence} for licence in licences]
    return {
        **facts,
        "source": "mixed from the weights of its parents",
        "licence": {
            kind: "; ".join(dict.fromkeys(str(licence.get(kind) or "unknown") for licence in licences))
            for kind in ("weights", "pictures")
        },
        "experimental": any(bool(style.metadata.get("experimental")) for style in styles),
        "versions": {"copyart": __version__},
    }


def _check(style, parents) -> None:
    """Refuse a mixture whose painting is too bright or too dark, clipped, or loses the photo's structure.

    The painting is compared with the parents' paintings, or with the photo if there are no parents.
    """
    engines = [each.engine() for each in (style, *parents)]
    if None in engines:
        return
    photo = _sample_photo().resize(_SIDES if parents else _SIDES_ALONE)
    paintings = [np.asarray(engine.paint(photo), np.float32) for engine in engines]
    own, *others = paintings if parents else [*paintings, np.asarray(photo, np.float32)]
    brightness, clipped = own.mean(), _clipped(own)
    lowest, highest = min(each.mean() for each in others), max(each.mean() for each in others)
    room = _BRIGHTNESS if parents else _FROM_PHOTO
    if not lowest - room <= brightness <= highest + room or own.std() == 0:
        found = f"a mean brightness of {brightness:.0f}, expected {lowest:.0f} to {highest:.0f}"
        raise MixingError(_bad(style, found))
    if clipped > max(map(_clipped, others)) + _CLIPPED:
        raise MixingError(_bad(style, f"{100 * clipped:.0f} % of its values black or white"))
    structure, *theirs = [_structure(painting, photo) for painting in paintings]
    if not structure >= min(theirs, default=_LEAST_STRUCTURE + _STRUCTURE) - _STRUCTURE:
        raise MixingError(_bad(style, f"a painting that loses the photo's structure (correlation {structure:.2f})"))


def _structure(painting, photo) -> float:
    """Return the correlation of luminance between a painting and its photo."""
    return float(np.corrcoef(painting.mean(-1).ravel(), np.asarray(photo, np.float32).mean(-1).ravel())[0, 1])


def _sample_photo():
    with Image.open(sample_files()[0][0]) as image:
        return image.convert("RGB")


def _jpeg(image):
    buffer = io.BytesIO()
    save_image(image, buffer, "jpeg")
    return buffer.getvalue()


def _clipped(painting) -> float:
    return float(((painting <= 0) | (painting >= 255)).mean())


def _bad(style, received) -> str:
    return f"a mixture must paint about as well as its styles. Received: {style.place}, {received}. Use other shares."
