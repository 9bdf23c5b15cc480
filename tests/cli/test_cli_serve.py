"""`copyart serve`: its address, its styles and its errors."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import copyart as package
from copyart.cli.console import require_extra


def test_it_serves_until_it_is_told_to_end(style):
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])}
    command = [sys.executable, "-m", "copyart", "serve", "--port", "0", "--artist", str(style), "--queue", "3"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        line = server.stderr.readline()
        url = re.fullmatch(r"Copyart runs at (http://127\.0\.0\.1:\d+) \(stop with Ctrl-C\)\n", line).group(1)
        with urllib.request.urlopen(f"{url}/api/v1/artists", timeout=30) as answer:
            slugs = [artist["slug"] for artist in json.load(answer)["artists"]]
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
        assert server.stderr.read() == ""
    assert {"monet", "tiny"} <= {*slugs}


@pytest.mark.parametrize(("runtimes", "told"), [({}, True), ({"wasm": {}}, False)])
def test_the_operator_is_told_when_browsers_cannot_paint(copyart, monkeypatch, runtimes, told):
    monkeypatch.setattr("copyart.web.page.runtime.installed_runtimes", lambda: runtimes)
    monkeypatch.setattr("copyart.web.server.listening.Server.run", lambda server: None)
    result = copyart("serve", "--port", 0)
    assert ("onnxruntime-web is missing" in result.err) is told


def test_a_port_that_is_taken_is_one_line(copyart):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = copyart("serve", "--port", taken.getsockname()[1]).complaint
    assert "the address must be free" in line
    assert "--port" in line


def test_a_style_that_is_not_there_is_one_line(copyart, tmp_path):
    assert "which does not exist" in copyart("serve", "--port", 0, "-a", tmp_path / "nothing").complaint


def test_a_style_that_is_damaged_is_one_line(copyart, tmp_path, style):
    import shutil

    shutil.copytree(style, tmp_path / "torn")
    (tmp_path / "torn" / "weights.safetensors").write_bytes(b"torn")
    assert "must be a complete style folder" in copyart("serve", "--port", 0, "-a", tmp_path / "torn").complaint


def test_a_limit_out_of_its_range_is_one_line(copyart):
    assert "queue must be a number of at least 1. Received: 0." in copyart("serve", "--queue", 0).complaint


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "0"])
@pytest.mark.parametrize("option", ["max-megabytes", "max-megapixels", "painted-megapixels", "paint-seconds"])
def test_a_limit_that_is_no_limit_is_one_line(copyart, option, value):
    assert "at least 1" in copyart("serve", f"--{option}", value).complaint


@pytest.mark.parametrize("command", [("serve",), ("site", "public")])
def test_without_the_extra_it_says_what_to_install(copyart, monkeypatch, command):
    for name in [name for name in sys.modules if name.startswith("copyart.web.") or name.partition(".")[0] == "flask"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "flask", None)
    line = copyart(*command).complaint
    assert 'needs the extra web. Received: flask, which is missing. Install it: pip install "copyart[web]"' in line


def test_a_module_of_our_own_that_is_missing_is_no_question_of_the_extra():
    with pytest.raises(ModuleNotFoundError), require_extra("web", "serving"):
        import copyart.web.nothing  # noqa: F401
