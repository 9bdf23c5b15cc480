"""`make test` fails when a test was written and did not run, or ran and did not pass."""

import importlib.util
import os
import select
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "run_tests.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("run_tests", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path):
    def write(text):
        (tmp_path / "tests" / "data").mkdir(parents=True)
        (tmp_path / "tests" / "data" / "test_x.py").write_text(text)
        return tmp_path / "tests"

    return write


def test_functions_and_methods_are_found(script, project):
    folder = project("def test_a(): ...\nclass TestB:\n    async def test_c(self): ...\nif 1:\n    def test_d(): ...\n")
    expected = {("tests.data.test_x", name) for name in ("test_a", "test_c", "test_d")}
    assert script.written_tests(folder) == (expected, [])


def test_a_helper_inside_a_function_is_no_test(script, project):
    assert script.written_tests(project("def test_a():\n    def test_b(): ...\n"))[0] == {
        ("tests.data.test_x", "test_a")
    }


def test_a_method_of_a_helper_is_no_test(script, project):
    helper = "class Model(Base):\n    def test_step(self): ...\n"
    folder = project(helper + "class TestB(Base):\n    def test_c(self): ...\n")
    assert script.written_tests(folder)[0] == {("tests.data.test_x", "test_c")}


def test_a_test_hidden_by_a_namesake_is_a_problem(script, project):
    folder = project("def test_a(): ...\ndef test_a(): ...\n")
    assert script.written_tests(folder)[1] == ["tests.data.test_x: test_a is defined 2 times"]


def test_a_file_without_tests_is_a_problem(script, project):
    assert script.written_tests(project("def check(): ...\n"))[1] == ["tests.data.test_x: no test in this file"]


def test_what_is_left_out_is_not_looked_for(script, project):
    folder = project("def test_a(): ...\n")
    assert script.written_tests(folder, ["tests/other"])[0]
    assert script.written_tests(folder, ["tests/data"]) == (set(), [])


def test_everything_that_is_slow_exists(script):
    assert [place for place in script.SLOW if not (script.ROOT / place).exists()] == []


def test_what_takes_longest_starts_first_and_nothing_is_lost(script):
    files = script.files_with_tests(script.ROOT / "tests")
    ordered = script.order_files(files)
    assert sorted(ordered) == files
    names = [path.relative_to(script.ROOT).as_posix() for path in ordered]
    assert names[0] == script.FIRST[0]
    assert [place for place in script.FIRST if not (script.ROOT / place).exists()] == []
    assert not any(name.startswith(script.FIRST) for name in names[names.index("tests/test_config.py") :])


def test_left_out_files_are_not_started(script):
    left = {
        path.relative_to(script.ROOT).as_posix() for path in script.files_with_tests(script.ROOT / "tests", script.SLOW)
    }
    assert "tests/test_config.py" in left
    assert not any(name.startswith(script.SLOW) for name in left)


@pytest.mark.parametrize(
    ("node", "address"),
    [
        ("tests/test_x.py::test_a", ("tests.test_x", "test_a")),
        ("tests/data/test_x.py::TestB::test_c[1-a::b/c.py]", ("tests.data.test_x.TestB", "test_c[1-a::b/c.py]")),
    ],
)
def test_a_listed_test_is_found_in_the_report(script, node, address):
    assert script.address_of(node) == address


@pytest.mark.parametrize("kind", ["failure", "error", "skipped"])
def test_whatever_is_not_passed_is_told(script, kind):
    case = ElementTree.fromstring(f'<testcase><{kind} message="the reason&#10;more"/></testcase>')
    assert script.outcome_of_case(case) == f"{kind}: the reason"


def test_a_case_with_output_only_has_passed(script):
    assert (
        script.outcome_of_case(ElementTree.fromstring("<testcase><system-out>hello</system-out></testcase>"))
        == "passed"
    )


def test_a_written_test_that_did_not_run_is_missing(script):
    ran = [("tests.test_x.TestA", "test_b[1]")]
    written = {("tests.test_x", "test_b"), ("tests.test_x", "test_c")}
    assert script.describe_missing_tests(ran, ran, written) == ["tests.test_x::test_c: written, did not run"]


def test_a_collected_test_that_did_not_run_is_missing(script):
    listed = [("tests.test_x", "test_a[1]"), ("tests.test_x", "test_a[2]")]
    problems = script.describe_missing_tests(listed, listed[:1], {("tests.test_x", "test_a")})
    assert problems == ["tests.test_x::test_a[2]: collected, did not run"]


def test_when_time_is_up_whatever_was_started_is_killed(script):
    reader, writer = os.pipe()
    command = [sys.executable, "-c", "import os, time; os.fork(); time.sleep(60)"]
    with pytest.raises(subprocess.TimeoutExpired):
        script.run_with_children(command, timeout=1, pass_fds=[writer])
    os.close(writer)
    assert select.select([reader], [], [], 10)[0]  # readable: nobody holds the other end any more
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_a_command_in_time_gives_its_status_and_output(script):
    result = script.run_with_children(
        [sys.executable, "-c", "print(1); exit(3)"], 60, stdout=subprocess.PIPE, text=True
    )
    assert (result.returncode, result.stdout) == (3, "1\n")
