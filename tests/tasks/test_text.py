"""Words of any script found, titles in order, one tag for each spelling, and titles that nobody could read refused."""

import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks import searches
from apps.tasks.models import Task
from tests.colleagues import superuser
from tests.factories import TaskFactory


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


FOUND = [
    ("Au café", decomposed("café")),
    (decomposed("Zoë anrufen"), "zoë"),
    ("Au café", "CAFE"),
    ("Straße kehren", "STRASSE"),
    ("Straße kehren", "STRAẞE"),
    ("STRASSE", "straße"),
    ("οδος Αθηνών", "ΟΔΟΣ"),
    ("ΟΔΟΣ", "οδός"),
    ("οδοσήμανση", "οδοσ"),
    ("Привет, мир", "ПРИВЕТ"),
    ("Ёлка", "елка"),
    ("за\u0301мок", "замок"),
    ("Björn", "bjorn"),
    ("Øresund", "oresund"),
    ("Łódź", "lodz"),
    ("Đà Nẵng", "da nang"),
    ("Ægir", "aegir"),
    ("œuvre", "oeuvre"),
    ("Þór", "thor"),
    ("İstanbul", "istanbul"),
    ("ISPARTA", "ısparta"),
    ("ﬁnance ｆｕｌｌ", "finance full"),
    ("ＡＢＣ１２３", "abc123"),
    ("ԵՐԵՒԱՆ", "երևան"),
    ("ᲗᲑᲘᲚᲘᲡᲘ", "თბილისი"),
    ("ᏣᎳᎩ", "ꮳꮃꭹ"),
    ("𐐀𐐁", "𐐨𐐩"),
    ("𝐇𝐞𝐥𝐥𝐨", "hello"),
    ("O’Brien", "o'brien"),
    ("well‑known", "well-known"),
    ("soft\u00adhyphen", "softhyphen"),
    ("שָׁלוֹם", "שלום"),
    ("كِتَابٌ", "كتاب"),
    ("كـتـاب", "كتاب"),
    ("کتابی", "كتابي"),
    ("می\u200cخواهم", "میخواهم"),
    ("۱۲۳", "123"),
    ("हिन्दी सीखना", "हिन्दी"),
    ("क़लम", decomposed("क़लम")),
    ("தமிழ்", "தமிழ்"),
    ("한국어 공부", decomposed("한국")),
    (decomposed("한국어 공부"), "공부"),
    ("我家在上海东边", "上海"),
    ("我家在上海东边", "海"),
    ("我家在上海东边", "边"),
    ("我家在上海东边", "上海东边"),
    ("東京タワーに行く", "タワー"),
    ("ﾀﾜｰ", "タワー"),
    ("買iPhone15ケース", "iphone15"),
    ("買iPhone15ケース", "ケース"),
    ("買iPhone15ケース", "買iPhone15ケース"),
    (decomposed("がっこうへ"), "がっこう"),
    ("𠮷野家", "野家"),
    ("々", "々"),
    ("ไปตลาดซื้อผัก", "ตลาด"),
    ("ໄປຕະຫຼາດ", "ຕະຫຼາດ"),
    ("ទៅផ្សារ", "ផ្សារ"),
    ("ဈေးသို့သွား", "သွား"),
    ("Party 🎉 tonight", "🎉"),
    ("party🎉tonight", "tonight"),
    ("❤\ufe0f", "❤"),
    ("❤", "❤\ufe0f"),
    ("👍🏽 done", "👍"),
    ("👍", "👍🏿"),
    ("👨\u200d👩\u200d👧", "👩"),
    ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ("🇩🇪🇫🇷", "🇫🇷"),
    ("🏴\U000e0067\U000e0062\U000e007f", "🏴"),
    ("1\ufe0f\u20e3 first", "1"),
    ("x → y", "→"),
    ("Naïve «façade»", "facade"),
    ("¿Qué?", "que"),
    ("、上海。", "上海"),
    ("ㄅㄆㄇ", "ㄆㄇ"),
]
NOT_FOUND = [
    ("かき", "がき"),
    ("がき", "か"),
    ("ハハ", "パパ"),
    ("कि", "की"),
    ("ป่า", "ป้า"),
    ("上海", "海上"),
    ("🇩🇪", "🇪🇩"),
    ("🇩🇰 🇪🇸", "🇩🇪"),
    ("Au café", "afé"),
    ("a🎉", "🎈"),
    ("한국", "하나"),
]
NOTHING = ["&!", "…", "«»", "€", "、。", "\u200b", "\u2060\ufe0f", "\u0301", "\u2800", "🏽"]


@pytest.fixture
def boss(db: None) -> Client:
    return superuser()


@pytest.fixture(params=["nearby", "by the index"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by the index":
        monkeypatch.setattr(searches, "NEARBY_ROWS", 1)


def titles(api: APIClient, query: str) -> list[str]:
    answer = api.get(f"/api/tasks?{query}")
    assert answer.status_code == 200, answer.json()
    return [row["title"] for row in answer.json()["results"]]


@pytest.mark.usefixtures("_either_way")
def test_words_of_any_script_are_found(api: APIClient, alice: User) -> None:
    for title, words in FOUND:
        TaskFactory.create(user=alice, title="another", description=None)
        task = TaskFactory.create(user=alice, title=title, description=None)
        assert titles(api, f"search={quote(words)}") == [title], f"{title} by {words}"
        task.delete()


@pytest.mark.usefixtures("_either_way")
def test_other_words_are_not_found(api: APIClient, alice: User) -> None:
    for title, words in NOT_FOUND:
        task = TaskFactory.create(user=alice, title=title, description=None)
        assert titles(api, f"search={quote(words)}") == [], f"{title} by {words}"
        task.delete()


@pytest.mark.usefixtures("_either_way")
def test_what_is_no_word_finds_nothing(api: APIClient, alice: User) -> None:
    TaskFactory.create(user=alice, title="a", description=None)
    for words in NOTHING:
        assert titles(api, f"search={quote(words)}") == [], ascii(words)


def test_staff_find_tasks_by_the_same_words(boss: Client, alice: User) -> None:
    for title, words in FOUND:
        task = TaskFactory.create(user=alice, title=title, description=None)
        answer = boss.get("/admin/tasks/task/", {"q": words})
        assert [found.pk for found in answer.context["cl"].result_list] == [task.pk], f"{title} by {words}"
        task.delete()


IN_ORDER = [
    "10 apples",
    "_underscore",
    "Äpfel",
    "apple",
    "banana",
    "BANANA",
    "Čaj",
    "école",
    "Eis",
    "straße",
    "STRASSE",
    "strassen",
    "Zebra",
    "αλφα",
    "Βητα",
    "ёлка",
    "Жук",
    "上海",
]


@pytest.mark.parametrize("sign", ["", "-"])
def test_titles_are_in_the_order_of_their_letters(api: APIClient, alice: User, sign: str) -> None:
    """And pages by cursor, in both directions, tear nothing and repeat nothing."""
    for title in IN_ORDER:
        TaskFactory.create(user=alice, title=title, description="")
    wanted = IN_ORDER if not sign else IN_ORDER[::-1]
    assert titles(api, f"ordering={sign}title") == wanted
    for size in (1, 4):
        query, seen, cursor = f"/api/tasks?ordering={sign}title&limit={size}", [], ""
        while cursor is not None:
            page = api.get(query + cursor).json()
            seen.append([row["title"] for row in page["results"]])
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        assert [title for some in seen for title in some] == wanted
        back = api.get(f"{query}&cursor={page['previous_cursor']}").json()
        assert [row["title"] for row in back["results"]] == seen[-2]
        while seen and len(seen) > 2:
            seen.pop()
            back = api.get(f"{query}&cursor={back['previous_cursor']}").json()
            assert [row["title"] for row in back["results"]] == seen[-2]


def test_long_titles_of_wide_letters_fit_the_index(api: APIClient) -> None:
    for letter in ("\ufdfa", "ﷺ", "㌖", "𝐀", "ﬃ", "😀", "한"):
        assert api.post("/api/tasks", {"title": letter * 200, "description": letter * 2000}).status_code == 201
    assert len(titles(api, "ordering=title&limit=3")) == 3


# --- Tags


def test_one_tag_however_it_is_composed(api: APIClient, boss: Client) -> None:
    composed, apart = "café", decomposed("café")
    task = api.post("/api/tasks", {"title": "x", "tags": [apart, composed, "b"]}).json()
    assert task["tags"] == [composed, "b"]
    api.post("/api/tasks", {"title": "y", "tags": [composed]})
    assert api.get("/api/tasks/tags").json()["results"][0] == {"tag": composed, "count": 2}
    for name in ("tags_any", "tags_all"):
        assert titles(api, f"{name}={quote(apart)}") == ["x", "y"]
    found = boss.get("/admin/tasks/task/", {"tag": apart}).context["cl"].result_list
    assert len(found) == 2
    # Sent back as it was sent at first, it changes nothing.
    again = api.patch(f"/api/tasks/{task['id']}", {"tags": [apart, "b"]}).json()
    assert (again["tags"], again["version"]) == ([composed, "b"], 1)


def test_tags_as_often_used_are_in_the_order_of_their_letters(api: APIClient) -> None:
    api.post("/api/tasks", {"title": "x", "tags": ["Zebra", "banana", "éclair", "Apple"]})
    assert [row["tag"] for row in api.get("/api/tasks/tags").json()["results"]] == [
        "Apple",
        "banana",
        "éclair",
        "Zebra",
    ]


@pytest.mark.parametrize("tag", ["\u200b", "\u3164\u2800", "a\x85b", "a\tb"], ids=ascii)
def test_a_tag_can_be_seen(api: APIClient, tag: str) -> None:
    answer = api.post("/api/tasks", {"title": "x", "tags": [tag]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/tags/0")


# --- Titles


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("\u200b", "blank"),
        (" \u2060 ", "blank"),
        ("\ufeff\ufeff", "blank"),
        ("\u2800", "blank"),
        ("\u3164", "blank"),
        ("\u202e\u2066", "blank"),
        ("\U000e0041\ufe0f", "blank"),
        ("a\x07b", "control"),
        ("a\nb", "control"),
        ("a\tb", "control"),
        ("a\x1b[31mb", "control"),
        ("é\x85é", "control"),
        ("a\x7fb", "control"),
    ],
    ids=ascii,
)
def test_a_title_that_nobody_can_read_is_refused(api: APIClient, task: Task, title: str, code: str) -> None:
    before = Task.objects.values().get()
    path = f"/api/tasks/{task.pk}"
    answers = {
        "#/title": [api.post("/api/tasks", {"title": title}), api.patch(path, {"title": title})],
        "#/create/0/title": [api.post("/api/tasks/bulk", {"create": [{"title": title}]})],
        "#/update/changes/title": [
            api.post("/api/tasks/bulk", {"update": {"ids": [task.pk], "changes": {"title": title}}})
        ],
    }
    for pointer, refused in answers.items():
        for answer in refused:
            assert answer.status_code == 422
            errors = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
            assert errors == [(pointer, code)]
    assert Task.objects.values().get() == before


@pytest.mark.parametrize(
    "title", ["👨\u200d👩\u200d👧", decomposed("Zoë"), "a\u2028b", "\u202eabc", "a\u00a0b", "\ue000"]
)
def test_what_is_kept_is_kept_as_it_was_sent(api: APIClient, title: str) -> None:
    body: dict[str, Any] = api.post("/api/tasks", {"title": title, "description": f"{title}\n\x1b\t"}).json()
    assert (body["title"], body["description"]) == (title, f"{title}\n\x1b\t")
