"""Workbooks and documents for tests, part by part, so that a test can write what no library would."""

import io
from collections.abc import Sequence
from html import escape
from zipfile import ZIP_DEFLATED, ZipFile

TRANSITIONAL = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
STRICT = ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships")
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OPEN_DOCUMENT = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def packed(parts: dict[str, str], method: int = ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row(number: int, *cells: str) -> str:
    """Cells of XML as they are, and texts in columns from A."""
    written = [
        each if each.startswith("<c") else cell(f"{chr(65 + place)}{number}", each) for place, each in enumerate(cells)
    ]
    return f'<row r="{number}">{"".join(written)}</row>'


def sheet(*rows: str, before: str = "", after: str = "", namespace: str = TRANSITIONAL[0]) -> str:
    return f'<worksheet xmlns="{namespace}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def workbook(
    *sheets: str,
    names: Sequence[str] = ("Sheet1", "Sheet2", "Sheet3"),
    hidden: Sequence[str] = (),
    texts: str = "",
    styles: str = "",
    properties: str = "",
    namespaces: tuple[str, str] = TRANSITIONAL,
) -> dict[str, str]:
    """The parts of a workbook with these sheets; `texts` and `styles` are the insides of their parts."""
    main, related = namespaces
    states = ["hidden" if name in hidden else "visible" for name in names]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{place}" state="{state}" r:id="rId{place}"/>'
        for place, (name, state, _) in enumerate(zip(names, states, sheets, strict=False), start=1)
    )
    book = f'<workbook xmlns="{main}" xmlns:r="{related}">{properties}<sheets>{listed}</sheets></workbook>'
    kinds = {f"rId{place}": ("worksheet", f"worksheets/sheet{place}.xml") for place in range(1, len(sheets) + 1)}
    kinds |= {"rId90": ("sharedStrings", "sharedStrings.xml"), "rId91": ("styles", "styles.xml")}
    return {
        "_rels/.rels": relationships({"rId1": (f"{related}/officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relationships(
            {name: (f"{related}/{kind}", target) for name, (kind, target) in kinds.items()}
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        **{f"xl/worksheets/sheet{place}.xml": part for place, part in enumerate(sheets, start=1)},
    }


def relationships(related: dict[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{part}"/>' for name, (kind, part) in related.items()
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{each}</Relationships>'


def xlsx(*rows: str, **more: str) -> bytes:
    """A workbook of one sheet."""
    return packed(workbook(sheet(*rows, **more)))


def ods(*tables: str, styles: str = "", manifest: str = "") -> bytes:
    """A document with these tables."""
    content = (
        f"<office:document-content {OPEN_DOCUMENT}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    return packed(parts | ({"META-INF/manifest.xml": manifest} if manifest else {}))


def ods_table(*rows: str, name: str = "Sheet1", style: str = "") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def ods_row(*cells: str, more: str = "") -> str:
    """Cells of XML as they are, and texts."""
    written = [
        each
        if each.startswith("<table")
        else f'<table:table-cell office:value-type="string"><text:p>{escape(each)}</text:p></table:table-cell>'
        for each in cells
    ]
    return f"<table:table-row {more}>{''.join(written)}</table:table-row>"
