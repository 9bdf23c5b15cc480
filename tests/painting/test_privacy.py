"""Painting is private: ONNX Runtime's telemetry is off, and only the painting is written."""

import os
import subprocess
import sys

PROGRAM = """
import copyart
from PIL import Image
copyart.load("monet").paint(Image.new("RGB", (64, 64)))
"""


def test_painting_writes_nothing_into_the_home_folder(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    environment.pop("CI", None)  # where it is set, ONNX Runtime is silent of itself
    subprocess.run([sys.executable, "-c", PROGRAM], env=environment, check=True)
    assert [path.name for path in tmp_path.rglob("*")] == []
