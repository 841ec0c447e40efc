class StoryFailed(Exception):
    """The story did not go as it must."""
