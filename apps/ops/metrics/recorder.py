"""The events that operators count."""

from typing import Protocol


class Recorder(Protocol):
    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the pattern of the URL map, of which there are few; empty where none fits."""

    def statement_ended(self, seconds: float) -> None:
        """`seconds` is what its caller waited."""

    def database_failed(self, kind: str) -> None:
        """`kind` is the name of the error's class."""

    def connection_opened(self) -> None: ...

    def connection_closed(self) -> None: ...

    def token_refused(self, cause: str) -> None:
        """`cause` is one of few."""

    def keys_were_fetched(self, seconds_ago: float) -> None:
        """The key set in use is that old."""

    def replica_asked(self, outcome: str) -> None:
        """`outcome` is one of few."""

    def feed_held_back(self, seconds: float, database: str, application: str, holder: str) -> None:
        """By a transaction that is `seconds` old; 0 where it has ended. `holder` is a process id or a prepared name."""


class Silence:
    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None: ...

    def statement_ended(self, seconds: float) -> None: ...

    def database_failed(self, kind: str) -> None: ...

    def connection_opened(self) -> None: ...

    def connection_closed(self) -> None: ...

    def token_refused(self, cause: str) -> None: ...

    def keys_were_fetched(self, seconds_ago: float) -> None: ...

    def replica_asked(self, outcome: str) -> None: ...

    def feed_held_back(self, seconds: float, database: str, application: str, holder: str) -> None: ...
