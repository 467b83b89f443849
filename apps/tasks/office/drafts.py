"""An import before it starts: the tables of the file, the one that is taken, and which column is what."""

from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.backoffice.tables.reading import Source
from apps.backoffice.tables.table import Table
from apps.history.diffs import label
from apps.tasks.office.columns import CHOSEN, SEPARATORS, Mapping, as_json, left_out, mapping_of, rows_of
from apps.tasks.office.people import People

LEAVE_OUT = ("", "Leave out")
LONGEST_SAMPLE = 40


@dataclass(frozen=True)
class Draft:
    """What a job keeps of it, as JSON."""

    values: dict[str, Any]

    @classmethod
    def of(cls, source: Source, zone: str) -> "Draft":
        tables = [asdict(table) for table in source.tables]
        # The name of the file may name a person, so it is not kept. An earlier release shows what stands here.
        about = {"file": "a file", "about": source.about, "protected": source.is_protected, "zone": zone}
        first = next(place for place, table in enumerate(source.tables) if table.rows)
        return cls({**about, "tables": tables}).with_table(first)

    @property
    def table(self) -> Table:
        return Table(**self.values["tables"][self.values["table"]])

    @property
    def mapping(self) -> Mapping:
        return Mapping(**self.values["mapping"])

    @property
    def is_settled(self) -> bool:
        """False until somebody has said which column is what, where the names alone do not."""
        return bool(self.values["settled"])

    def with_table(self, place: int) -> "Draft":
        draft = Draft({**self.values, "table": place})
        mapping = mapping_of(draft.table.columns)
        plain = not (mapping.is_foreign or mapping.problem or left_out(draft.table.columns, mapping))
        return draft.with_mapping(mapping, settled=plain)

    def with_mapping(self, mapping: Mapping, *, settled: bool = True) -> "Draft":
        rows = rows_of(self.table, mapping, is_protected=self.values["protected"])
        return Draft({**self.values, "mapping": asdict(mapping), "settled": settled, **as_json(rows)})

    def without_tables(self) -> dict[str, Any]:
        """Once it starts, the rows are all that is needed."""
        return {name: value for name, value in self.values.items() if name != "tables"}


class TableForm(forms.Form):
    """Which of the sheets, or of the lists of a JSON file."""

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(data, initial={"table": draft.values["table"]})
        tables = draft.values["tables"]
        choices = [
            (place, f"{table['name'] or 'The outer list'}: {len(table['rows']):,} rows")
            for place, table in enumerate(tables)
            if table["rows"]
        ]
        self.fields["table"] = forms.TypedChoiceField(
            label="Sheet or list", coerce=int, choices=choices, widget=UnfoldAdminSelectWidget
        )
        self.has_choice = len(choices) > 1
        self.unreadable = [table for table in tables if table["problem"]]


class ColumnsForm(forms.Form):
    """For each of our columns one of the file's."""

    separator = forms.ChoiceField(
        label="Tags are separated by", choices=list(SEPARATORS.items()), widget=UnfoldAdminSelectWidget
    )
    person = forms.CharField(
        label="Person of new tasks that name none",
        required=False,
        help_text="A user_id, or an e-mail address.",
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, draft: Draft, data: Any = None) -> None:
        mapping, table = draft.mapping, draft.table
        places = {column: str(place) for place, column in enumerate(table.columns)}
        chosen = {ours: places[theirs] for ours, theirs in mapping.columns.items()}
        super().__init__(data, initial={**chosen, "separator": mapping.separator, "person": mapping.person})
        choices = [LEAVE_OUT, *((places[column], _sampled(table, column)) for column in table.columns)]
        columns = {
            name: forms.ChoiceField(
                label=f"{label(name)} ({name})", choices=choices, required=False, widget=UnfoldAdminSelectWidget
            )
            for name in CHOSEN
        }
        self.fields = {**columns, **self.fields}
        self._columns = table.columns

    def clean_person(self) -> str:
        name: str = self.cleaned_data["person"]
        if name and (problem := People([name]).problem(name)):
            raise forms.ValidationError(problem[0].upper() + problem[1:])
        return name

    def clean(self) -> None:
        if not self.errors and (problem := self.mapping().problem):
            raise forms.ValidationError(problem)

    def mapping(self) -> Mapping:
        cleaned = self.cleaned_data
        columns = {name: self._columns[int(cleaned[name])] for name in CHOSEN if cleaned[name]}
        return Mapping(columns, cleaned["separator"], cleaned["person"])


def _sampled(table: Table, column: str) -> str:
    text = next((row[column] for row in table.rows if row.get(column, "").strip()), "")
    sample = text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]} …"
    return f"{column} (such as “{sample}”)" if text else f"{column} (empty)"
