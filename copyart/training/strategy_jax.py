"""Choose the training devices under JAX: one, or several that share each batch with
`keras.distribution.DataParallel`."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import jax
import keras

from copyart.config import DEVICES
from copyart.data.store import cache_folder
from copyart.errors import ConfigError


@dataclass(frozen=True)
class Devices:
    """JAX devices that train together.

    Args:
        devices: `jax.Device` objects of one kind.
    """

    devices: tuple

    @property
    def num_replicas_in_sync(self) -> int:
        """Number of devices that share a batch."""
        return len(self.devices)

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Return a context in which models are created and trained on these devices."""
        before = keras.distribution.distribution()
        with jax.default_device(self.devices[0]):
            keras.distribution.set_distribution(self._distribution())
            try:
                yield
            finally:
                keras.distribution.set_distribution(before)

    def _distribution(self) -> keras.distribution.DataParallel | None:
        if len(self.devices) == 1:
            return None
        names = [f"{device.platform}:{device.id}" for device in self.devices]
        return keras.distribution.DataParallel(devices=names, auto_shard_dataset=False)


def choose_strategy(devices: str = "auto", batch_size: int = 1) -> Devices:
    """Choose the devices.

    Args:
        devices: `"auto"` uses all accelerators if they can share the batch evenly, else one of them; if there is no
            accelerator, it uses the CPU. `"cpu"` and `"gpu"` use one device; `"tpu"` uses every core of the TPU;
            `"all"` uses every accelerator, or every CPU device if there is no accelerator.
        batch_size: Pairs per step, over all devices.

    Raises:
        ConfigError: if there is no such device, or the devices cannot share a batch evenly.

    Reference:
        "Distributed training with JAX", Keras guides.
    """
    if devices not in DEVICES:
        raise ConfigError(f"devices must be one of {', '.join(DEVICES)}. Received: devices={devices!r}")
    if os.environ.get("TF_CONFIG"):
        raise ConfigError(
            "several hosts can train together only under TensorFlow. Received: a TF_CONFIG under JAX. Unset it, or use "
            "--backend tensorflow."
        )
    chosen = Devices(tuple(_find_devices(devices, batch_size)))
    if batch_size % len(chosen.devices):
        raise ConfigError(
            f"batch_size must be a multiple of the number of devices, here {len(chosen.devices)}. "
            f"Received: {batch_size=}. Try --batch-size {len(chosen.devices)}, or --devices cpu."
        )
    return chosen


def _find_devices(name: str, batch_size: int) -> list[jax.Device]:
    if name == "cpu":
        return jax.devices("cpu")[:1]
    found = jax.devices()
    if name in ("gpu", "tpu") and found[0].platform != name:
        raise ConfigError(
            f"devices {name!r} needs a {name.upper()} that JAX finds. Received: {found[0].platform}. Install JAX for "
            "it, or try --devices auto."
        )
    if name == "gpu":
        return found[:1]
    if name == "auto" and (found[0].platform == "cpu" or batch_size % len(found)):
        return found[:1]
    return found


@contextlib.contextmanager
def device_context(strategy: Devices) -> Iterator[None]:
    """Return a context that uses the chosen devices, and caches XLA's compiled code for the next start."""
    if getattr(jax.config, "jax_compilation_cache_dir", None) is None:
        jax.config.update("jax_compilation_cache_dir", str(cache_folder() / "compiled"))
    with strategy.scope():
        yield


def device_kind(strategy: Devices) -> str:
    """Return the kind of the training devices: `"CPU"`, `"GPU"` or `"TPU"`."""
    return strategy.devices[0].platform.upper()


def is_chief(strategy: Devices) -> bool:
    """Return True: under JAX there is only one process, so it writes the workdir."""
    return True


def check_workers_agree(strategy: Devices, what: bytes) -> None:
    """Do nothing: under JAX there is only one process, so there are no workers that could disagree."""
