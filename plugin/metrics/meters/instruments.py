"""Counters, gauges and histograms of one's own: one line feeds them, from any thread, and no line of them raises."""

from __future__ import annotations

from plugin.measures import MeasureKind
from plugin.metrics.meters.series import CounterSeries, GaugeSeries, HistogramSeries
from plugin.metrics.meters.table import SeriesTable, join_values
from plugin.own_measures import AttributeValue

# The first lines of `add`, `set` and `record` are the same on purpose: a shared method would double their cost.


class OwnCounter(SeriesTable[CounterSeries]):
    """Adds up: transactions, points, messages."""

    __slots__ = ()

    kind = MeasureKind.COUNTER
    word = "counter"

    def add(self, amount: float = 1, **attributes: AttributeValue) -> None:
        """Add an amount from 0 up; anything else is dropped, and the drop is counted."""
        try:
            known = self._known[join_values(self._pick(attributes))]
            series = known if len(attributes) == self._number else self._series(attributes)
        except (KeyError, TypeError):  # a new series, or a value that is no text
            series = self._series(attributes)
        series.add(amount)

    def _new(self) -> CounterSeries:
        return CounterSeries(self._drops)


class OwnGauge(SeriesTable[GaugeSeries]):
    """Has a present value: channels, supply, players in a queue."""

    __slots__ = ()

    kind = MeasureKind.GAUGE
    word = "gauge"

    def set(self, value: float, **attributes: AttributeValue) -> None:
        """Set the present value; what is no finite number is dropped, and the drop is counted."""
        try:
            known = self._known[join_values(self._pick(attributes))]
            series = known if len(attributes) == self._number else self._series(attributes)
        except (KeyError, TypeError):  # a new series, or a value that is no text
            series = self._series(attributes)
        series.set(value)

    def unset(self) -> None:
        """Have no value from now on, in any series, until one is set."""
        self._reset_series()

    def _new(self) -> GaugeSeries:
        return GaugeSeries(self._drops)


class OwnHistogram(SeriesTable[HistogramSeries]):
    """Says how large values are: amounts, prices, lengths."""

    __slots__ = ()

    kind = MeasureKind.HISTOGRAM
    word = "histogram"

    def record(self, value: float, **attributes: AttributeValue) -> None:
        """Record a value from 0 up, in the measure's unit; anything else is dropped, and the drop is counted."""
        try:
            known = self._known[join_values(self._pick(attributes))]
            series = known if len(attributes) == self._number else self._series(attributes)
        except (KeyError, TypeError):  # a new series, or a value that is no text
            series = self._series(attributes)
        series.record(value)

    def _new(self) -> HistogramSeries:
        return HistogramSeries(self._drops, self.measure.histogram_ns)
