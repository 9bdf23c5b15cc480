"""Choose the training devices under TensorFlow, as a `tf.distribute` strategy."""

import contextlib
import hashlib
import json
import os
from contextlib import AbstractContextManager

import tensorflow as tf

from copyart.config import DEVICES
from copyart.errors import ConfigError, one_line


def choose_strategy(devices: str = "auto", batch_size: int = 1) -> tf.distribute.Strategy:
    """Choose the strategy. Call this before anything else uses TensorFlow.

    If `TF_CONFIG` names several workers, each trains with all devices of its host.

    Args:
        devices: `"auto"` uses a TPU, else all GPUs if they can share the batch evenly, else one GPU, else the CPU;
            `"cpu"` and `"gpu"` use one device; `"tpu"` uses the TPU of this host; `"all"` uses every GPU, or every
            logical CPU device if there is no GPU.
        batch_size: Pairs per step, over all replicas.

    Raises:
        ConfigError: if there is no such device, or the replicas cannot share a batch evenly.

    Reference:
        "Distributed training with TensorFlow" and "Use TPUs", TensorFlow guides.
    """
    if devices not in DEVICES:
        raise ConfigError(f"devices must be one of {', '.join(DEVICES)}. Received: devices={devices!r}")
    strategy = _multi_host_strategy() if _worker_count() > 1 else _single_host_strategy(devices, batch_size)
    replicas = strategy.num_replicas_in_sync
    if batch_size % replicas:
        raise ConfigError(
            f"batch_size must be a multiple of the number of replicas, here {replicas}. Received: {batch_size=}. "
            f"Try --batch-size {replicas}, or --devices cpu."
        )
    return strategy


def device_context(strategy: tf.distribute.Strategy) -> AbstractContextManager[None]:
    """Return a context that does nothing: a model that was built in the strategy's scope stays on its devices."""
    return contextlib.nullcontext()


def device_kind(strategy: tf.distribute.Strategy) -> str:
    """Return the kind of device that trains: `"CPU"`, `"GPU"` or `"TPU"`."""
    return strategy.extended.worker_devices[0].split(":")[-2]


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Tell whether this process writes the workdir: only the chief does, or the first worker if there is no chief."""
    resolver = getattr(strategy, "cluster_resolver", None)
    if _worker_count() < 2 or resolver is None:
        return True
    if _hosts_by_role()["chief"]:
        return resolver.task_type == "chief"
    return resolver.task_type == "worker" and resolver.task_id == 0


def _worker_count() -> int:
    return sum(map(len, _hosts_by_role().values()))


def _hosts_by_role() -> dict[str, list[str]]:
    """Return the lists of hosts that train together, by role; the lists are empty without a TF_CONFIG."""
    text = os.environ.get("TF_CONFIG") or "{}"
    try:
        cluster = json.loads(text).get("cluster", {})
        return {role: list(cluster.get(role, ())) for role in ("chief", "worker")}
    except (ValueError, AttributeError, TypeError) as error:
        raise ConfigError(
            f"TF_CONFIG must be the JSON of a cluster. Received: {text[:80]!r} ({error}). Correct or unset it."
        ) from error


def _multi_host_strategy() -> tf.distribute.Strategy:
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"TF_CONFIG must name a cluster and this worker's task in it. Received: {os.environ['TF_CONFIG'][:80]!r} "
            f"({error}). Correct or unset it."
        ) from error


def check_workers_agree(strategy: tf.distribute.Strategy, what: bytes) -> None:
    """Check that all workers are about to do the same work. Otherwise they would wait for each other forever.

    Args:
        strategy: The strategy that they share.
        what: Bytes that must be equal on all workers.

    Raises:
        ConfigError: if another worker's bytes differ.
    """
    if _worker_count() < 2:
        return
    mine = float(int.from_bytes(hashlib.blake2b(what, digest_size=6).digest(), "big"))
    mean = tf.function(lambda: strategy.reduce("MEAN", strategy.run(lambda: tf.constant([mine], tf.float64)), axis=0))
    if abs(float(mean()) - mine) > 0.5:
        raise ConfigError(
            "all workers must start with the same settings, pictures and checkpoint. Received: different ones. Give "
            "each worker the same command and pictures, and a shared workdir."
        )


def _single_host_strategy(devices: str, batch_size: int) -> tf.distribute.Strategy:
    gpus = tf.config.list_logical_devices("GPU")
    if devices == "tpu" or (devices == "auto" and _has_tpu()):
        return _tpu_strategy()
    if devices == "gpu" and not gpus:
        raise ConfigError("devices 'gpu' needs a GPU that TensorFlow finds. Received: none. Try --devices auto.")
    if devices == "cpu" or not gpus:
        cpus = tf.config.list_logical_devices("CPU")
        return (
            _mirrored_strategy(cpus)
            if devices == "all" and len(cpus) > 1
            else tf.distribute.OneDeviceStrategy("/cpu:0")
        )
    if devices == "all" or (devices == "auto" and len(gpus) > 1 and batch_size % len(gpus) == 0):
        return _mirrored_strategy(gpus)
    return tf.distribute.OneDeviceStrategy("/gpu:0")


def _mirrored_strategy(devices: list[tf.config.LogicalDevice]) -> tf.distribute.Strategy:
    # Between CPU devices, collective operations fail when one process trains twice, so one device does the reduction.
    on_cpu = devices[0].device_type == "CPU"
    return tf.distribute.MirroredStrategy(
        [device.name for device in devices],
        cross_device_ops=tf.distribute.ReductionToOneDevice() if on_cpu else None,
    )


def _has_tpu() -> bool:
    return bool(os.environ.get("COLAB_TPU_ADDR") or os.environ.get("TPU_NAME") or os.path.exists("/dev/accel0"))


def _tpu_strategy() -> tf.distribute.Strategy:
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu=os.environ.get("TPU_NAME", "local"))
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    except (ValueError, tf.errors.OpError) as error:
        reason = one_line(error, 200)
        raise ConfigError(
            f"devices 'tpu' needs a TPU on this host and the package tensorflow-tpu. Received: {reason}. "
            "Try --devices auto."
        ) from error
    return tf.distribute.TPUStrategy(resolver)
