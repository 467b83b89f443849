"""Who this process has met: a known caller costs no query, and a deactivated one is forgotten within seconds.

Each process keeps the subjects that it has seen active. A trigger notes every deactivation and erasure in the table of
withdrawals, which a process that serves requests reads every two seconds, in the background; one that has not been able
to for four seconds reads it before it trusts its memory again. An idle process asks nothing, so that Neon may sleep.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, close_old_connections

from apps.accounts import services
from apps.accounts.claims import Claims, Withdrawn
from apps.accounts.journal import journal
from apps.ops import bounds, faults

CHECK_SECONDS = 2.0
TRUST_SECONDS = 4.0
# The trigger's time is that of its statement, the commit comes later: look back further than any transaction lasts.
WINDOW_SECONDS = 600.0
MOST_PEOPLE = 100_000
MOST_SESSIONS = 50


@dataclass(frozen=True)
class Profile:
    """What the record was last told, and by a token of what time: an older token does not overwrite it."""

    email: str | None
    name: str | None
    issued_at: float
    # Of a local account: those seen alive.
    sessions: frozenset[str | None]


class Roster:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = bounds.BoundedLock()
        self._remembering = threading.Lock()
        self._known: dict[str, Profile] = {}
        self._applied: set[int] = set()
        # Raised by every withdrawal that is applied: what was read of a person before may be false by then.
        self._generation = 0
        self._checked_at = float("-inf")
        self._wanted = threading.Event()

    def admit(self, claims: Claims) -> None:
        """Makes sure of a record that is active. Raises Withdrawn; DatabaseError where it cannot tell."""
        self._stay_current()
        profile = self._known.get(claims.subject)
        if profile is None or claims.session not in profile.sessions:
            self._meet(claims, profile)
        elif claims.issued_at > profile.issued_at and _told(claims) - _told(profile):
            generation = self._generation
            services.update_profile(claims)
            self._remember(claims, profile.sessions, generation)
        journal.note_arrival(claims.subject)

    def follow_in_background(self) -> None:
        """Starts the thread that reads withdrawals while requests come. For server processes."""
        threading.Thread(target=self._follow, name="roster", daemon=True).start()

    def forget_everyone(self) -> None:
        with self._lock:
            self._known.clear()
            self._applied.clear()
            self._checked_at = float("-inf")

    def _meet(self, claims: Claims, profile: Profile | None) -> None:
        generation = self._generation
        if not services.provision(claims):
            raise Withdrawn("deactivated")
        if claims.session and not services.is_alive(claims.session, claims.subject):
            raise Withdrawn("session ended")
        while len(self._known) >= MOST_PEOPLE:
            self._known.pop(next(iter(self._known)), None)
        known = profile.sessions if profile and len(profile.sessions) < MOST_SESSIONS else frozenset[str | None]()
        self._remember(claims, known | {claims.session}, generation)

    def _remember(self, claims: Claims, sessions: frozenset[str | None], generation: int) -> None:
        with self._remembering:
            if generation == self._generation:
                self._known[claims.subject] = Profile(claims.email, claims.name, claims.issued_at, sessions)

    def _stay_current(self) -> None:
        age = self._clock() - self._checked_at
        if age > TRUST_SECONDS:
            with self._lock:
                if self._clock() - self._checked_at > TRUST_SECONDS:
                    self._read_withdrawals()
        elif age > CHECK_SECONDS:
            self._wanted.set()

    def _read_withdrawals(self) -> None:
        asked_at = self._clock()
        if asked_at - self._checked_at > WINDOW_SECONDS / 2:
            self._known.clear()
        withdrawals = services.recent_withdrawals(WINDOW_SECONDS)
        with self._remembering:
            for number, subject in withdrawals.items():
                if number not in self._applied:
                    self._known.pop(subject, None)
                    self._generation += 1
            self._applied = set(withdrawals)
        self._checked_at = asked_at

    def _follow(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            close_old_connections()
            try:
                with self._lock:
                    self._read_withdrawals()
            except (DatabaseError, InterfaceError) as error:
                faults.log_fault(error)
            time.sleep(CHECK_SECONDS / 2)


def _told(source: Claims | Profile) -> set[tuple[str, str]]:
    return {(field, value) for field, value in (("email", source.email), ("name", source.name)) if value}


roster = Roster()
