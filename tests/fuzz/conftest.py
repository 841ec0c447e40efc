from tests.api.conftest import plain_logs

__all__ = ["plain_logs"]
