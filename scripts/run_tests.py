"""Run all tests, and fail unless each of them ran and passed: `python scripts/run_tests.py [--fast]`.

A suite can pass because tests are skipped, deselected, shadowed by another of the same name, or never collected. So the
tests that ran are compared with those that pytest collects, and with every `def test_…` in the files. `--fast` leaves
out the files and folders in `SLOW`.
"""

import ast
import os
import re
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Time limit in seconds: well above the suite's duration, and below the limit of continuous integration.
COLLECTING, RUNNING = 600, 2400
#: At least two processes, because a test mostly uses one core. The tests of a file run in one process, so that their
#: shared fixtures are created once. Files are started in the order in which they are named.
WORKERS = (
    "--numprocesses",
    str(min(max(os.cpu_count() or 1, 2), 4)),
    "--dist",
    "loadfile",
    "--no-loadscope-reorder",
)
#: These files and folders start first, so that at the end no process works alone for long.
FIRST = (
    "tests/training/test_two_workers.py",
    "tests/web/browser",
    "tests/training",
    "tests/test_benchmarks.py",
    "tests/test_rented_gpu.py",
    "tests/test_examples.py",
    "tests/export",
    "tests/cli",
    "tests/models",
    "tests/test_benchmark_formats.py",
    "tests/engine",
)
#: Tests of what cannot be installed with this Python: TensorFlow Datasets on 3.10 (setup.cfg says why).
IMPOSSIBLE = ("tests/data/test_tfds.py",) if sys.version_info < (3, 11) else ()
#: The slowest files and folders. Without them the tests take less than two minutes on two cores.
SLOW = (
    "tests/cli",
    "tests/data/test_decoding.py",
    "tests/data/test_kaggle.py",
    "tests/data/test_numpy_batches.py",
    "tests/data/test_pipeline.py",
    "tests/engine/test_onnx_engine.py",
    "tests/evaluation/test_evaluator.py",
    "tests/evaluation/test_kid.py",
    "tests/export",
    "tests/formats/test_checkpoint.py",
    "tests/formats/test_sandbox.py",
    "tests/models",
    "tests/painting/test_loading.py",
    "tests/painting/test_people.py",
    "tests/painting/test_pickling.py",
    "tests/scripts/test_judge_styles.py",
    "tests/styles/test_bundled.py",
    "tests/styles/test_networks.py",
    "tests/styles/test_opened_once.py",
    "tests/test_benchmark_formats.py",
    "tests/test_benchmarks.py",
    "tests/test_examples.py",
    "tests/test_rented_gpu.py",
    "tests/test_time_to_style.py",
    "tests/training",
    "tests/video",
    "tests/web/browser",
    "tests/web/worker/test_memory.py",
    "tests/weights",
)


def main(arguments):
    left_out = IMPOSSIBLE + (SLOW if "--fast" in arguments else ())
    ignored = [f"--ignore={path}" for path in left_out]
    written, problems = written_tests(ROOT / "tests", left_out)
    with ThreadPoolExecutor(1) as beside:
        listing = beside.submit(collected_tests, ignored)
        status, cases = run(order_files(files_with_tests(ROOT / "tests", left_out)))
        listed = listing.result()
    passed = [address for address, outcome in cases if outcome == "passed"]
    problems += [f"{format_address(address)}: {outcome}" for address, outcome in cases if outcome != "passed"]
    problems += describe_missing_tests(listed, [address for address, _ in cases], written)
    if status and not problems:
        problems.append(f"pytest ended with status {status}")
    for problem in problems:
        print(f"FAILED  {problem}")
    print(f"{len(passed)} passed, {len(problems)} failed")
    return 1 if problems or not passed else 0


def written_tests(folder, left_out=()):
    """Return (module, function) of every test in the files, and a line for each test that another of the same name
    shadows and for each file without tests."""
    found, problems = set(), []
    for path in files_with_tests(folder, left_out):
        module = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
        names = Counter(find_test_functions(ast.parse(path.read_text(encoding="utf-8"), path.name)))
        if not names:
            problems.append(f"{module}: no test in this file")
        problems += [f"{module}: {name} is defined {count} times" for name, count in names.items() if count > 1]
        found |= {(module, name.rpartition(".")[2]) for name in names}
    return found, problems


def files_with_tests(folder, left_out=()):
    """Return the paths of the files with tests."""
    return [
        path
        for path in sorted(folder.rglob("test_*.py"))
        if not any(path.is_relative_to(folder.parent / place) for place in left_out)
    ]


def order_files(files):
    """Return the paths in the order of `FIRST`, and then the others."""
    return sorted(files, key=lambda path: next((n for n, at in enumerate(FIRST) if path.is_relative_to(ROOT / at)), 99))


def find_test_functions(node, prefix=""):
    """Yield the dotted name of every test function in a module or class, except inside functions.

    A derived class whose name does not start with Test is skipped: it is a helper, such as a Keras model, whose method
    `test_step` is not a test.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if child.name.startswith("test"):
                yield prefix + child.name
        elif isinstance(child, ast.ClassDef):
            if child.bases and not child.name.startswith("Test"):
                continue
            yield from find_test_functions(child, f"{prefix}{child.name}.")
        else:
            yield from find_test_functions(child, prefix)


def collected_tests(ignored):
    """Return the (class, name) of every test that pytest collects, as in its XML report."""
    result = run_pytest("--collect-only", "-q", *ignored, timeout=COLLECTING, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        print(result.stdout)
        raise SystemExit("0 passed, 1 failed: the tests could not be collected")
    if deselected := re.search(r"\d+ deselected", result.stdout):
        raise SystemExit(f"0 passed, 1 failed: {deselected.group()} by the configuration")
    return [address_of(line) for line in result.stdout.splitlines() if ".py::" in line]


def address_of(node):
    """Turn `tests/data/test_x.py::TestY::test_z[1]` into `("tests.data.test_x.TestY", "test_z[1]")`."""
    head, bracket, parameters = node.partition("[")
    file, *names = head.split("::")
    module = file.removesuffix(".py").replace("/", ".")
    return ".".join([module, *names[:-1]]), names[-1] + bracket + parameters


def run(files):
    """Run the tests in these files. Return pytest's status, and the (class, name) and outcome of each test."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        try:
            status = run_pytest("-q", *WORKERS, f"--junitxml={report}", *files, timeout=RUNNING).returncode
        except subprocess.TimeoutExpired:
            raise SystemExit(f"0 passed, 1 failed: the tests took more than {RUNNING} seconds") from None
        cases = ElementTree.parse(report).iter("testcase") if report.exists() else ()
        return status, [((case.get("classname"), case.get("name")), outcome_of_case(case)) for case in cases]


def outcome_of_case(case):
    """Return `passed`, or the outcome in the XML report: `failure`, `error`, or `skipped` (also for xfail)."""
    results = [child for child in case if child.tag in ("failure", "error", "skipped")]
    return f"{results[0].tag}: {first_line(results[0].get('message'))}" if results else "passed"


def first_line(text):
    return (text or "").strip().partition("\n")[0][:200]


def describe_missing_tests(listed, ran, written):
    """Return a line for each test that should have run but did not, or ran without being collected."""
    problems = [f"{format_address(address)}: collected, did not run" for address in (Counter(listed) - Counter(ran))]
    problems += [
        f"{format_address(address)}: ran, but was not collected" for address in (Counter(ran) - Counter(listed))
    ]
    called = {(module_of(classname), name.partition("[")[0]) for classname, name in ran}
    problems += [f"{module}::{name}: written, did not run" for module, name in sorted(written - called)]
    return problems


def module_of(classname):
    """Remove the classes from a dotted name. Modules are lower-case, classes are not."""
    return ".".join(part for part in classname.split(".") if not part[:1].isupper())


def format_address(address):
    return "::".join(part or "?" for part in address)


def run_pytest(*arguments, **options):
    # PYTEST_ADDOPTS could silently deselect tests.
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return run_with_children([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, **options)


def run_with_children(command, timeout, **options):
    """Run a command as `subprocess.run` does. On a timeout or Ctrl-C, kill it and all processes that it started."""
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            out, _ = process.communicate(timeout=timeout)
        except BaseException:  # also for Ctrl-C, which does not reach processes of another session
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
