"""How long instances should have run in a period, and how long they did not."""

from __future__ import annotations

import pytest

from plugin.insight.availability import Downtime, InstanceProcesses, Watch, availability, inside_s, state_at, watch
from plugin.insight.scales import Scales
from plugin.model import BootSeen, SeriesDelta
from plugin.model.past import InstanceState
from plugin.settings import Settings

START, END, BEAT_S = 100_000.0, 200_000.0, 60.0
SCALE = Scales.of(Settings()).measured["connected_share"]


def process(started: float, last_seen: float, left: bool = False) -> BootSeen:
    """One process; `left` where it shut down cleanly."""
    return BootSeen(f"boot {started}", "1.0.0", started, last_seen, last_seen if left else None, "memory 90 MB")


def life(
    *boots: BootSeen, name: str = "one", shards: tuple[int, ...] = (0,), connected: SeriesDelta | None = None
) -> InstanceProcesses:
    """An instance with these processes."""
    return InstanceProcesses(name, shards, boots, connected, state_at(boots, END, END, BEAT_S))


def watched(one: InstanceProcesses, *others: InstanceProcesses) -> Watch | None:
    """How it is watched beside others."""
    return watch(one, (one, *others), START, END, BEAT_S)


def test_an_instance_is_watched_from_its_first_start() -> None:
    """And from the begin of the period where it ran before; not at all where it starts after its end."""
    assert watched(life(process(START - 500, END))) == Watch(START, END, ())
    assert watched(life(process(START + 500, END))) == Watch(START + 500, END, ())
    assert watched(life(process(END, END + 500))) is None
    assert Watch(START, END, ()).seconds == END - START
    assert Watch(END, START, ()).seconds == 0


@pytest.mark.parametrize("left", [False, True])
def test_the_time_between_two_processes_is_a_downtime(left: bool) -> None:
    """After an unclean shutdown it began half a heartbeat after the last one."""
    found = watched(life(process(START, START + 1_000, left), process(START + 5_000, END)))
    begin = START + 1_000 + (0 if left else BEAT_S / 2)
    assert found is not None
    assert found.downtimes == (Downtime("one", begin, START + 5_000, not left, "memory 90 MB"),)
    down_s = START + 5_000 - begin
    assert (found.without_process_s(True), found.without_process_s(False)) == ((0, down_s) if left else (down_s, 0))


def test_only_what_lies_in_the_period_counts() -> None:
    """Of a downtime that began before it, or goes on after it."""
    for begin, end, inside in (
        (START - 50, START + 10, 10),
        (END - 10, None, 10),
        (END - 10, END + 50, 10),
        (START + 1, START + 3, 2),
        (START - 50, START - 10, 0),
        (END + 10, None, 0),
    ):
        assert inside_s(Downtime("one", begin, end, True, ""), START, END) == inside


def test_an_instance_that_was_replaced_is_not_needed_any_more() -> None:
    """From when others ran all of its shards; one that left, also where another outlived it."""
    dead = life(process(START, START + 1_000), shards=(0, 1))
    first, second = (
        life(process(START + at, END), name=f"new {shard}", shards=(shard,)) for at, shard in ((2_000, 0), (3_000, 1))
    )
    found = watched(dead, first, second)
    assert found is not None and found.end == START + 3_000
    half = watched(dead, first)
    assert half is not None and half.end == END
    left = life(process(START, START + 1_000, left=True), shards=(7,))
    outlived = watched(left, first)
    assert outlived is not None and outlived.end == START + 1_000 and not outlived.without_process_s(False)
    alone = watched(left)
    assert alone is not None and alone.end == END and alone.without_process_s(False) == END - START - 1_000


def test_availability_is_the_mean_over_instances() -> None:
    """In percent of the time in which they should have run; None where nobody was watched."""
    down = life(process(START, START + 10_000, left=True), process(START + 30_000, END))
    one, two = watched(down), watched(life(process(START, END), name="two"))
    assert one is not None and two is not None
    found = availability([(down, one), (life(process(START, END)), two)], START, END, SCALE)
    assert found is not None and found.judged.value == pytest.approx(90)
    assert (found.watched_s, found.down_s, found.stopped_s, found.disconnected_s) == (100_000, 0, 10_000, 0)
    assert availability([], START, END, SCALE) is None


@pytest.mark.parametrize(
    ("connected", "disconnected_s"),
    [(SeriesDelta(4, 3.0, 0.0, 1.0), 20_000), (SeriesDelta(4, 4.0, 1.0, 1.0), 0), (SeriesDelta(0, 0, 0, 0), 0)],
    ids=["three of four samples", "always", "never sampled"],
)
def test_time_without_a_connection_counts_too(connected: SeriesDelta, disconnected_s: float) -> None:
    """Of the time in which a process ran."""
    down = life(process(START, START + 10_000, left=True), process(START + 30_000, END), connected=connected)
    one = watched(down)
    assert one is not None
    found = availability([(down, one)], START, END, SCALE)
    assert found is not None and (found.stopped_s, found.disconnected_s) == (20_000, disconnected_s)
    assert found.judged.value == pytest.approx(100 - (20_000 + disconnected_s) / 1_000)


def test_a_restart_at_the_begin_of_the_period_is_not_in_it() -> None:
    """Nor one at its end; a second of one is."""
    for end, number in ((START, 0), (START + 1, 1)):
        found = watched(life(process(START - 5_000, START - 3_000, left=True), process(end, END)))
        assert found is not None and len(found.downtimes) == number
    for last_seen, number in ((END, 0), (END - 1, 1)):
        found = watched(life(process(START, last_seen, left=True), process(END + 5_000, END + 9_000)))
        assert found is not None and len(found.downtimes) == number


@pytest.mark.parametrize(
    ("last_seen", "left", "state"),
    [
        (END, False, InstanceState.RUNS),
        (END, True, InstanceState.RUNS),
        (END - 1, True, InstanceState.LEFT),
        (END - 1, False, InstanceState.RUNS),
        (END - 3_600, False, InstanceState.DEAD),
    ],
)
def test_the_state_at_an_end(last_seen: float, left: bool, state: InstanceState) -> None:
    """By the last process, and by how long it has been silent."""
    boots = (process(START, START + 10, left=True), process(START + 20, last_seen, left))
    assert state_at(boots, END, END, BEAT_S) is state


@pytest.mark.parametrize(("end", "now"), [(END, END + 9_000), (END + 9_000, END)], ids=["long ago", "to come"])
def test_the_state_at_an_end_is_as_of_then(end: float, now: float) -> None:
    """Neither what came after it counts, nor a time that is still to come."""
    assert state_at((process(START, END - 60),), end, now, BEAT_S) is InstanceState.RUNS
    assert state_at((process(START, END - 3_600),), end, now, BEAT_S) is InstanceState.DEAD
