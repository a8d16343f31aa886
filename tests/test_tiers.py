"""The rules of tests/conftest.py, each shown to bite."""

import re
from pathlib import Path

import pytest

RULES = Path(__file__).with_name("conftest.py")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    rules = RULES.read_text(encoding="utf-8").replace('pytest_plugins = ["pytester"]\n', "")
    pytester.makeconftest(rules)
    pytester.makeini("[pytest]\nmarkers = weights: model tier\n")
    return pytester


@pytest.mark.parametrize(("ci", "outcome"), [("true", "failed"), ("", "skipped")])
def test_a_skip_fails_in_ci_and_an_expected_failure_does_not(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
):
    monkeypatch.setenv("CI", ci)
    project.makepyfile(
        """
        import pytest

        def test_skips():
            pytest.skip("no file")

        @pytest.mark.xfail(raises=ValueError, strict=True)
        def test_expected():
            raise ValueError
        """
    )
    result = project.runpytest_subprocess("-ra")
    result.assert_outcomes(**{outcome: 1, "xfailed": 1})
    result.stdout.fnmatch_lines(["*no file*"])


def test_the_model_tier_comes_last(project: pytest.Pytester):
    project.makepyfile(
        """
        import pytest

        @pytest.mark.weights
        def test_model():
            pass

        def test_core():
            pass
        """
    )
    result = project.runpytest_subprocess("-v")
    result.stdout.fnmatch_lines(["*::test_core PASSED*", "*::test_model PASSED*"])


def test_the_longest_files_lead_the_model_tier_as_make_test_runs_it(project: pytest.Pytester):
    marked = "@pytest.mark.weights\ndef test_{}():\n    pass\n\n"
    for name, tests in (("a/test_short.py", "abc"), ("capability/test_long.py", "a")):
        path = project.path / "tests" / name
        path.parent.mkdir(parents=True)
        path.write_text("import pytest\n\n" + "".join(map(marked.format, tests)), "utf-8")
    makefile = RULES.parents[1].joinpath("Makefile").read_text(encoding="utf-8")
    (beside,) = re.findall("^BESIDE := (.*)$", makefile, re.MULTILINE)
    result = project.runpytest_subprocess("-v", *beside.replace("=auto", "=1").split())
    result.stdout.fnmatch_lines(["*PASSED*test_long.py::test_a*", "*PASSED*test_short.py::test_a*"])


def test_the_core_tier_cannot_leave_this_machine(project: pytest.Pytester):
    project.makepyfile(
        """
        import socket

        def test_leaves():
            socket.create_connection(("192.0.2.1", 80), timeout=0.1)

        def test_stays():
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname(), timeout=5).close()
        """
    )
    result = project.runpytest_subprocess("-ra")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*The core tier is offline*192.0.2.1*"])


@pytest.mark.parametrize("of", ["TEST_MODELS", "DEMO_MODELS"])
def test_the_weights_a_fresh_clone_pulls_are_known_by_these_names(of: str) -> None:
    from tonmeister.interfaces.opening import known_weights

    listed = re.search(
        rf"^{of} := (.+)$", RULES.parents[1].joinpath("Makefile").read_text(encoding="utf-8"), re.M
    )
    assert listed is not None
    _, _, known = known_weights()
    assert set(listed[1].split()) <= set(known)
