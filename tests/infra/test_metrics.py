import urllib.request

from infra import metrics
from infra.embedded.ports import free_ports


def test_metrics_can_be_scraped() -> None:
    metrics.COMMAND_SECONDS.labels("tests.metrics.scraped", "accepted").observe(0.004)
    metrics.RELAY_LAG_EVENTS.set(0)
    [port] = free_ports(1)
    metrics.serve(port, "127.0.0.1")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as response:
        page = response.read().decode()
    assert 'hb_command_seconds_count{outcome="accepted",type="tests.metrics.scraped"} 1.0' in page
    assert "hb_relay_lag_events 0.0" in page
