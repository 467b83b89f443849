"""What people were told, against what the database holds."""

from collections import Counter
from dataclasses import dataclass

from tests.chaos.people import Crowd
from tests.servers import Database

ROWS = "SELECT id, title, description, deleted_at IS NOT NULL FROM tasks_task WHERE user_id LIKE 'person-%'"


@dataclass(frozen=True)
class Ledger:
    """Each a list of titles or ids; all of them empty where nothing was lost and nothing done twice."""

    lost: list[str]
    doubled: list[str]
    undead: list[int]
    unchanged: list[int]

    @property
    def is_balanced(self) -> bool:
        return not (self.lost or self.doubled or self.undead or self.unchanged)


def ledger(crowd: Crowd, database: Database) -> Ledger:
    rows = database.rows(ROWS)
    ids = {title: number for number, title, _, _ in rows}
    times = Counter(title for _, title, _, _ in rows)
    descriptions = {number: text for number, _, text, _ in rows}
    alive = {number for number, _, _, is_deleted in rows if not is_deleted}
    people = crowd.people
    deleted = {number for person in people for number in person.deleted}
    created = {title: number for person in people for title, number in person.created.items()}
    kept = {title for title, number in created.items() if number not in deleted}
    return Ledger(
        lost=[title for title in kept if ids.get(title) != created[title] or created[title] not in alive],
        doubled=[title for title, count in times.items() if count > 1],
        undead=[number for number in deleted if number in alive],
        unchanged=[
            number for person in people for number, text in person.changed.items() if descriptions.get(number) != text
        ],
    )
