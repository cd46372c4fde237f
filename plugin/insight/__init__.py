"""Pure judgement of snapshots and history; the time is always passed in."""
