"""gunicorn takes its shape from the environment, and each worker follows who was deactivated."""

from types import ModuleType, SimpleNamespace

import pytest
from django.conf import settings

from apps.accounts.roster import roster
from apps.ops import bounds


@pytest.fixture
def configuration() -> ModuleType:
    import config.gunicorn

    return config.gunicorn


def test_its_shape(configuration: ModuleType) -> None:
    assert configuration.bind == [f"0.0.0.0:{settings.PORT}"]
    assert (configuration.workers, configuration.threads) == (2, 4)


def test_it_logs_as_django_does(configuration: ModuleType) -> None:
    assert configuration.logconfig_dict == settings.LOGGING


def test_a_worker_follows_withdrawals(configuration: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[bool] = []
    monkeypatch.setattr(roster, "follow_in_background", lambda: followed.append(True))
    monkeypatch.setattr(bounds, "serve", lambda: None)
    configuration.post_worker_init(SimpleNamespace(age=2))
    assert followed == [True]
