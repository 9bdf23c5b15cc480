"""A mixture that changes during a film: `monet:1→vangogh:1` begins as Monet and ends as Van Gogh."""

import os
import re
from collections.abc import Mapping
from typing import Any

from copyart.errors import ConfigError
from copyart.painting.loading import load
from copyart.painting.painter import Painter
from copyart.styles.mixing import changes_over_time, is_mixture, parse_shares
from copyart.styles.opening import open_style

#: Number of steps from one mixture to the next. Each step changes the values of a painting by less than one grey level
#: (0 to 255) on average (docs/video.md).
STEPS = 64
_ARROW = re.compile("→|->")


class MixtureOverTime:
    """Makes the painter for each moment of a film. The latest one and those of the named mixtures stay in memory.

    Like `copyart.load`, it blends paintings if the weights cannot be mixed.

    Args:
        source: Two or more styles or mixtures with `→` or `->` between them. They are spaced evenly over the film.

    Raises:
        ConfigError: if `source` does not have this form, or its shares are invalid.
        StyleError: if a style cannot be loaded.
    """

    def __init__(self, source: str):
        names = [part.strip() for part in _ARROW.split(source)]
        if not all(names):
            raise ConfigError(
                "a mixture that changes must have a style before and after each arrow. "
                f"Received: {source[:80]!r}. Write it as monet:1→vangogh:1."
            )
        pairs = [parse_shares(name) if is_mixture(name) else [(name, 1.0)] for name in names]
        for name, ((_, share), *others) in zip(names, pairs, strict=True):
            if not others and share != 1:
                raise ConfigError(
                    "a single style in a mixture that changes must have a share of 1. "
                    f"Received: {name[:80]!r}. Write {name.rpartition(':')[0][:80]}:1."
                )
        self._styles = {name: open_style(name) for each in pairs for name, _ in each}
        self._shares = [dict(each) for each in pairs]
        self._step, self._painter = -1, self._load_mixed_painter(self._shares[0])
        #: The painters of the named mixtures, in order.
        self.named_painters = [self._load_mixed_painter(shares) for shares in self._shares]
        between = self.painter_at(0.5 / (len(names) - 1))
        titles = [painter.metadata.get("name") or "" for painter in self.named_painters]
        #: Metadata like those of a painter: the name, and whether paintings are blended.
        self.metadata: dict[str, Any] = {"name": " → ".join(titles)}
        if any(painter.metadata.get("blended") for painter in (between, *self.named_painters)):
            self.metadata["blended"] = True

    def painter_at(self, fraction: float) -> Painter:
        """Return the painter for a moment.

        Args:
            fraction: Position in the film, in [0, 1]. Values outside are clipped.
        """
        step = round(min(max(fraction, 0.0), 1.0) * STEPS * (len(self._shares) - 1))
        if step != self._step:
            number, part = divmod(step, STEPS)
            now, coming = self._shares[number], self._shares[min(number + 1, len(self._shares) - 1)]
            coming_share = part / STEPS
            mixed = {
                name: now.get(name, 0) * (1 - coming_share) + coming.get(name, 0) * coming_share
                for name in self._styles
            }
            self._step, self._painter = step, self._load_mixed_painter(mixed)
        return self._painter

    def _load_mixed_painter(self, shares: Mapping[Any, float]) -> Painter:
        mixed = {self._styles[name]: share for name, share in shares.items() if share}
        return load(mixed if len(mixed) > 1 else next(iter(mixed)))


def load_painter(source: Any) -> Painter | MixtureOverTime:
    """Return a painter for a source of `copyart.load`, or for a changing mixture. A painter is returned unchanged."""
    if isinstance(source, Painter | MixtureOverTime):
        return source
    return MixtureOverTime(os.fspath(source)) if changes_over_time(source) else load(source)
