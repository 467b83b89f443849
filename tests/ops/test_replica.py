"""A replica is asked at once or not at all, and left alone while it is away. Here the primary stands in for one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction

from apps.ops import bounds, replica
from apps.ops.replica import ALIAS, FIRST_REST_SECONDS, LONGEST_REST_SECONDS, Rest, Unfit
from tests.servers import free_port
from tests.stand_in import stand_in

YES, NO = "SELECT 1 WHERE %s = 'x'", "SELECT 1 WHERE %s = 'y'"


@pytest.fixture(autouse=True)
def _stand_in(transactional_db: None) -> Iterator[None]:
    with stand_in():
        yield


@pytest.fixture(autouse=True)
def rest(monkeypatch: pytest.MonkeyPatch) -> Rest:
    rest = Rest()
    monkeypatch.setattr(replica, "rest", rest)
    return rest


@pytest.fixture
def _away() -> None:
    connections[ALIAS].settings_dict.update(HOST="127.0.0.1", PORT=free_port())


def test_within_it_is_a_transaction_of_the_replica() -> None:
    with replica.asked(YES, ("x",)):
        assert connections[ALIAS].in_atomic_block
        assert not connection.in_atomic_block
    assert not connections[ALIAS].in_atomic_block


def test_where_the_condition_fails_it_is_unfit(rest: Rest) -> None:
    with pytest.raises(Unfit), replica.asked(NO, ("x",)):
        pytest.fail("nothing may be asked of it")
    assert rest.may_be_tried()


def test_what_fails_within_makes_it_unfit_this_once(rest: Rest) -> None:
    with pytest.raises(Unfit), replica.asked(YES, ("x",)), connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert rest.may_be_tried()
    with replica.asked(YES, ("x",)):
        pass


@pytest.mark.usefixtures("_away")
def test_away_it_is_left_alone(rest: Rest, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unfit), replica.asked(YES, ("x",)):
        pytest.fail("there is nobody to ask")
    assert not rest.may_be_tried()
    assert [record.levelname for record in caplog.records if record.name == "database"] == ["WARNING"]


@pytest.mark.usefixtures("_away")
def test_a_request_without_time_says_nothing_of_it(rest: Rest) -> None:
    with bounds.no_time():
        bounds.begin_request()
    try:
        with pytest.raises(Unfit), replica.asked(YES, ("x",)):
            pytest.fail("there is no time for that")
    finally:
        bounds.end_request()
    assert rest.may_be_tried()


def test_each_rest_is_longer_and_one_tries_after_it(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    rest.begin()
    for seconds in (FIRST_REST_SECONDS, 2, 4, 8, 16, 32, LONGEST_REST_SECONDS, LONGEST_REST_SECONDS):
        now += seconds - 0.1
        assert not rest.may_be_tried()
        now += 0.1
        assert [rest.may_be_tried(), rest.may_be_tried()] == [True, False]
    rest.end()
    assert rest.may_be_tried()


def test_nothing_else_is_in_its_transaction(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(0), replica.asked(YES, ("x",)):
        pass
