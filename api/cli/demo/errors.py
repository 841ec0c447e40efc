class DemoFailed(Exception):
    """The story did not go as it must."""
