class WorkerKilled(BaseException):
    """Raised in the middle of an effect: the process is gone, nothing of it is told."""
