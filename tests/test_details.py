"""No detail reaches a reader who may see none: planted in every text of every record, found in no page or chart."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import itertools
import types
import typing
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from plugin.corridor.drawing import Drawn
from plugin.corridor.readers import NUMBERS, ReadersFleet, ReadersReading, ReadersStore
from plugin.display.chart.alternative import alt_text
from plugin.histogram import Histogram
from plugin.history.fleet_verbs import FleetVerbs
from plugin.history.read_verbs import ReadVerbs
from plugin.history.store import Store, open_store
from plugin.insight.discreet_findings import NUMBERS_ONLY
from plugin.insight.pseudonyms import Pseudonyms
from plugin.model import (
    PROCESS,
    AlertingState,
    Batch,
    ChannelLeft,
    CommandKey,
    CommandKind,
    Death,
    Finding,
    FindingKept,
    HistoryState,
    InteractionKey,
    InteractionKind,
    InteractionSnapshot,
    Period,
    Place,
    Scope,
    SendingState,
    SeriesKept,
    Severity,
    Snapshot,
    Subject,
    SubjectKind,
    VoiceSnapshot,
    Writer,
)
from plugin.monitor import Monitor
from plugin.pages.access import FOR_OWNERS, Access
from plugin.pages.assembly import make_pages
from plugin.pages.page_request import Request
from plugin.settings import Settings
from tests.display import builders
from tests.history.builders import batch, delta, failure

MARK = "zq"
AT = int(builders.AT) // 60 * 60
HOUR, DAY, MB = 3600, 86_400, 1 << 20
READER, OWNER = Access(note=FOR_OWNERS), Access(details=True)

SHOWN = {
    # Names of commands and cogs are what the numbers are of.
    ("CommandKey", "name"),
    ("CommandKey", "cog"),
    ("Snapshot", "cogs"),
    # Words of the monitor's own.
    ("TaskGroupSnapshot", "stopped"),
    ("SendingState", "held_back"),
    ("Finding", "rule"),
    ("Finding", "unit"),
    # Templates of Discord's routes, without ids.
    ("RouteSnapshot", "route"),
    # What the table of measures says of a series.
    *(("SeriesKept", field) for field in SeriesKept._fields),
}
"""The texts that every reader may see; each other text of a record is a detail."""

OF_PROCESSES = {
    *("register", "settle", "beat", "note_status", "others", "note_twins", "leave", "open_findings", "bots", "members"),
    *("alerts", "keep_alert", "drop_alert", "alert_actions", "keep_alert_action"),
}
"""Verbs of a fleet that only a process itself calls, for its own history."""


OPEN_SUBJECTS = {*(SubjectKind.COMMAND, SubjectKind.COG, SubjectKind.SHARD, SubjectKind.ROUTE, SubjectKind.MEASURE)}
"""What findings may be about by its name for all to see: what users see, Discord's words and the monitor's own."""

FOUND = tuple(
    Finding(
        rule,
        Subject(
            kind,
            "/buy" if kind is SubjectKind.COMMAND else kind.value if kind in OPEN_SUBJECTS else f"{MARK}{kind.value}",
        ),
        Severity.WARNING,
        f"{MARK}sentence",
        AT - HOUR + number,
        unit="ms",
        value=480.0,
        threshold=250.0,
        evidence=((f"{MARK}evidence", 5.0),),
        look_at=f"{MARK}look",
        everywhere=everywhere,
    )
    for number, (kind, rule, everywhere) in enumerate(
        itertools.product(SubjectKind, (*sorted(NUMBERS_ONLY), "new_error"), (False, True))
    )
)
"""What can be found about anything, with a detail in every text but the words of the monitor's own."""


class Planting:
    """Puts a mark in the place of every text of a record that is a detail."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._marks: dict[tuple[str, str, str], str] = {}
        self.met: set[tuple[str, str]] = set()
        """Type and field of every text that was met."""

    def mark(self, owner: str, field: str, text: str) -> str:
        """What stands in the place of a text, the same each time."""
        return self._marks.setdefault((owner, field, text), f"{MARK}{next(self._numbers)}")

    def marks(self, owner: str, field: str) -> list[str]:
        """All that stands in the places of one field."""
        return [mark for (an_owner, a_field, _), mark in self._marks.items() if (an_owner, a_field) == (owner, field)]

    def plant(self, value: Any, owner: str = "", field: str = "") -> Any:
        """The same value with marks."""
        if isinstance(value, str):
            self.met.add((owner, field))
            if (owner, field) == ("Denials", "reason"):  # a class, of which only the module is a detail
                return f"{MARK}module.{value.rpartition('.')[2]}"
            return value if (owner, field) in SHOWN else self.mark(owner, field, value)
        if isinstance(value, enum.Enum | Histogram):
            return value
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return dataclasses.replace(value, **self._fields(value, [each.name for each in dataclasses.fields(value)]))
        if isinstance(value, tuple):
            if hasattr(value, "_fields"):
                return value._replace(**self._fields(value, value._fields))
            return tuple(self.plant(part, owner, field) for part in value)
        if isinstance(value, Mapping):  # the keys are names of the monitor's own parts
            return {key: self.plant(part, owner, field) for key, part in value.items()}
        return value

    def _fields(self, record: Any, names: Iterable[str]) -> dict[str, Any]:
        return {name: self.plant(getattr(record, name), type(record).__name__, name) for name in names}


def texts_of(record: Any) -> Iterator[tuple[str, str]]:
    """Type and field of every text that a type of record can hold, those of the records in it included."""
    seen: set[Any] = set()

    def of(hint: Any, owner: str, field: str) -> Iterator[tuple[str, str]]:
        if hint is str:
            yield owner, field
        elif typing.get_args(hint):
            parts = typing.get_args(hint)
            mapping = "Mapping" in str(typing.get_origin(hint))  # whose keys are names of the monitor's own parts
            for part in parts[1:] if mapping else parts:
                yield from of(part, owner, field)
        elif hint not in seen and (dataclasses.is_dataclass(hint) or hasattr(hint, "_fields")):
            seen.add(hint)
            for name, inner in typing.get_type_hints(hint).items():
                yield from of(inner, hint.__name__, name)

    yield from of(record, "", "")


class Bot:
    """A monitor whose snapshot is planted, and whose history is a real file."""

    look = Monitor.look

    def __init__(self, snapshot: Snapshot, store: Store) -> None:
        self._snapshot = snapshot
        self.store = store
        self.settings = Settings()
        self.pseudonyms = Pseudonyms()
        self.drawing = self
        self.charts: list[Any] = []

    def snapshot(self) -> Snapshot:
        return self._snapshot

    async def snapshot_in_steps(self) -> Snapshot:
        return self._snapshot

    async def ask(self, question: Any) -> Any:
        return await question(self.store)

    async def flush(self) -> None: ...

    async def begun(self) -> None: ...

    def scope(self, fleet: bool = False) -> Scope:
        return Scope(1, None if fleet else f"{MARK}host")

    async def draw(self, charts: Any, wait_s: float) -> Drawn:
        self.charts += charts
        return Drawn(None)


def full_bot() -> Snapshot:
    """A bot of which everything is known."""
    made = builders.small_bot()
    stages = next(command.stages for command in made.commands if command.stages is not None)
    stages = stages._replace(places=((Place("shop/view.py", "buy", 8), 3),))
    commands = tuple(c._replace(stages=c.stages and stages) for c in made.commands)
    handlers = (InteractionKind.COMPONENT, "ShopView.buy"), (InteractionKind.MODAL, "Form.sent")
    interactions = tuple(InteractionSnapshot(InteractionKey(*key), 9, 0, stages) for key in handlers)
    said = (
        ("golem.db is damaged",),
        "history also has the instances rack6",
        Death(AT - 900.0, AT - 600.0, "running /shop", 0.97, 2),
    )
    history = HistoryState("/srv/golem.db", "rack7", "2.0", AT - 100.0, "the disk /dev/sda is full", 3, 1, *said)
    heartbeat = SendingState(AT - 90.0, AT - 60.0, "ClientConnectorError", "shard 0 is not connected")
    alerting = AlertingState("discord:1", "alert_channel", None, AT, "the bot may not write in this channel", 1, 0)
    monitor = dataclasses.replace(made.monitor, history=history, heartbeat=heartbeat, alerting=(alerting,))
    voice = VoiceSnapshot((ChannelLeft("1234", AT - 900.0, 5, 60.0),))
    return dataclasses.replace(made, commands=commands, interactions=interactions, monitor=monitor, voice=voice)


@pytest.fixture
def planting() -> Planting:
    return Planting()


@pytest.fixture
async def bot(tmp_path: Path, planting: Planting) -> AsyncGenerator[Bot]:
    """A bot with a detail in every text, in its memory and in its history of two instances and two releases."""
    async with await open_store(str(tmp_path / "history.db")) as store:
        snapshot = dataclasses.replace(full_bot(), at=float(AT + 30))
        await remember(store, [command.key for command in snapshot.commands if command.invocations])
        yield Bot(planting.plant(snapshot), store)


async def remember(store: Store, keys: list[CommandKey]) -> None:
    """Three days of history: an update an hour ago, with errors of either release."""
    old = Writer(1, f"{MARK}host", f"{MARK}boot1", f"{MARK}rel1")
    new = old._replace(boot=f"{MARK}boot2", release=f"{MARK}rel2")
    other = new._replace(instance=f"{MARK}other", boot=f"{MARK}boot3")
    work = CommandKey(CommandKind.BACKGROUND, f"scheduled task {MARK}restock", None)
    place = Place(f"{MARK}shop.py", f"{MARK}buy", 7)
    for writer, at in ((old, AT - 3 * DAY), (other, AT - 2 * DAY), (new, AT - HOUR)):
        await store.fleet.register(writer, at)
    for hour in (-72, -71, *range(-30, -1)):
        await store.writing.write(old, minute(AT + hour * HOUR, keys, 10, failure(f"{MARK}Old", place, 3, key=keys[0])))
    for step in range(50):
        said = [failure(f"{MARK}New", place, 3, key=keys[0]), failure(f"{MARK}Work", place, key=work)]
        await store.writing.write(
            new, minute(AT - 3000 + 60 * step, keys, 300, *said)._replace(findings=FOUND[step::50])
        )
    for writer in (new, other):
        await store.fleet.beat(writer, AT, (0,), f"{MARK}status")
    await store.fleet.beat(other, AT - DAY, (1,), f"{MARK}status")


def minute(at: int, keys: list[CommandKey], each_ms: int, *errors: Any) -> Batch:
    """What all commands did in a minute."""
    errors = tuple(error._replace(group=dataclasses.replace(error.group, last_seen=float(at))) for error in errors)
    levels = {"memory_bytes": 100.0 * MB, "cpu_share": 0.1, "latency_s": 0.05, "guilds": 3.0, "messages": 9.0}
    return batch(at, *(delta(key, ok=20, error=5, each_ms=each_ms) for key in keys), errors=errors, **levels)


def requests(snapshot: Snapshot, periods: Iterable[Period | None]) -> Iterator[tuple[str, Request]]:
    """Everything that can be asked for."""
    invoked = [command for command in snapshot.commands if command.invocations]
    for period, fleet in itertools.product(periods, (False, True)):
        for page in ("performance", "cogstats", "commandstats"):
            yield page, Request(period=period, fleet=fleet)
        for command in invoked[:2]:
            yield "commandstats", Request(period=period, fleet=fleet, command=command.key.name)
    for fleet in (False, True):
        yield "health", Request(fleet=fleet)


async def read(bot: Any, access: Access, *periods: Period | None) -> dict[tuple[str, Request], str]:
    """All that somebody gets: the words of every page, and every chart with what is said of it."""
    found: dict[tuple[str, Request], str] = {}
    for page, request in requests(bot.snapshot(), periods):
        bot.charts = []
        pages = list(await make_pages(page, bot, request, access))
        said = [f"{one.title}\n{one.description}\n{one.footer and one.footer.text}" for one in pages]
        said += [repr(chart) for chart in bot.charts] + [alt_text(chart) for chart in bot.charts]
        found[page, request] = "\n".join(said)
    return found


async def test_a_reader_finds_no_detail_anywhere(bot: Bot) -> None:
    """On each page, over every period and of each scope, in words and in charts."""
    for asked, said in (await read(bot, READER, None, *Period)).items():
        found = said.lower().find(MARK)
        assert found < 0, f"{asked}: {said[max(0, found - 200) : found + 50]}"


async def test_a_reader_is_told_once_that_there_is_more(bot: Bot) -> None:
    """Each page that leaves something out says so once; the page of cogs has no details for anybody."""
    for (page, request), said in (await read(bot, READER, None, Period.DAY)).items():
        assert said.count(FOR_OWNERS) == (page != "cogstats"), (page, request)


async def test_an_owner_finds_all_of_them(bot: Bot, planting: Planting) -> None:
    """Every kind of detail stands on some page of an owner, who is not told of more."""
    said = "\n".join((await read(bot, OWNER, None, Period.DAY)).values())
    assert FOR_OWNERS not in said
    for owner, field in (
        ("ErrorGroup", "type"),
        ("Place", "file"),
        ("HistoryState", "where"),
        ("HistoryState", "instance"),
        ("HistoryState", "release"),
        ("HistoryState", "warnings"),
        ("HistoryState", "hint"),
        ("Death", "words"),
        ("TaskGroupSnapshot", "name"),
        ("ListenerSnapshot", "name"),
        ("InteractionKey", "name"),
        ("LoopBlock", "what"),
        ("LoopBlock", "call"),
        ("MonitorState", "switched_off"),
    ):
        assert any(mark in said for mark in planting.marks(owner, field)), (owner, field)
    for kept in ("rel1", "rel2", "host", "other", "New", "Old", "shop.py", "status"):
        assert f"{MARK}{kept}" in said, kept


async def test_both_read_the_same_verdict(bot: Bot) -> None:
    """To leave out names changes no severity: one moment has one status, whoever looks."""
    (_, seen), (_, known) = await bot.look(False), await bot.look(True)
    assert (seen.severity, len(seen.reasons)) == (known.severity, len(known.reasons))
    assert [task.severity for task in seen.tasks] == [task.severity for task in known.tasks]


async def test_a_reader_finds_no_channel_in_a_reason(bot: Bot) -> None:
    """A channel that was left behind has a neutral name, however many reasons come before it on a page."""
    (_, seen), (_, known) = await bot.look(False), await bot.look(True)
    (told,) = [reason for reason in seen.reasons if "left behind" in reason]
    assert told.startswith("channel 1 left behind, empty for 15 min")
    assert any(MARK in reason and "left behind" in reason for reason in known.reasons)


async def test_no_text_of_a_record_is_forgotten(bot: Bot, planting: Planting) -> None:
    """Every text that a snapshot can hold was planted, unless it is one that all may see: a new field is a detail."""
    texts = set(texts_of(Snapshot))
    assert {text for text in texts if text not in planting.met} == set(), "give the bot of this test an example"
    elsewhere = "SeriesKept", "faults", "dropped", "processor_ns", "queues"
    assert {text for text in SHOWN if text not in texts and not {*text} & {*elsewhere}} == set()


async def test_a_reader_finds_no_detail_in_a_finding(bot: Bot) -> None:
    """Numbers stay; names of code, hosts and the bot's work become neutral, with sentence, evidence and advice."""
    names = Pseudonyms()
    readers = ReadersStore(bot.store, names)
    found = await readers.reading.findings(names.scope(bot.scope()), AT - DAY, AT + DAY, len(FOUND) + 1)
    assert len(found) == len(FOUND)
    for kept, real in zip(found, sorted(FOUND, key=lambda one: one.since), strict=True):
        shown, kind = kept.finding, real.subject.kind
        assert kept.instance == (None if real.everywhere else names.of("instance", f"{MARK}host"))
        assert shown._replace(subject=real.subject, sentence="", evidence=(), look_at="") == real._replace(
            sentence="", evidence=(), look_at=""
        )
        numbers = SubjectKind.COMMAND, SubjectKind.SHARD, SubjectKind.ROUTE, SubjectKind.MEASURE
        told = real.rule in NUMBERS_ONLY and kind in numbers
        if told:
            assert shown == real
        else:
            assert shown.evidence == () and shown.look_at == ""
            assert shown.sentence == f"{shown.subject.name or kind.value}: {real.rule.replace('_', ' ')}"
        if kind not in OPEN_SUBJECTS:
            assert MARK not in repr(kept)


async def test_a_command_is_named_to_readers_and_other_work_is_not(bot: Bot) -> None:
    """Prefix commands have their names, the process needs none; a task that is counted like a command has no name."""
    readers = ReadersStore(bot.store, Pseudonyms())
    writer = Writer(1, f"{MARK}host", f"{MARK}boot2", f"{MARK}rel2")
    work = (Subject(SubjectKind.COMMAND, name) for name in ("ping (prefix)", f"scheduled task {MARK}restock"))
    later = AT + DAY
    found = [Finding("memory", one, Severity.WARNING, "much", later, everywhere=True) for one in (*work, PROCESS)]
    await bot.store.writing.write(writer, batch(AT + HOUR, sequence=10**9, findings=tuple(found)))
    shown = [
        one.finding for one in await readers.reading.findings(Scope(1), later, later + 1) if one.finding.since > AT
    ]
    assert {(one.subject.name, one.sentence) for one in shown} == {
        ("ping (prefix)", "much"),
        ("background work 1", "background work 1: memory"),
        ("", "much"),
    }


def test_every_word_of_a_finding_is_one_or_the_other() -> None:
    """A new text of a finding is a detail, until it is said to be none."""
    assert set(texts_of(FindingKept)) == {
        *(("Finding", field) for field in ("rule", "sentence", "unit", "evidence", "look_at")),
        ("Subject", "name"),
        ("FindingKept", "instance"),
    }


def verbs_of(group: type) -> set[str]:
    """The names of what a group of verbs can be asked."""
    return {name for name, _ in inspect.getmembers(group, inspect.iscoroutinefunction) if not name.startswith("_")}


def test_no_verb_of_a_store_is_forgotten() -> None:
    """What readers may ask is either numbers of commands and series, or answered in other names."""
    assert verbs_of(ReadVerbs) - {"finish"} == NUMBERS | verbs_of(ReadersReading)
    assert verbs_of(FleetVerbs) - OF_PROCESSES - {"finish"} == verbs_of(ReadersFleet)
    module = vars(inspect.getmodule(ReadVerbs))
    for name in NUMBERS:
        answer = typing.get_type_hints(getattr(ReadVerbs, name), module)["return"]
        assert set(texts_of(types.GenericAlias(tuple, (answer,)))) <= SHOWN, name


async def test_a_reader_can_ask_nothing_else(bot: Bot) -> None:
    """Nothing writes, closes or names the database for a reader, and verbs that are not known do not exist."""
    readers: Any = ReadersStore(bot.store, Pseudonyms())
    verbs = itertools.product([readers.fleet], OF_PROCESSES)
    for group, name in ((readers, "writing"), (readers, "close"), (readers, "shown"), *verbs):
        with pytest.raises(AttributeError, match=name):
            getattr(group, name)
    with pytest.raises(AttributeError, match="passwords"):
        readers.reading.passwords  # noqa: B018 # to ask is what is tested
