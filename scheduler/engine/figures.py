"""The overview in the words of Prometheus. Figures come from the database, so every web process tells the same."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portal.audit.alarms import LastHour
from scheduler.engine.overview import JobLine, Overview


class _Figures(Collector):
    def __init__(self, seen: Overview, schema: str, tried: LastHour) -> None:
        self._seen, self._schema, self._tried = seen, schema, tried

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield from self._queues()
        yield from self._jobs()
        yield from self._rest()

    def _queues(self) -> Iterator[Metric]:
        depth = GaugeMetricFamily("soundings_queue_depth", "Rows that are up", labels=["queue"])
        oldest = GaugeMetricFamily("soundings_queue_oldest_seconds", "How long the oldest of them has been up", labels=["queue"])
        for queue, state in self._seen.queues:
            depth.add_metric([queue.name], state.depth)
            oldest.add_metric([queue.name], _age(state.oldest, self._seen.now))
        yield depth
        yield oldest

    def _jobs(self) -> Iterator[Metric]:
        last = GaugeMetricFamily("soundings_job_last_run_seconds", "Seconds since a job began last", labels=["job"])
        late = GaugeMetricFamily("soundings_job_late", "1 where a job should have run long ago", labels=["job"])
        took = GaugeMetricFamily("soundings_job_took_seconds", "How long its last run took", labels=["job"])
        runs = CounterMetricFamily("soundings_job_runs", "Runs of a job", labels=["job"])
        rows = CounterMetricFamily("soundings_job_rows", "Rows that a job saw", labels=["job"])
        failures = CounterMetricFamily("soundings_job_failures", "Failed runs of a job", labels=["job"])
        for line in self._seen.jobs:
            name = [line.job.name]
            if line.last:
                last.add_metric(name, _age(line.last, self._seen.now))
            if line.took_ms is not None:
                took.add_metric(name, line.took_ms / 1000)
            late.add_metric(name, _late(line, self._seen.now))
            runs.add_metric(name, line.runs)
            rows.add_metric(name, line.total_rows)
            failures.add_metric(name, line.failures)
        yield from (last, late, took, runs, rows, failures)

    def _rest(self) -> Iterator[Metric]:
        sent = GaugeMetricFamily("soundings_messages_last_hour", "Messages ended in the last hour", labels=["channel", "state"])
        for channel, figures in sorted(self._seen.channels.items()):
            for state, number in figures._asdict().items():
                sent.add_metric([channel, state], number)
        yield sent
        alive = GaugeMetricFamily("soundings_processes", "Processes at work", labels=["kind"])
        for kind in ("web", "clock", "worker"):
            alive.add_metric([kind], self._seen.alive(kind))
        yield alive
        skew = max((abs(line.node.skew_ms) for line in self._seen.nodes if line.alive), default=0)
        yield GaugeMetricFamily("soundings_clock_skew_seconds", "The worst difference of a machine's clock", skew / 1000)
        yield GaugeMetricFamily("soundings_clock_leads", "1 where a clock holds the lease", int(self._seen.leader is not None))
        yield GaugeMetricFamily("soundings_log_ins_failed_last_hour", "Wrong passwords in the last hour", self._tried.failed)
        yield GaugeMetricFamily("soundings_refused_last_hour", "Refused access of known callers in the last hour", self._tried.refused)
        schema = GaugeMetricFamily("soundings_schema", "1 for the schema's state to the served version", labels=["state"])
        schema.add_metric([self._schema], 1)
        yield schema


def _late(line: JobLine, now: datetime) -> int:
    return int(line.late(now))


def _age(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0) if moment else 0.0


def text_of(seen: Overview, schema: str, tried: LastHour) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(seen, schema, tried))
    return generate_latest(registry)
