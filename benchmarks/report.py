"""Rows of the benchmark table, and facts about the machine."""

import dataclasses
import importlib.metadata
import os
import platform
import statistics
from dataclasses import dataclass

from copyart.backend import is_installed

HEADER = ("", "Copyart", "against", "ratio", "min–max", "above 1 means", "target", "")


@dataclass(frozen=True)
class Comparison:
    """The figures of Copyart and its rival, round by round.

    Args:
        what: Name of the measurement.
        unit: `"s"`, `"MiB"`, or a rate: `"pairs/s"`, `"images/s"`.
        ours: A figure for each round.
        theirs: The figure of the other side in the same round.
        rival: The other side. Defaults to PyTorch.
        target: Minimum ratio, or None. Defaults to 1.
    """

    what: str
    unit: str
    ours: list
    theirs: list
    rival: str = "PyTorch"
    target: float | None = 1.0

    @property
    def ratios(self):
        """How many times better Copyart is in each pair of rounds; above 1, Copyart is better."""
        more_is_better = self.unit.endswith("/s")
        pairs = zip(self.ours, self.theirs, strict=True)
        return [ours / theirs if more_is_better else theirs / ours for ours, theirs in pairs]

    @property
    def ratio(self):
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def meaning_above_one(self):
        """Meaning of a ratio above 1."""
        return {"s": "Copyart is faster", "MiB": "Copyart needs less"}.get(self.unit, "Copyart delivers more")

    @property
    def met(self):
        """Whether the ratio reaches the target, or None without a target."""
        return None if self.target is None else self.ratio >= self.target

    def cells(self):
        """Return the row of the table, as text."""
        ratios = self.ratios
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}" if len(ratios) > 1 else "–"
        return (
            self.what,
            _format_figure(statistics.median(self.ours), self.unit),
            f"{self.rival} {_format_figure(statistics.median(self.theirs), self.unit)}",
            f"**{self.ratio:.2f}**",
            spread,
            self.meaning_above_one,
            "–" if self.target is None else f"≥ {self.target:g}",
            {None: "", True: "met", False: "missed"}[self.met],
        )

    def to_dict(self):
        """Return the raw figures."""
        return {**dataclasses.asdict(self), "ratios": self.ratios, "ratio": self.ratio, "met": self.met}


def _format_figure(value, unit):
    digits = 3 if unit == "s" else 0
    return f"{value:,.{digits}f} {unit}"


def table(comparisons):
    """Return Markdown: one row a comparison."""
    rows = [HEADER, ("---",) * len(HEADER), *(comparison.cells() for comparison in comparisons)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def memory_rows(what, ours, theirs):
    """Compare the peak memory of two workers, in total and without the imports.

    Args:
        what: Name of the measurement.
        ours: `{"imports": bytes, "peak": bytes}`.
        theirs: The same for the other side.
    """

    def row(label, pick, target):
        return Comparison(f"{what}, {label}", "MiB", [pick(ours) / 2**20], [pick(theirs) / 2**20], target=target)

    return [
        row("peak memory of the process", lambda memory: memory["peak"], 1.0),
        row("peak memory above the imports", lambda memory: memory["peak"] - memory["imports"], 1.0),
        row("memory after the imports", lambda memory: memory["imports"], None),
    ]


def machine_facts(packages=("tensorflow", "jax", "keras", "torch")):
    """Return the facts of the machine: processor, threads, load, versions of the installed packages."""
    return {
        "cpu": _cpu_name(),
        "threads": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in packages if is_installed(name)},
    }


def _cpu_name():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as facts:
            return next(line.split(":")[1].strip() for line in facts if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
