from datetime import datetime, timedelta


class FakeClock:
    """Stands still until it is moved, or moves by `tick` whenever somebody looks."""

    tick = timedelta(0)

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def advance(self, by: timedelta) -> None:
        self.now += by
