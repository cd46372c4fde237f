"""What we conclude: pure judgement of snapshots; the time is always passed in."""
