"""Which of several troubles is named in a reason."""

from __future__ import annotations

from plugin.insight.health import judge
from plugin.settings import Settings
from tests.insight.snapshots import command, connection, shard, snapshot

SETTINGS = Settings()


def test_the_slowest_shard_is_named() -> None:
    """Of several beyond the limit, where the mean is not."""
    shards = [shard(latency, id=number) for number, latency in enumerate((10, 600, 800, 550, *[10] * 20))]
    health = judge(snapshot(connection=connection(*shards)), SETTINGS)
    assert health.reasons[0] == "worst shard latency 800 ms, limit 500 ms (3 of 24 shards)"


def test_the_worst_command_is_named_wherever_it_stands() -> None:
    """By how many times its limit it is beyond it."""
    well = [command(f"z{number}", ok=1000, mean_ms=1) for number in range(9)]
    slow = command("x", ok=10, mean_ms=1500), command("y", ok=10, mean_ms=2500)
    failing = command("a", ok=15, error=15), command("b", ok=5, error=25)
    assert judge(snapshot(*well, *slow, *failing), SETTINGS).reasons == (
        "2 failing commands, worst /b fails 83.3 % (25 of the last 30)",
        "2 slow commands, worst /y answers in 2.5 s",
    )


def test_the_only_cog_is_not_named() -> None:
    """Its sums are those of the whole; one of two is."""
    failing = [command(name, cog="shop", error=40) for name in "abc"]
    only = judge(snapshot(*failing), SETTINGS)
    assert not [reason for reason in only.reasons if "cog" in reason]
    two = judge(snapshot(*failing, command("d", cog="news", ok=10)), SETTINGS)
    assert [reason for reason in two.reasons if reason.startswith("cog shop has problems: ")]
