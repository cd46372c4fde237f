"""What a user would put into a bot instead of the monitor, written as its documentation advises.

None of them sees what a command waits for, its first response or its REST calls: each does less than the monitor.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import sentry_sdk
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind
from prometheus_client import CollectorRegistry, Counter, Histogram
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

Callback = Callable[..., Awaitable[Any]]


class Around(Protocol):
    """A rival that is put around the code of a command."""

    def wrap(self, command: str, callback: Callback) -> Callback:
        """The callback of a command, measured."""
        ...


class Prometheus:
    """Invocations by command and outcome, durations by command; events or hooks tell of them."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._invocations = Counter("invocations", "Invocations", ["command", "outcome"], registry=registry)
        self._durations = Histogram("duration_seconds", "Durations", ["command"], registry=registry)
        self._began: dict[int, float] = {}

    def begin(self, interaction_id: int) -> None:
        """A command begins."""
        self._began[interaction_id] = time.perf_counter()

    def end(self, interaction_id: int, command: str, outcome: str) -> None:
        """It has ended."""
        self._durations.labels(command).observe(time.perf_counter() - self._began.pop(interaction_id))
        self._invocations.labels(command, outcome).inc()


class OpenTelemetry:
    """A span for each invocation, exported in batches to nowhere."""

    def __init__(self) -> None:
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(_Nowhere()))
        self._tracer = provider.get_tracer("bench")

    def wrap(self, command: str, callback: Callback) -> Callback:
        """The callback within a span."""

        @functools.wraps(callback)
        async def within_span(*args: Any) -> None:
            with self._tracer.start_as_current_span(
                command, kind=SpanKind.SERVER, attributes={"discord.command": command}
            ):
                await callback(*args)

        return within_span


class _Nowhere(SpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return SpanExportResult.SUCCESS


class Sentry:
    """A transaction for each invocation, all of them sampled, over a transport that drops them."""

    def __init__(self) -> None:
        sentry_sdk.init(dsn="https://key@localhost/1", transport=_Dropping, traces_sample_rate=1.0)

    def wrap(self, command: str, callback: Callback) -> Callback:
        """The callback within a transaction."""

        @functools.wraps(callback)
        async def within_transaction(*args: Any) -> None:
            with sentry_sdk.start_transaction(op="command", name=command):
                await callback(*args)

        return within_transaction


class _Dropping(Transport):
    def capture_envelope(self, envelope: Envelope) -> None:
        pass


RIVALS: dict[str, Callable[[], Any]] = {
    "prometheus_client": Prometheus,
    "OpenTelemetry": OpenTelemetry,
    "Sentry": Sentry,
}
