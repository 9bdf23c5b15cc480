"""Choosing a strategy by the name of devices, and refusing wrong names."""

import json
from types import SimpleNamespace

import pytest
import tensorflow as tf

from copyart.errors import ConfigError
from copyart.training import strategy_tensorflow as module
from copyart.training.strategy import choose_strategy, is_chief


@pytest.fixture
def machine(monkeypatch):
    """A machine with so many GPUs, and perhaps a TPU; strategies over GPUs come back as their description."""
    cpus = tf.config.list_logical_devices("CPU")

    def machine(gpus=0, tpu=False):
        devices = {"CPU": cpus, "GPU": [SimpleNamespace(name=f"/gpu:{n}", device_type="GPU") for n in range(gpus)]}
        monkeypatch.setattr(tf.config, "list_logical_devices", devices.__getitem__)
        monkeypatch.setattr(module, "_has_tpu", lambda: tpu)
        monkeypatch.setattr(module, "_tpu_strategy", lambda: SimpleNamespace(kind="tpu", num_replicas_in_sync=8))
        if gpus:
            monkeypatch.setattr(
                module,
                "_mirrored_strategy",
                lambda found: SimpleNamespace(kind=f"mirrored {found[0].device_type}", num_replicas_in_sync=len(found)),
            )
            monkeypatch.setattr(
                tf.distribute, "OneDeviceStrategy", lambda name: SimpleNamespace(kind=name, num_replicas_in_sync=1)
            )

    return machine


@pytest.mark.parametrize("devices", ["auto", "cpu"])
def test_without_accelerators_one_cpu_trains(machine, devices):
    machine()
    chosen = choose_strategy(devices)
    assert isinstance(chosen, tf.distribute.OneDeviceStrategy)
    assert chosen.num_replicas_in_sync == 1
    assert "CPU" in chosen.extended.worker_devices[0].upper()


def test_all_takes_every_logical_cpu_where_there_is_no_gpu(machine):
    machine()
    chosen = choose_strategy("all", 2)
    assert isinstance(chosen, tf.distribute.MirroredStrategy)
    assert chosen.num_replicas_in_sync == 2


@pytest.mark.parametrize(
    ("devices", "gpus", "batch", "kind"),
    [
        ("auto", 1, 1, "/gpu:0"),
        ("auto", 2, 1, "/gpu:0"),
        ("auto", 2, 4, "mirrored GPU"),
        ("all", 2, 4, "mirrored GPU"),
        ("gpu", 2, 4, "/gpu:0"),
        ("cpu", 2, 4, "/cpu:0"),
    ],
)
def test_gpus_are_chosen_by_name_and_batch(machine, devices, gpus, batch, kind):
    machine(gpus=gpus)
    assert choose_strategy(devices, batch).kind == kind


@pytest.mark.parametrize(("devices", "tpu"), [("auto", True), ("tpu", False)])
def test_a_tpu_is_taken_where_there_is_one_or_where_it_is_asked_for(machine, devices, tpu):
    machine(gpus=1, tpu=tpu)
    assert choose_strategy(devices, 8).kind == "tpu"


def test_a_batch_that_replicas_cannot_share_is_refused(machine):
    machine()
    with pytest.raises(ConfigError, match=r"multiple of the number of replicas, here 2. Received: batch_size=3\."):
        choose_strategy("all", 3)


def test_a_gpu_that_is_not_there_is_refused(machine):
    machine()
    with pytest.raises(ConfigError, match="devices 'gpu' needs a GPU"):
        choose_strategy("gpu")


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"auto, cpu, gpu, tpu, all. Received: devices='cuda'"):
        choose_strategy("cuda")


@pytest.mark.parametrize("error", [ValueError("no TPU\nat all"), tf.errors.NotFoundError(None, None, "no TPU\nat all")])
def test_a_tpu_that_is_not_there_is_named_in_one_line(monkeypatch, error):
    def resolver(**arguments):
        raise error

    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", resolver)
    with pytest.raises(ConfigError, match=r"devices 'tpu' needs a TPU on this host.*Received: no TPU.") as caught:
        choose_strategy("tpu")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[]", '{"cluster": []}', '{"cluster": {"worker": 3}}'])
def test_a_tf_config_that_names_no_cluster_is_named_in_one_line(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ConfigError, match="TF_CONFIG must be the JSON of a cluster") as caught:
        choose_strategy("cpu")
    assert "\n" not in str(caught.value)


def worker(task_type, task_id):
    return SimpleNamespace(cluster_resolver=SimpleNamespace(task_type=task_type, task_id=task_id))


@pytest.mark.parametrize(("task", "chief"), [(("worker", 0), True), (("worker", 1), False), (("evaluator", 0), False)])
def test_the_first_of_several_workers_writes(monkeypatch, task, chief):
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": {"worker": ["a:1", "b:1"]}}))
    assert is_chief(worker(*task)) is chief


def test_where_there_is_a_chief_no_worker_writes(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": {"chief": ["a:1"], "worker": ["b:1"]}}))
    assert is_chief(worker("chief", 0))
    assert not is_chief(worker("worker", 0))


def test_an_only_worker_writes(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": {"worker": ["a:1"]}}))
    assert is_chief(worker("worker", 0))
    monkeypatch.delenv("TF_CONFIG")
    assert is_chief(tf.distribute.OneDeviceStrategy("/cpu:0"))
