import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.training.two_workers import fit

ROOT = Path(__file__).parents[2]


def free_ports(count):
    """Ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def start_workers(task, folder, *arguments):
    ports = free_ports(2)
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    workers = []
    for number in range(2):
        config = {"cluster": cluster, "task": {"type": "worker", "index": number}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(config), "PYTHONPATH": str(ROOT)}
        out = folder / f"worker-{number}.npz"
        command = [sys.executable, "-m", "tests.training.two_workers", task, str(out), *map(str, arguments)]
        workers.append((subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True), out))
    return workers


def finish(workers):
    """What each worker ended with, the number of steps first, and what it said."""
    results, said = [], []
    try:
        for worker, out in workers:
            _, errors = worker.communicate(timeout=240)
            assert worker.returncode == 0, errors[-3000:]
            said.append(errors)
            with np.load(out) as file:
                results.append([file[name] for name in file.files])
    finally:
        for worker, _ in workers:
            worker.kill()
    return results, said


def largest_difference(some, others):
    return max(np.abs(one - other).max() for one, other in zip(some, others, strict=True))


def test_two_workers_over_loopback_end_where_one_process_does(tmp_path):
    workers = start_workers("fit", tmp_path)
    alone = [variable.numpy() for variable in fit("cpu").trainable_variables]
    results, _ = finish(workers)
    for _, *together in results:
        assert largest_difference(alone, together) < 1e-4


def test_two_workers_train_in_one_workdir_and_go_on_from_it(tmp_path):
    workdir = tmp_path / "run"
    (first, second), _ = finish(start_workers("train", tmp_path, workdir, 1))
    assert first[0] == second[0] == 2
    assert largest_difference(first[1:], second[1:]) == 0
    assert [path.name for path in (workdir / "checkpoints").iterdir()] == ["step-000000002"]
    (first, second), said = finish(start_workers("train", tmp_path, workdir, 2))
    assert all("Resuming from step-000000002" in errors for errors in said)
    assert first[0] == second[0] == 4
    assert largest_difference(first[1:], second[1:]) == 0
    assert len((workdir / "history.csv").read_text().splitlines()) == 3
