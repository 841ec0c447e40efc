"""Every Prometheus metric of the platform."""

from prometheus_client import Counter, Gauge, Histogram, start_http_server

FAST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

COMMAND_SECONDS = Histogram(
    "hb_command_seconds",
    "From reading a command to its answer.",
    ["type", "outcome"],
    buckets=FAST_SECONDS,
)
COMMAND_BATCH_SIZE = Histogram(
    "hb_command_batch_size", "Commands decided in one transaction.", buckets=BATCH_SIZES
)
QUEUE_DEPTH = Gauge("hb_queue_depth", "Messages waiting for a consumer.", ["consumer"])
PROJECTION_LAG_EVENTS = Gauge(
    "hb_projection_lag_events", "Events a projection has not seen yet.", ["projection"]
)
PROJECTION_LAG_SECONDS = Gauge(
    "hb_projection_lag_seconds", "Age of the oldest event a projection has not seen yet.", ["projection"]
)
PROJECTIONS_STOPPED = Gauge("hb_projections_stopped", "Projections stopped by an error.")
RELAY_LAG_EVENTS = Gauge("hb_relay_lag_events", "Committed events not published yet.")
RELAY_LAG_SECONDS = Gauge("hb_relay_lag_seconds", "Age of the oldest committed event not published yet.")
SEALER_LAG_ENTRIES = Gauge("hb_sealer_lag_entries", "Billing events without a leaf.")
SEALER_LAG_SECONDS = Gauge("hb_sealer_lag_seconds", "Age of the oldest billing event without a leaf.")
WITNESS_LAG_ENTRIES = Gauge(
    "hb_witness_lag_entries", "Sealed entries a witness has not cosigned yet.", ["witness"]
)
WITNESS_CONTRADICTIONS = Counter(
    "hb_witness_contradictions", "Times a witness said that it saw another ledger.", ["witness"]
)
PROVIDER_SECONDS = Histogram(
    "hb_provider_seconds", "One call to a model provider.", ["model", "outcome"], buckets=SLOW_SECONDS
)
PROVIDER_TOKENS = Counter("hb_provider_tokens", "Tokens a provider reported.", ["model", "token_class"])
PROVIDER_ESTIMATES = Counter(
    "hb_provider_usage_estimated", "Calls whose usage we counted, as the provider reported none.", ["model"]
)
PROVIDER_QUARANTINED = Counter(
    "hb_provider_usage_quarantined", "Calls whose usage report has something we cannot place.", ["model"]
)
CALLS_UNKNOWN = Gauge("hb_calls_unknown", "Provider calls whose outcome nobody knows, not resolved yet.")
OVERDUE = Counter("hb_overdue", "Steps and runs found overdue that nobody had woken or ended.", ["kind"])
DEAD_LETTERS = Counter("hb_dead_letters", "Messages given up after their last attempt.", ["consumer"])


def serve(port: int, host: str) -> None:
    """On a thread of its own, until the process ends."""
    start_http_server(port, addr=host)
