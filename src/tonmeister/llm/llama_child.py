"""The child process that runs llama.cpp's server; ``embedded.py`` starts it.

It reads its settings as one line of JSON from stdin, answers its address as one line on
stdout, and ends when stdin does: that happens whenever, and however, its parent ends.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

__all__: list[str] = []

PARENT_POLL = 1.0


def _main() -> None:
    # Ctrl-C in a terminal reaches the whole group; the parent decides when the model ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    settings = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    # llama.cpp writes to stdout at times, and there it would pass for the address.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        server = _load(settings)
    except RuntimeError as error:
        sys.exit(str(error))
    with answer:
        answer.write(f"{server.listening_address}\n")
    # A process that the parent forked may hold the other end of stdin open after its death.
    orphaned = threading.Event()
    while os.getppid() == parent:
        orphaned.wait(PARENT_POLL)
    os._exit(0)


def _end_with_stdin() -> None:
    while sys.stdin.read(1):
        pass
    # Not sys.exit, which would end this thread only; there is nothing to save.
    os._exit(0)


def _load(settings: dict[str, Any]) -> Any:
    import xllamacpp

    module: Any = xllamacpp
    params = module.CommonParams()
    params.model.path = settings["model"]
    params.n_ctx = settings["n_ctx"]
    params.n_parallel = 1
    params.cpuparams.n_threads = settings["n_threads"]
    params.cpuparams_batch.n_threads = settings["n_threads"]
    # Its fused attention is made for graphics cards: on processors long prompts answer slower.
    params.flash_attn_type = module.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings["key"]]
    params.slot_save_path = settings["prefix_folder"]
    # Its own cache of prompts in memory may grow to 8 GiB.
    params.cache_ram_mib = 0
    params.ui = False
    params.verbosity = 1
    return module.Server(params)


if __name__ == "__main__":
    _main()
