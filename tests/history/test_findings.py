"""Findings are kept with the batch that has them, read by time, and bounded."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from plugin.history import findings
from plugin.history.store import Store
from plugin.model import Batch, Finding, Retention, Scope, Severity, Subject, SubjectKind
from tests.history.builders import BOT, DAY, HOUR, NOON, SCOPE, WRITER, batch, count, delta, finding, prune_all

OTHER = WRITER._replace(instance="other", boot="other boot")
ALWAYS = 0, 2 * NOON
NAN, INF = math.nan, math.inf


async def write(store: Store, *found: Finding, writer: Any = WRITER, at: int = NOON) -> bool:
    """Write a minute with findings."""
    return await store.writing.write(writer, batch(at, findings=found))


async def kept(store: Store, scope: Scope = SCOPE) -> list[Finding]:
    """All findings of a scope."""
    return [one.finding for one in await store.reading.findings(scope, *ALWAYS)]


async def test_a_finding_is_read_as_it_was_written(store: Store) -> None:
    """Every field comes back, whatever it is about, with the name of the instance that found it."""
    found = [
        finding(kind=kind, name=kind.name.lower(), since=NOON + number + 0.1, until=NOON + 99.9)
        for number, kind in enumerate(SubjectKind)
    ]
    bare = Finding("deaf_shard", Subject(SubjectKind.SHARD, "0"), Severity.CRITICAL, "Shard 0 is deaf", NOON + 50.0)
    await write(store, *found, bare)
    assert await store.reading.findings(SCOPE, *ALWAYS) == tuple((one, "host") for one in (*found, bare))


async def test_a_finding_is_updated_while_it_is_the_same(store: Store) -> None:
    """Later states take the place of earlier ones; another rule, subject, kind or begin is another finding."""
    first = finding()
    await write(store, first)
    ended = first._replace(
        until=NOON + 300.5,
        severity=Severity.CRITICAL,
        sentence="was slow",
        value=None,
        threshold=99.0,
        unit="s",
        evidence=(),
        look_at="",
    )
    others = [
        first._replace(since=NOON + 400.0),
        first._replace(rule="error_rate"),
        first._replace(subject=Subject(SubjectKind.COMMAND, "/shop sell")),
        first._replace(subject=Subject(SubjectKind.COG, "/shop buy")),
    ]
    await write(store, *others, ended, at=NOON + 300)
    found = await kept(store)
    assert len(found) == 5
    assert set(found) == {ended, *others}


async def test_of_one_finding_twice_in_a_batch_the_last_state_counts(store: Store) -> None:
    """Two states of one finding in a batch are no conflict, even where only what cannot be stored tells them apart."""
    one, cut = finding(), finding(name="x" * 300)
    await write(store, one, cut, one._replace(until=NOON + 9.0), finding(name="x" * 5000))
    assert [(len(each.subject.name), each.until) for each in await kept(store)] == [(9, NOON + 9.0), (300, None)]


async def test_findings_are_written_once_with_their_batch(store: Store, other: Store) -> None:
    """A batch that comes again, as after `kill -9`, changes nothing: not a finding that has ended since, either."""
    begun = batch(NOON, delta(), findings=(finding(),))
    ended = batch(NOON + 60, delta(), findings=(finding(until=NOON + 70.0),))
    written = await asyncio.gather(store.writing.write(WRITER, begun), other.writing.write(WRITER, begun))
    assert sorted(written) == [False, True]
    assert await store.writing.write(WRITER, ended)
    for again in (begun, ended, begun):
        assert not await other.writing.write(WRITER, again)
    assert await kept(store) == [finding(until=NOON + 70.0)]
    assert await count(store, NOON, NOON + 120) == 2


async def test_a_batch_that_cannot_be_written_leaves_no_finding(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings and counts are in one transaction: where one fails, there is neither, and both come with the retry."""
    once = batch(NOON, delta(), findings=(finding(),))
    with monkeypatch.context() as broken:
        broken.setattr(findings, "_UPDATE", "ON CONFLICT (nothing) DO NOTHING")
        with pytest.raises(Exception, match="nothing"):
            await store.writing.write(WRITER, once)
    assert (await kept(store), await count(store, NOON, NOON + 60)) == ([], 0)
    assert await store.writing.write(WRITER, once)
    assert (await kept(store), await count(store, NOON, NOON + 60)) == ([finding()], 1)


async def test_instances_have_their_own_findings(store: Store) -> None:
    """Two instances that find the same at the same moment have a finding each, and see their own."""
    await write(store, finding())
    await write(store, finding(until=NOON + 5.0), writer=OTHER)
    assert {(one.finding.until, one.instance) for one in await store.reading.findings(SCOPE, *ALWAYS)} == {
        (None, "host"),
        (NOON + 5.0, "other"),
    }
    assert await kept(store, Scope(BOT, "host")) == [finding()]
    assert await kept(store, Scope(BOT, "other")) == [finding(until=NOON + 5.0)]
    assert await kept(store, Scope(BOT, "never")) == []


async def test_what_is_about_the_bot_itself_is_kept_once(store: Store, other: Store) -> None:
    """Every instance writes the same row, at the same time, too; it is of no instance, and in the scope of each."""
    found = [finding(name=f"/shop {number}", since=NOON + number, everywhere=True) for number in range(20)]
    for _ in range(3):
        await asyncio.gather(write(store, *found), write(other, *reversed(found), writer=OTHER))
    await write(other, found[0]._replace(until=NOON + 60.0), writer=OTHER)
    expected = [found[0]._replace(until=NOON + 60.0), *found[1:]]
    assert await store.reading.findings(SCOPE, *ALWAYS) == tuple((one, None) for one in expected)
    for name in ("host", "other", "never"):
        assert await kept(store, Scope(BOT, name)) == expected


async def test_bots_never_mix(store: Store) -> None:
    """Another bot in the same database has findings of its own, and deletes no other's."""
    await write(store, finding(until=NOON + 1.0))
    await write(store, finding(name="/ban", everywhere=True), writer=WRITER._replace(bot=2))
    assert await kept(store) == [finding(until=NOON + 1.0)]
    assert await kept(store, Scope(2)) == [finding(name="/ban", everywhere=True)]
    assert await store.fleet.open_findings(BOT, None) == await store.fleet.open_findings(BOT, "host") == ()
    while await store.writing.prune(2, NOON + 800 * DAY):
        pass
    assert len(await kept(store)) == 1


@pytest.mark.parametrize(
    ("start", "end", "names"),
    [
        (-9, 0, ""),
        (0, 1, "abc"),
        (5, 10, "abc"),
        (10, 11, "acd"),
        (11, 20, "ac"),
        (20, 30, "ace"),
        (30, 99, "ae"),
        (31, 99, "a"),
    ],
)
async def test_findings_are_read_by_time(store: Store, start: int, end: int, names: str) -> None:
    """Those that stood at any moment of the span: begun before its end, and not over at its start."""
    times = {"a": (0, None), "b": (0, 10), "c": (0, 30), "d": (10, 10), "e": (25, 31)}
    await write(
        store,
        *(
            finding(name=name, since=NOON + since, until=None if until is None else NOON + until)
            for name, (since, until) in times.items()
        ),
    )
    found = await store.reading.findings(SCOPE, NOON + start, NOON + end)
    assert "".join(sorted(one.finding.subject.name for one in found)) == names


async def test_the_newest_findings_win_and_the_oldest_come_first(store: Store) -> None:
    """Of more than the limit those that began last are read, in order of time; 500 where nothing else is asked."""
    await write(store, *(finding(since=float(NOON + number)) for number in range(502)))
    few = await store.reading.findings(SCOPE, *ALWAYS, limit=3)
    assert [one.finding.since - NOON for one in few] == [499, 500, 501]
    many = await kept(store)
    assert [one.since - NOON for one in many] == [*range(2, 502)]


async def test_a_process_that_starts_again_finds_what_stands(store: Store) -> None:
    """Findings without an end, oldest first: those of its instance, or, for None, those about the bot."""
    late, early = finding(since=NOON + 9.0), finding("the last by name", since=NOON + 2.0)
    about_the_bot = finding(everywhere=True)
    await write(store, late, early, finding(name="/over", until=NOON + 5.0), about_the_bot)
    await write(store, finding(name="/theirs"), writer=OTHER)
    assert await store.fleet.open_findings(BOT, "host") == (early, late)
    assert await store.fleet.open_findings(BOT, None) == (about_the_bot,)
    assert await store.fleet.open_findings(BOT, "never") == await store.fleet.open_findings(2, "host") == ()


@pytest.mark.parametrize("value", [NAN, INF, -INF], ids=str)
async def test_numbers_that_are_none_are_unknown(store: Store, value: float) -> None:
    """A number that is not finite is None, or left out of the evidence; without a begin there is no finding."""
    hostile = finding()._replace(until=value, value=value, threshold=value, evidence=(("a", 1.5), ("b", value)))
    assert await write(store, hostile, finding(since=value, name="/never"), finding(name="/sound", since=NOON + 1))
    assert await kept(store) == [
        finding()._replace(until=None, value=None, threshold=None, evidence=(("a", 1.5),)),
        finding(name="/sound", since=NOON + 1),
    ]


@pytest.mark.parametrize(
    "text", ["a\0b", "half \udc80 a pair", "'; DROP --", "“naïve” 🎉", '"]}', ":bot $1 %s"], ids=ascii
)
async def test_any_text_is_stored(store: Store, text: str) -> None:
    """Whatever stands in a finding, it is kept as far as both databases can, and updated under its name again."""
    hostile = Finding(
        text, Subject(SubjectKind.ERROR, text), Severity.WELL, text, NOON, None, 1.0, 2.0, text, ((text, 3.0),), text
    )
    await write(store, hostile)
    await write(store, hostile._replace(until=NOON + 7.0))
    sound = text.replace("\0", "").replace("\udc80", "?")
    (found,) = await kept(store)
    assert found[0] == found.subject.name == found.sentence == found.unit == found.look_at == sound
    assert (found.evidence, found.until) == (((sound, 3.0),), NOON + 7.0)


async def test_what_is_long_is_cut(store: Store) -> None:
    """No text and no list of numbers makes a row large, and the key is short enough for any index."""
    long = "\U0001f389" * 5000
    numbers = tuple((f"{number}{long}", 1.0) for number in range(500))
    await write(
        store,
        Finding(long, Subject(SubjectKind.TASK, long), Severity.WELL, long, NOON, None, 1, 2, long, numbers, long),
    )
    (found,) = await kept(store)
    assert [len(text) for text in (found.rule, found.subject.name, found.sentence, found.unit, found.look_at)] == [
        100,
        300,
        1000,
        100,
        1000,
    ]
    assert [len(name) for name, _ in found.evidence] == [300] * 20


async def test_kinds_of_a_later_version_are_left_out(store: Store) -> None:
    """What is about something that this version does not know yet is no reason to read nothing."""
    await write(store, finding(), finding(name="later", since=NOON + 1.0))
    async with store._database.writing() as connection:
        await connection.execute("UPDATE golem_findings SET subject_kind = 'planet' WHERE subject = 'later'")
    assert await kept(store) == list(await store.fleet.open_findings(BOT, "host")) == [finding()]


async def test_findings_that_ended_long_ago_are_deleted(store: Store) -> None:
    """They are kept as long as days, from their end on; those that stand are kept however old they are."""
    retention = Retention(HOUR, DAY, 10 * DAY)
    await store.fleet.register(WRITER, NOON)
    ended = [
        finding(name=f"/{days}", since=NOON - 90.0 * DAY, until=NOON - days * DAY + 0.5) for days in (9, 10, 11, 60)
    ]
    await write(store, *ended, finding(since=NOON - 90.0 * DAY))
    steps = [await store.writing.prune(BOT, NOON, retention) for _ in range(3)]
    assert steps == [True, False, False]
    assert {one.subject.name for one in await kept(store)} == {"/shop buy", "/9", "/10"}


async def test_what_a_forgotten_instance_left_open_is_deleted(store: Store) -> None:
    """Nobody will end what stood when an instance went for good: it is kept as long as if it had ended at its begin."""
    await write(store, finding(), writer=OTHER)
    await write(store, finding(everywhere=True), finding())
    now = NOON + 731 * DAY
    await store.fleet.beat(WRITER, now)
    await prune_all(store, NOON + 729 * DAY)
    assert len(await kept(store)) == 3
    await prune_all(store, now)
    assert [one.instance for one in await store.reading.findings(SCOPE, *ALWAYS)] == ["host"]


async def test_the_number_of_findings_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the most that are kept those go that ended first, and those that stand only where nothing else is left."""
    assert findings.MOST_FINDINGS == 10_000
    monkeypatch.setattr(findings, "MOST_FINDINGS", 5)
    ended = [finding(name=f"/{number}", until=NOON + 10.0 - number) for number in range(6)]
    await write(store, *ended, *(finding(name=name, since=NOON + 1.0) for name in "ab"))
    assert await prune_all(store, NOON) == 1
    assert {one.subject.name for one in await kept(store)} == {"a", "b", "/0", "/1", "/2"}
    assert await prune_all(store, NOON) == 0
    await write(store, *(finding(name=name, since=NOON + 2.0) for name in "cdef"))
    await prune_all(store, NOON)
    found = {one.subject.name for one in await kept(store)}
    assert len(found) == 5 and found > {*"cdef"}


async def test_findings_alone_are_no_rows(store: Store) -> None:
    """Counts begin with the first counts, however old the findings beside them are."""
    await store.writing.write(WRITER, Batch(NOON, 0, (), {}, (), (finding(),)))
    assert (await store.reading.span(SCOPE), await store.reading.whole_from(SCOPE)) == (None, None)
