"""Each role of staff at a browser, and rows of each kind for them to reach."""

from django.contrib.auth.models import Group
from django.test import Client

from apps.accounts.models import Refusal
from apps.backoffice.models import SavedView
from apps.staff import roles
from tests.factories import PersonFactory, TaskFactory, local_account
from tests.second_factor import enrolled, signed_in

NOBODY, PERSON, STAFF, SUPERUSER = "nobody", "a person", "staff without a role", "superuser"
SUPPORT, OPERATIONS, AUDITOR = "Support", "Operations", "Auditor"
EVERYONE = (NOBODY, PERSON, STAFF, SUPPORT, OPERATIONS, AUDITOR, SUPERUSER)
INSIDE = {STAFF, SUPPORT, OPERATIONS, AUDITOR, SUPERUSER}
READERS = {SUPPORT, OPERATIONS, AUDITOR, SUPERUSER}
EDITORS = {SUPPORT, OPERATIONS, SUPERUSER}
LEADS = {OPERATIONS, SUPERUSER}
BOSSES = {SUPERUSER}


def client_of(role: str) -> Client:
    if role == NOBODY:
        return Client()
    if role == PERSON:
        client = Client()
        client.force_login(local_account("person@example.com"))
        return client
    person = enrolled(is_superuser=role == SUPERUSER)
    if role in roles.ROLES:
        person.groups.set([Group.objects.get(name=role)])
    return signed_in(person)


class Rows:
    """One of each kind, in the state that each step needs."""

    def __init__(self) -> None:
        self.person = PersonFactory.create(subject="somebody")
        self.gone = PersonFactory.create(subject="gone", is_active=False, deactivation_reason="Asked")
        self.local = local_account("somebody@example.com")
        self.task = TaskFactory.create(user=self.person)
        self.group = Group.objects.create(name="Helpers")
        self.refusal = Refusal.objects.create(reason="expired", proved=True, times=1)
        self.view = SavedView.objects.create(owner=self.person, page="tasks.task", name="Somebody's")
