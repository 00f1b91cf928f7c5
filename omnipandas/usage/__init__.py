"""Usage studies: pure functions from frame to frame."""
