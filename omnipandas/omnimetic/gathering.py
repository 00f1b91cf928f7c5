"""A call's parts: looked up in the cache, asked for a few at a time, and put together or accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tqdm.auto import tqdm

from omnipandas.errors import (
    ArgumentError,
    ConnectionFailedError,
    IncompleteError,
    OmnipandasError,
    PayloadError,
    RateLimitError,
    ServerError,
    StaleDataWarning,
    UnauthorizedError,
    warn_caller,
)

from .client import Client
from .replies import Reply
from .storage import Entry

_Block = TypeVar("_Block")
_Whole = TypeVar("_Whole")
_Item = TypeVar("_Item")
# After one of these, the parts not yet asked for would fare no better.
_FATAL = (UnauthorizedError, ConnectionFailedError, RateLimitError)
# Where the server is at fault, what the cache still has is better than nothing.
_EXCUSED = (ServerError, ConnectionFailedError, RateLimitError)
_PROGRESS_DELAY = 1.0  # [s]
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Part(Generic[_Block]):
    """One request of a call.

    Parameters
    ----------
    service_account_id, resource, query
        Whose, what, and the address' parameters.
    subject : str
        What it brings, in words, for example ``"interval data 2023-02 of 64d4..."``.
    closed : bool
        Whether its answer is final.
    read : callable
        Turns the answer into a block, or raises.
    owners : callable
        Gives the service accounts that the answer's records bear.
    complete : callable
        Says whether a block has all that its period can have: an answer that lacks some, as of an account
        linked a moment ago, is not kept for long, however closed the period.
    """

    service_account_id: str
    resource: str
    query: Mapping[str, str]
    subject: str
    closed: bool
    read: Callable[[Reply], _Block] = field(repr=False)
    owners: Callable[[Reply], set[str]] = field(repr=False)
    complete: Callable[[_Block], bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a call takes its parts from, by default the cache where it is fresh, else the server; and
    whom it tells how far it is.

    Parameters
    ----------
    refresh : bool
        Always the server.
    offline : bool
        The cache alone, however old.
    progress : callable, optional
        Told (answers so far, answers asked for), in the caller's own thread, before the first answer and
        after each; what it raises ends the call. By default a bar is drawn once a call takes a second.
    ageless : bool
        The cache wherever it has an answer, and no word of its age: for what hardly ever changes.
    """

    refresh: bool = False
    offline: bool = False
    progress: Progress | None = None
    ageless: bool = False

    def __post_init__(self) -> None:
        if self.refresh and self.offline:
            raise ArgumentError("refresh=True asks the server and offline=True forbids it: choose one.")
        if self.progress is not None and not callable(self.progress):
            raise ArgumentError(f"progress is a callable that takes (done, total), not {self.progress!r}.")

    def shown(self, answers: Iterator[_Item], total: int) -> Iterator[_Item]:
        """Yield the answers while telling how many there are by now."""
        if self.progress is None:
            yield from tqdm(answers, total=total, desc="Omnimetic", delay=_PROGRESS_DELAY, leave=False)
            return
        self.progress(0, total)
        for done, answer in enumerate(answers, 1):
            yield answer
            self.progress(done, total)


def gathered(
    client: Client,
    parts: Sequence[Part[_Block]],
    source: Source,
    whole: Callable[[list[tuple[Part[_Block], _Block]]], _Whole],
) -> _Whole:
    """Return what `whole` makes of all parts and their blocks, in order.

    Raises
    ------
    IncompleteError
        Some parts failed, or are not in the cache when offline.
    OmnipandasError
        All of them failed, this way first.
    """
    return _Gathering(client, parts, source, whole).run()


class _Gathering(Generic[_Block, _Whole]):
    """A call under way: the blocks that are here by now, and why the others are not."""

    def __init__(
        self,
        client: Client,
        parts: Sequence[Part[_Block]],
        source: Source,
        whole: Callable[[list[tuple[Part[_Block], _Block]]], _Whole],
    ) -> None:
        self._client = client
        self._parts = parts
        self._source = source
        self._whole = whole
        self._blocks: dict[int, _Block] = {}

    def run(self) -> _Whole:
        """Fetch what is missing; return the whole or raise. Run again, it resumes."""
        try:
            return self._run()
        finally:
            self._client.cache.warn()

    def _run(self) -> _Whole:
        missing = [place for place in range(len(self._parts)) if place not in self._blocks]
        ages: list[float] = []
        if not self._source.refresh:
            missing = [place for place in missing if not self._take_usable(place, ages)]
        failures = self._absent(missing) if self._source.offline else self._fetch(missing)
        if not self._source.refresh and not self._source.offline:
            for place, error in list(failures.items()):
                if isinstance(error, _EXCUSED) and self._take(place, self._kept(place), ages):
                    del failures[place]
        if ages:
            self._warn_stale(ages)
        if failures:
            raise self._error(failures)
        return self._assembled()

    def _assembled(self) -> _Whole:
        return self._whole([(self._parts[place], self._blocks[place]) for place in sorted(self._blocks)])

    def _kept(self, place: int) -> Entry | None:
        part = self._parts[place]
        return self._client.cache.get(part.service_account_id, part.resource, part.query)

    def _take_usable(self, place: int, ages: list[float]) -> bool:
        """Take an answer from the cache where the call's source has it do."""
        entry, source = self._kept(place), self._source
        if entry is None or not (source.ageless or source.offline or self._client.cache.is_fresh(entry)):
            return False
        return self._take(place, entry, ages)

    def _take(self, place: int, entry: Entry | None, ages: list[float]) -> bool:
        """Take a kept answer, and note its age where that is past its time."""
        if entry is None:
            return False
        try:
            self._blocks[place] = self._parts[place].read(_as_reply(entry))
        except PayloadError:
            return False  # an older version took this answer for good; the server is asked anew
        if not (self._source.ageless or self._client.cache.is_fresh(entry)):
            ages.append(self._client.cache.age(entry))
        return True

    def _absent(self, missing: Sequence[int]) -> dict[int, OmnipandasError]:
        return {
            place: ConnectionFailedError(
                f"{self._parts[place].subject} is not in the cache: call once without offline=True."
            )
            for place in missing
        }

    def _fetch(self, missing: Sequence[int]) -> dict[int, OmnipandasError]:
        if not missing:
            return {}
        if len(missing) == 1 and self._source.progress is None:
            # the common small call needs neither threads nor a bar
            outcome = self._ask(missing[0])
            return {missing[0]: outcome} if outcome else {}
        failures: dict[int, OmnipandasError] = {}
        fatal: OmnipandasError | None = None
        pool = ThreadPoolExecutor(self._client.max_workers, thread_name_prefix="omnipandas")
        try:
            asked: dict[Future[OmnipandasError | None], int] = {
                pool.submit(self._ask, place): place for place in missing
            }
            for future in self._source.shown(as_completed(asked), len(asked)):
                outcome = fatal if future.cancelled() else future.result()
                if outcome is not None:
                    failures[asked[future]] = outcome
                if fatal is None and isinstance(outcome, _FATAL):
                    fatal = outcome
                    for other in asked:
                        other.cancel()
        finally:
            pool.shutdown(cancel_futures=True)
        return dict(sorted(failures.items()))

    def _ask(self, place: int) -> OmnipandasError | None:
        """Fetch one part, keep it, and return the error where that failed."""
        part = self._parts[place]
        try:
            reply = self._client.get(part.service_account_id, part.resource, part.query, subject=part.subject)
            block = part.read(reply)
            self._client.owners.require(part.service_account_id, part.owners(reply), part.subject)
        except OmnipandasError as error:
            return error
        self._client.cache.put(
            part.service_account_id,
            part.resource,
            part.query,
            reply.body,
            reply.headers.get("content-type", ""),
            closed=part.closed and part.complete(block),
        )
        self._blocks[place] = block
        return None

    def _warn_stale(self, ages: Sequence[float]) -> None:
        reason = "offline=True" if self._source.offline else "the server failed"
        warn_caller(
            f"{len(ages)} of {len(self._parts)} answers come from the cache past their time, up to "
            f"{_in_words(max(ages))} old, since {reason}.",
            StaleDataWarning,
        )

    def _error(self, failures: Mapping[int, OmnipandasError]) -> OmnipandasError:
        first = next(iter(failures.values()))
        if not self._blocks and not self._source.offline:
            return first
        named = {self._parts[place].subject: error for place, error in failures.items()}
        listed = ", ".join(named)
        error = IncompleteError(
            f"{len(failures)} of {len(self._parts)} answers are missing ({listed}). First reason: {first} "
            "What did arrive is in error.partial; error.resume() asks for the rest.",
            partial=self._assembled(),
            failures=named,
            resume=self.run,
        )
        error.__cause__ = first
        return error


def _as_reply(entry: Entry) -> Reply:
    return Reply(200, {"content-type": entry.content_type}, entry.body)


def _in_words(seconds: float) -> str:
    for size, unit in ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"
