"""The container's files install the versions of `setup.cfg`, and the container is confined."""

import configparser
import fnmatch
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def lines_of(text):
    return {line.partition("#")[0].strip() for line in text.splitlines()} - {""}


def test_the_image_installs_what_setup_cfg_says():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    said = lines_of(setup["options"]["install_requires"]) | lines_of(setup["options.extras_require"]["web"])
    installed = lines_of((ROOT / "container" / "requirements.txt").read_text(encoding="utf-8"))
    assert installed <= said
    assert lines_of(setup["options.extras_require"]["web"]) <= installed
    assert not any("tensorflow" in line or "keras" in line for line in installed)


def test_only_what_the_image_is_made_of_goes_to_the_builder():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    let_through = [line[1:] for line in ignored if line.startswith("!")]
    copied = {name for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()}
    assert copied == {*let_through}
    assert all((ROOT / name).exists() for name in let_through)
    assert not any(fnmatch.fnmatch(secret, name) for secret in (".git", ".env", "kaggle.json") for name in let_through)


def test_the_image_runs_as_nobody_and_tells_its_health():
    last = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    user = int(re.search(r"^USER (\d+):\d+$", last, re.MULTILINE).group(1))
    assert user > 0
    assert "/readyz" in re.search(r"^HEALTHCHECK .*\n +CMD (.*)$", last, re.MULTILINE).group(1)
    assert re.search(r'^CMD \["copyart", "serve", "--host", "0.0.0.0", "--port", "8000"\]$', last, re.MULTILINE)
    assert not re.search(r"(?i)^(ARG|ENV) .*(key|token|secret|password)", DOCKERFILE, re.MULTILINE)


def test_composed_it_is_confined_and_started_again():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["copyart"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert [place.partition(":")[0] for place in service["tmpfs"]] == ["/tmp"]
