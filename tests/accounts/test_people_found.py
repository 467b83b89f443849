"""People are found and opened in the back office, whatever their subjects look like."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.accounts.office import PEOPLE, hrefs, listed, page_of, row
from tests.factories import PersonFactory, TaskFactory
from tests.forms import save

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words", ["subject-of-zoe", "ZOE@elsewhere", "Zoë Ün", "zoe-signs-in@", "zoë subject-of"], ids=str
)
def test_people_are_found_by_subject_email_name_and_login(boss: Client, alice: User, words: str) -> None:
    zoe = PersonFactory.create(
        subject="subject-of-zoe", name="Zoë Ünal", email="zoe@elsewhere.example", login="zoe-signs-in@example.com"
    )
    assert listed(boss, q=words) == {zoe.pk}


@pytest.mark.parametrize("words", ["%", "__", "\\", "'; --", "no such person", "a" * 500])
def test_odd_searches_find_nobody(boss: Client, alice: User, words: str) -> None:
    assert listed(boss, q=words) == set()


def test_people_are_filtered_by_state_and_staff(
    boss: Client, boss_account: User, alice: User, carol: User, colleague: User
) -> None:
    assert listed(boss, is_active__exact="0") == {carol.pk}
    assert listed(boss, is_staff__exact="1") == {boss_account.pk, colleague.pk}
    assert listed(boss, is_active__exact="1", is_staff__exact="0") == {alice.pk}


def test_the_list_shows_each_state(boss: Client, alice: User, carol: User) -> None:
    page = boss.get(PEOPLE).content.decode()
    assert "Deactivated" in page
    assert page_of(carol) in page


def test_more_people_cost_no_more_queries(boss: Client) -> None:
    PersonFactory.create_batch(2)
    with CaptureQueriesContext(connection) as few:
        boss.get(PEOPLE)
    PersonFactory.create_batch(18)
    with CaptureQueriesContext(connection) as many:
        boss.get(PEOPLE)
    assert len(few) == len(many)


ODD_SUBJECTS = [
    "a/b/c",
    "../../etc",
    "with some spaces",
    "Zoë Ünïcode 名前",
    "quotes \" ' ` <b>&amp;</b>",
    "a_2Fb",
    "_5F",
    "per%2Fcent?#&=+,;:@",
    "back\\slash",
    "add",
    "x" * 255,
    "ü" * 255,
]


@pytest.mark.parametrize("subject", ODD_SUBJECTS)
def test_an_odd_subject_opens_from_the_list(boss: Client, subject: str) -> None:
    person = PersonFactory.create(subject=subject, name="Odd")
    link = hrefs(boss.get(PEOPLE, {"q": "Odd"}), r"/admin/accounts/user/.+/change/.*")[0]
    answer = boss.get(link)
    assert answer.status_code == 200
    assert answer.context["original"].pk == person.pk


@pytest.mark.parametrize("page", ["history", "delete", "password"])
@pytest.mark.parametrize("subject", ODD_SUBJECTS)
def test_the_other_pages_of_an_odd_subject_open(boss: Client, subject: str, page: str) -> None:
    person = PersonFactory.create(subject=subject)
    answer = boss.get(page_of(person, page))
    assert answer.status_code == 200


@pytest.mark.parametrize("subject", ODD_SUBJECTS)
def test_an_odd_subject_is_saved(boss: Client, subject: str) -> None:
    person = PersonFactory.create(subject=subject)
    assert save(boss, page_of(person), name="Renamed").status_code == 302
    assert row(person)["name"] == "Renamed"
    assert row(person)["subject"] == subject


@pytest.mark.parametrize("subject", ["bob", *ODD_SUBJECTS])
def test_the_link_to_tasks_lists_that_persons_alone(boss: Client, task: Task, subject: str) -> None:
    theirs = TaskFactory.create_batch(2, user=PersonFactory.create(subject=subject, name="Odd"))
    link = hrefs(boss.get(PEOPLE, {"q": "Odd"}), r"/admin/tasks/task/\?user.*")[0]
    answer = boss.get(link)
    assert answer.status_code == 200
    assert {found.pk for found in answer.context["cl"].result_list} == {one.pk for one in theirs}
