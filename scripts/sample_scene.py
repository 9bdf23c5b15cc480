"""What a landscape is before it is drawn: the hour, the season, the motif, and where things stand."""

from dataclasses import dataclass

import numpy as np


def rgb(*values):
    """A colour of 0..255 as float32 in [0, 1]."""
    return np.array(values, np.float32) / 255


def ink(colour):
    """A colour in [0, 1] as Pillow takes it."""
    return tuple(int(v) for v in np.clip(colour, 0, 1) * 255)


@dataclass(frozen=True, eq=False)
class Light:
    """An hour of the day: the colours of the air, and what they do to everything under it."""

    zenith: np.ndarray
    horizon: np.ndarray
    sun: np.ndarray
    haze: np.ndarray
    tone: np.ndarray
    altitude: tuple  # of the sun, as a part of the sky's height
    glow: float


@dataclass(frozen=True, eq=False)
class Season:
    """The colours of what grows."""

    grass: np.ndarray
    crop: np.ndarray
    soil: np.ndarray
    foliage: np.ndarray
    flowers: tuple
    bare: bool = False


LIGHTS = {
    "dawn": Light(
        rgb(104, 142, 196),
        rgb(250, 208, 186),
        rgb(255, 226, 190),
        rgb(214, 198, 206),
        rgb(214, 200, 200),
        (0.2, 0.4),
        0.5,
    ),
    "noon": Light(
        rgb(48, 104, 182),
        rgb(186, 214, 238),
        rgb(255, 252, 240),
        rgb(176, 200, 226),
        rgb(255, 254, 248),
        (0.8, 1.3),
        0.35,
    ),
    "afternoon": Light(
        rgb(76, 126, 188),
        rgb(226, 224, 212),
        rgb(255, 240, 204),
        rgb(208, 206, 198),
        rgb(255, 244, 214),
        (0.45, 0.7),
        0.5,
    ),
    "sunset": Light(
        rgb(66, 74, 126),
        rgb(250, 158, 86),
        rgb(255, 206, 130),
        rgb(190, 142, 132),
        rgb(190, 154, 136),
        (0.12, 0.3),
        0.8,
    ),
    "overcast": Light(
        rgb(140, 150, 164),
        rgb(208, 211, 214),
        rgb(232, 232, 230),
        rgb(190, 196, 202),
        rgb(206, 210, 214),
        (0.6, 0.9),
        0.12,
    ),
    "moonlight": Light(
        rgb(16, 26, 56),
        rgb(66, 88, 124),
        rgb(232, 236, 240),
        rgb(56, 74, 106),
        rgb(104, 122, 162),
        (0.4, 0.75),
        0.3,
    ),
}

SEASONS = {
    "spring": Season(
        rgb(104, 138, 58),
        rgb(144, 154, 84),
        rgb(112, 100, 64),
        rgb(84, 110, 54),
        (rgb(240, 240, 232), rgb(240, 212, 70), rgb(196, 150, 200)),
    ),
    "summer": Season(
        rgb(122, 134, 60),
        rgb(212, 178, 88),
        rgb(158, 124, 66),
        rgb(66, 86, 46),
        (rgb(206, 46, 34), rgb(236, 208, 84)),
    ),
    "autumn": Season(
        rgb(140, 126, 66),
        rgb(150, 112, 74),
        rgb(100, 74, 54),
        rgb(170, 108, 52),
        (rgb(168, 92, 44), rgb(190, 160, 90)),
    ),
    "winter": Season(
        rgb(224, 230, 240),
        rgb(212, 218, 228),
        rgb(150, 142, 138),
        rgb(74, 78, 66),
        (rgb(150, 140, 110),),
        bare=True,
    ),
}

# The lists' lengths share no factor, so that walking all four by turns keeps giving new combinations.
HOURS = ("noon", "sunset", "afternoon", "dawn", "noon", "overcast", "afternoon", "moonlight")
YEAR = (
    "summer",
    "spring",
    "autumn",
    "summer",
    "spring",
    "winter",
    "summer",
    "autumn",
    "spring",
    "summer",
    "autumn",
)
FOREGROUNDS = ("field", "lake", "meadow", "sea", "field", "path", "lake")
BACKGROUNDS = ("hills", "mountains", "hills", "plain", "mountains")


@dataclass(frozen=True, eq=False)
class Scene:
    """One landscape's plan; lengths are in pixels of the picture that is drawn."""

    width: int
    height: int
    light: Light
    season: Season
    foreground: str
    background: str
    night: bool
    horizon: int
    sun: tuple

    @property
    def grid(self):
        """Column vector of y and row vector of x, in pixels."""
        return np.arange(self.height, dtype=np.float32)[:, None], np.arange(self.width, dtype=np.float32)[None, :]

    def lit(self, colour):
        """A thing's own colour as this hour's light shows it."""
        return np.asarray(colour) * self.light.tone

    def airy(self, colour, distance):
        """A lit colour through `distance` (0 near, 1 lost in haze) of air."""
        return self.lit(colour) * (1 - distance) + self.light.haze * distance


def plan(rng, index, width, height):
    """Lays out landscape number `index`: kinds by turns, so that none is missing; the rest by chance."""
    hour = HOURS[index % len(HOURS)]
    light = LIGHTS[hour]
    foreground = FOREGROUNDS[index % len(FOREGROUNDS)]
    horizon = int(height * rng.uniform(0.4, 0.58))
    sun = (rng.uniform(0.12, 0.88) * width, horizon * (1 - rng.uniform(*light.altitude)))
    return Scene(
        width,
        height,
        light,
        SEASONS[YEAR[index % len(YEAR)]],
        foreground,
        BACKGROUNDS[index % len(BACKGROUNDS)],
        hour == "moonlight",
        horizon,
        sun,
    )
