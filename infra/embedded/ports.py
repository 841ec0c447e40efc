"""Free ports on this machine, kept from one start to the next."""

import json
import socket
from pathlib import Path

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of a killed server linger; they do not keep a new one from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """Held open together, so that no two are the same."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def remembered_ports(file: Path, count: int) -> list[int]:
    """Last time's ports while they are free; otherwise new ones, remembered from now on."""
    ports = read_ports(file)
    if len(ports) != count or not all(is_free(port) for port in ports):
        ports = free_ports(count)
        file.write_text(json.dumps(ports))
    return ports


def read_ports(file: Path) -> list[int]:
    try:
        return [int(port) for port in json.loads(file.read_text())]
    except (OSError, ValueError, TypeError):
        return []
