"""The HTTP edge under its server, with the server's settings in one place: `python -m api.serve`."""

import argparse
from collections.abc import Sequence
from typing import Any

import uvicorn

from api.gateway.protocol import GuardedHttp

APP = "api.main:create_app"
OPTIONS: dict[str, Any] = {
    "http": GuardedHttp,
    "ws": "none",
    # The server would believe X-Forwarded-For of this machine: whom to believe is our setting.
    "proxy_headers": False,
    "server_header": False,
    "access_log": False,
    "timeout_graceful_shutdown": 3,
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Serves the HTTP edge.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args(arguments)
    uvicorn.run(APP, factory=True, host=asked.host, port=asked.port, **OPTIONS)


if __name__ == "__main__":
    main()
