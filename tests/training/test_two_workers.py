import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.training.two_workers import train

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


def start_worker(number, ports, out):
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    config = {"cluster": cluster, "task": {"type": "worker", "index": number}}
    environment = {**os.environ, "TF_CONFIG": json.dumps(config), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.training.two_workers", str(out)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def test_two_workers_over_loopback_end_where_one_process_does(tmp_path):
    ports = free_ports(2)
    outs = [tmp_path / f"worker-{number}.npz" for number in range(2)]
    workers = [start_worker(number, ports, out) for number, out in enumerate(outs)]
    try:
        alone = [variable.numpy() for variable in train("cpu").trainable_variables]
        for worker in workers:
            _, errors = worker.communicate(timeout=240)
            assert worker.returncode == 0, errors[-2000:]
    finally:
        for worker in workers:
            worker.kill()
    for out in outs:
        with np.load(out) as file:
            together = [file[name] for name in file.files]
        differences = [np.abs(one - two).max() for one, two in zip(alone, together, strict=True)]
        assert max(differences) < 1e-4
