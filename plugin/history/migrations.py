"""Numbered steps to the current schema; a released step is never changed."""

from __future__ import annotations

from plugin.history import schema
from plugin.history.engine import Connection, Database, Lock
from plugin.history.errors import SchemaTooNew, StoreRefused

_KEYS = "bot BIGINT NOT NULL, at BIGINT NOT NULL"
_WHO = "instance INTEGER NOT NULL, release INTEGER NOT NULL"
_COMMANDS = f"""CREATE TABLE golem_commands_%s ({_KEYS}, command INTEGER NOT NULL, {_WHO},
    ok BIGINT NOT NULL, denied BIGINT NOT NULL, error BIGINT NOT NULL, cancelled BIGINT NOT NULL,
    total_ns BIGINT NOT NULL, durations {{blob}} NOT NULL, first_responses {{blob}} NOT NULL,
    PRIMARY KEY (bot, at, command, instance, release)){{compact}}"""
_SERIES = f"""CREATE TABLE golem_series_%s ({_KEYS}, name TEXT NOT NULL, {_WHO},
    count BIGINT NOT NULL, sum DOUBLE PRECISION NOT NULL,
    minimum DOUBLE PRECISION NOT NULL, maximum DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (bot, at, name, instance, release)){{compact}}"""
_ERRORS = f"""CREATE TABLE golem_errors_%s ({_KEYS}, error_group INTEGER NOT NULL, command INTEGER NOT NULL, {_WHO},
    count BIGINT NOT NULL, PRIMARY KEY (bot, at, error_group, command, instance, release)){{compact}}"""

_ANSWERS = (
    "answered BIGINT NOT NULL DEFAULT 0",
    "answers_ns BIGINT NOT NULL DEFAULT 0",
    "answers {blob}",
    "deferred BIGINT NOT NULL DEFAULT 0",
    "deferred_ns BIGINT NOT NULL DEFAULT 0",
    "deferred_answers {blob}",
)

MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        """CREATE TABLE golem_bots (bot BIGINT NOT NULL PRIMARY KEY,
            minutes_from BIGINT NOT NULL, hours_from BIGINT NOT NULL)""",
        """CREATE TABLE golem_commands (bot BIGINT NOT NULL, command INTEGER NOT NULL,
            kind TEXT NOT NULL, name TEXT NOT NULL, cog TEXT NOT NULL,
            PRIMARY KEY (bot, command), UNIQUE (bot, kind, name, cog))""",
        """CREATE TABLE golem_instances (bot BIGINT NOT NULL, instance INTEGER NOT NULL, name TEXT NOT NULL,
            written_until BIGINT NOT NULL, hours_until BIGINT NOT NULL, days_until BIGINT NOT NULL,
            PRIMARY KEY (bot, instance), UNIQUE (bot, name))""",
        """CREATE TABLE golem_releases (bot BIGINT NOT NULL, release INTEGER NOT NULL, name TEXT NOT NULL,
            first_seen DOUBLE PRECISION, last_seen DOUBLE PRECISION,
            PRIMARY KEY (bot, release), UNIQUE (bot, name))""",
        """CREATE TABLE golem_boots (bot BIGINT NOT NULL, instance INTEGER NOT NULL, boot TEXT NOT NULL,
            release INTEGER NOT NULL, sequence BIGINT NOT NULL, started DOUBLE PRECISION NOT NULL,
            last_seen DOUBLE PRECISION NOT NULL, left_at DOUBLE PRECISION, shards TEXT NOT NULL, status TEXT NOT NULL,
            PRIMARY KEY (bot, instance, boot))""",
        """CREATE TABLE golem_error_groups (bot BIGINT NOT NULL, error_group INTEGER NOT NULL,
            type TEXT NOT NULL, file TEXT NOT NULL, function TEXT NOT NULL, line INTEGER,
            first_seen DOUBLE PRECISION, last_seen DOUBLE PRECISION, first_release INTEGER, last_release INTEGER,
            PRIMARY KEY (bot, error_group), UNIQUE (bot, type, file, function))""",
        *(_COMMANDS % tier for tier in ("minute", "hour", "day", "ever")),
        *(_SERIES % tier for tier in ("minute", "hour", "day")),
        *(_ERRORS % tier for tier in ("minute", "hour", "day")),
    ),
    2: (
        # Whether an operator configured the name (else the host's is used); boots that overlapped under one name.
        "ALTER TABLE golem_instances ADD COLUMN given INTEGER",
        "ALTER TABLE golem_boots ADD COLUMN beside INTEGER",
    ),
    3: tuple(
        # How long users waited for answers; older rows have none.
        f"ALTER TABLE golem_commands_{tier} ADD COLUMN {column}"
        for tier in ("minute", "hour", "day", "ever")
        for column in _ANSWERS
    ),
    4: (
        # Unit, kind and attribute of each series; unknown for series that are no longer written.
        """CREATE TABLE golem_series (bot BIGINT NOT NULL, series INTEGER NOT NULL,
            name TEXT NOT NULL, unit TEXT NOT NULL, kind TEXT NOT NULL, attribute TEXT NOT NULL,
            PRIMARY KEY (bot, series), UNIQUE (bot, name, unit, kind, attribute))""",
    ),
    5: (
        # Findings with begin and end; instance 0 is for those about the bot as a program.
        """CREATE TABLE golem_findings (bot BIGINT NOT NULL, since DOUBLE PRECISION NOT NULL,
            rule TEXT NOT NULL, subject_kind TEXT NOT NULL, subject TEXT NOT NULL, instance INTEGER NOT NULL,
            until DOUBLE PRECISION, severity INTEGER NOT NULL, sentence TEXT NOT NULL,
            value DOUBLE PRECISION, threshold DOUBLE PRECISION, unit TEXT NOT NULL,
            evidence TEXT NOT NULL, look_at TEXT NOT NULL,
            PRIMARY KEY (bot, since, rule, subject_kind, subject, instance))""",
        # The distribution of series that are histograms; the last value of own gauges.
        *(
            f"ALTER TABLE golem_series_{tier} ADD COLUMN {column}"
            for tier in ("minute", "hour", "day")
            for column in ("distribution {blob}", "last DOUBLE PRECISION")
        ),
    ),
    6: (
        # Active members of a day or a week. Salts have a table of their own, so that deleted ones are overwritten.
        """CREATE TABLE golem_member_salts (bot BIGINT NOT NULL, span TEXT NOT NULL, start BIGINT NOT NULL,
            salt {blob} NOT NULL, PRIMARY KEY (bot, span, start)){compact}""",
        """CREATE TABLE golem_member_sketches (bot BIGINT NOT NULL, span TEXT NOT NULL, start BIGINT NOT NULL,
            sketch {blob} NOT NULL, PRIMARY KEY (bot, span, start)){compact}""",
        # Alerts that were told; without a message, one is about to be sent.
        """CREATE TABLE golem_alerts (bot BIGINT NOT NULL, target TEXT NOT NULL, incident TEXT NOT NULL,
            owner TEXT NOT NULL, seen DOUBLE PRECISION NOT NULL, message TEXT NOT NULL, members TEXT NOT NULL,
            PRIMARY KEY (bot, target, incident))""",
    ),
    7: (
        # When the message was sent, and for which reminder one is sent or about to be.
        "ALTER TABLE golem_alerts ADD COLUMN sent DOUBLE PRECISION",
        "ALTER TABLE golem_alerts ADD COLUMN reminder TEXT NOT NULL DEFAULT ''",
        # Acknowledgements, silences and notes.
        """CREATE TABLE golem_alert_actions (bot BIGINT NOT NULL, id TEXT NOT NULL, incident TEXT NOT NULL,
            kind TEXT NOT NULL, done DOUBLE PRECISION NOT NULL, author TEXT NOT NULL, words TEXT NOT NULL,
            until DOUBLE PRECISION, about TEXT NOT NULL, PRIMARY KEY (bot, id))""",
    ),
}
NEWEST = max(MIGRATIONS)


async def migrate(database: Database) -> None:
    """Apply the missing steps in one transaction; raises SchemaTooNew, with nothing written, for a later schema."""
    async with database.reading() as connection:
        version = await _version(database, connection)
    if version != NEWEST:
        await _apply(database)
    await database.prepare()


async def expect_newest(database: Database) -> None:
    """Check that the schema is current, without changing anything; raises StoreRefused if it is older or missing."""
    async with database.reading() as connection:
        version = await _version(database, connection)
    if version == 0:
        raise StoreRefused(f"history at {database.shown}: no history has been kept here yet")
    if version != NEWEST:
        raise StoreRefused(
            f"history at {database.shown}: has schema {version}, and this version reads {NEWEST}: "
            "start the bot with this version once"
        )


async def _apply(database: Database) -> None:
    async with database.writing() as connection:
        await connection.lock(Lock.MIGRATE)
        await connection.execute("CREATE TABLE IF NOT EXISTS golem_schema (version INTEGER NOT NULL PRIMARY KEY)")
        for number in range(await _version(database, connection) + 1, NEWEST + 1):
            for statement in MIGRATIONS[number]:
                await connection.execute(connection.ddl(statement))
            await connection.insert(schema.MIGRATIONS, ["version"], [(number,)])


async def _version(database: Database, connection: Connection) -> int:
    tables = await connection.tables()
    if schema.COPY_MARKER in tables:
        raise StoreRefused(
            f"history at {database.shown}: a copy into it has not ended: start the same copy again, "
            "or set GOLEM_DATABASE to another place"
        )
    if schema.MIGRATIONS.name not in tables:
        return 0
    ((newest,),) = await connection.rows("SELECT max(version) FROM golem_schema")
    version = newest or 0
    if version > NEWEST:
        raise SchemaTooNew(
            f"history at {database.shown}: written by a later version of golem-monitor (schema {version}, this one "
            f"knows {NEWEST}): install that version again, or set GOLEM_DATABASE to another place"
        )
    return version
