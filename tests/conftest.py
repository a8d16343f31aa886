"""Rules that hold for every test: own folders, no network in the core tier, no silent skip."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tonmeister.config import Settings

pytest_plugins = ["pytester"]

LONGEST = ("tests/capability/", "tests/planner/test_llm.py")
"""A long file that begins last is waited for by all who test beside it."""
LOOPBACK = ("127.", "::1", "localhost")


class NetworkUsed(AssertionError):
    """A test of the core tier left this machine."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the model tier last, so that the core tier tells first; its longest files lead it."""

    def place(test: pytest.Item) -> int:
        if test.get_closest_marker("weights") is None:
            return 0
        return 1 if test.nodeid.startswith(LONGEST) else 2

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Turn a skip into a failure in CI, where everything that a test needs must be there."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing is skipped in CI; provide what the test needs. {reason}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests/capability measured."""
    # Properties reach the summary from every process that tests, in the reports.
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]
    told = [prop for one in reports if one.when == "call" for prop in one.user_properties]
    rows = [json.loads(row) for name, row in told if name == "capability"]
    if not rows:
        return
    terminalreporter.section("capability")
    for row in rows:
        value = f"{row['value']:.4g}" if isinstance(row["value"], float) else row["value"]
        terminalreporter.write_line(
            f"{row['tool']} ({row['model']}): {row['measure']} {value} {row.get('unit', '')}"
            f" on {row['data']}"
        )


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's ledger and settings out of the tests; weights are shared on purpose."""
    home = tmp_path_factory.mktemp("home")
    settings = home / "config.toml"
    settings.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONMEISTER_HOME", str(home))
        patch.setenv("TONMEISTER_CONFIG", str(settings))
        # Tests that run beside each other share the cores.
        beside = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        cores = max(1, (os.cpu_count() or 1) // beside)
        patch.setenv("TONMEISTER_THREADS", str(cores))
        for name in ("LLM", "LLM_URL", "LLM_MODEL", "LLM_KEY", "LLM_PHRASING"):
            patch.delenv(f"TONMEISTER_{name}", raising=False)
        yield


@pytest.fixture(autouse=True)
def _offline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections beyond loopback, except in the model tier, which may pull weights."""
    if request.node.get_closest_marker("weights") is not None:
        return
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise NetworkUsed(f"The core tier is offline, but a test connects to {address}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def stage_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plug-in with tools that hang, fall and fail, installed as third parties do."""
    from tonmeister.testing import install_plugin

    folder = tmp_path_factory.mktemp("plugins")
    (folder / "stage.py").symlink_to(Path(__file__).parent / "plugin" / "stage.py")
    install_plugin(folder, "stage", {"stage": "stage"})
    return folder


@pytest.fixture
def stage(stage_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plug-in ``stage``, for this process and for every process it starts."""
    monkeypatch.syspath_prepend(stage_folder)
    known = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(stage_folder), known])))
    return stage_folder


@pytest.fixture
def settings(tmp_path: Path) -> "Settings":
    """Two workers, a ledger of their own, no weights and no language model."""
    from tonmeister.config import Settings

    return Settings(
        home=tmp_path / "home",
        weights=tmp_path / "weights",
        pull="never",
        llm="off",
        workers=2,
        threads=1,
        step_timeout=60.0,
    )
