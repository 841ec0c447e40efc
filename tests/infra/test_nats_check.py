from pathlib import Path

import pytest

from infra.embedded.nats import EmbeddedNats
from infra.embedded.nats_check import MonitorUnreachable, NotDurable, assert_durable
from infra.embedded.ports import free_ports


async def test_our_own_server_syncs_every_message(nats_server: EmbeddedNats) -> None:
    await assert_durable(nats_server.monitor_url)


async def test_a_server_that_syncs_lazily_is_refused(data_dir: Path) -> None:
    server = EmbeddedNats(data_dir / "nats", data_dir / "nats.log", sync_interval="2m")
    await server.start()
    try:
        with pytest.raises(NotDurable, match="up to 120 s before") as refusal:
            await assert_durable(server.monitor_url)
        assert "sync_interval: always" in refusal.value.fix
    finally:
        await server.stop()


async def test_a_silent_monitor_is_named() -> None:
    with pytest.raises(MonitorUnreachable) as refusal:
        await assert_durable(f"http://127.0.0.1:{free_ports(1)[0]}")
    assert "HB_NATS_MONITOR_URL" in refusal.value.fix
