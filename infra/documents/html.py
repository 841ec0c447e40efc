"""The same sheet as a page: plain, readable by people and by what reads to them. Nothing is loaded."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from infra.documents.sheet import Sheet, credit_note_sheet, invoice_sheet
from schemas.billing.invoices import CreditNoteFace, InvoiceFace

STYLE = """
body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}}
h1{{color:{colour}}} table{{border-collapse:collapse;width:100%;margin:1.5rem 0}}
th,td{{padding:.4rem .6rem;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}}
th{{border-bottom:2px solid {colour}}} .n{{text-align:right;font-variant-numeric:tabular-nums}}
dl{{display:grid;grid-template-columns:max-content auto;gap:.2rem 1.5rem}} dd{{margin:0}}
tfoot td,tfoot th{{border-bottom:0}} small,footer{{color:#595959}}
"""


def invoice_page(face: InvoiceFace) -> str:
    return page(invoice_sheet(face))


def credit_note_page(face: CreditNoteFace) -> str:
    return page(credit_note_sheet(face))


def page(sheet: Sheet) -> str:
    title = f"{escape(sheet['title'])} {escape(sheet['number'])}"
    style = STYLE.format(colour=sheet["colour"])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<title>{title}</title><meta name="viewport" content="width=device-width"><style>{style}'
        f"</style></head><body><header><p><strong>{escape(sheet['seller'])}</strong><br>"
        f"{lines([*sheet['address'], *sheet['tax_ids']])}</p></header><main><h1>{title}</h1>"
        f"<p>Bill to<br>{lines(sheet['recipient'])}</p>{facts(sheet['facts'])}{table(sheet)}"
        f"{''.join(f'<p>{escape(note)}</p>' for note in sheet['notes'])}</main>"
        f"<footer><p>{escape(sheet['footer'])}</p></footer></body></html>\n"
    )


def lines(texts: Iterable[str]) -> str:
    return "<br>".join(escape(text) for text in texts)


def facts(pairs: Iterable[Sequence[str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(k)}</dt><dd>{escape(v)}</dd>' for k, v in pairs)}</dl>"


def table(sheet: Sheet) -> str:
    columns = sheet["columns"]
    words = 2 if len(columns) > 4 else 1
    head = "".join(cell("th", name, i >= words, ' scope="col"') for i, name in enumerate(columns))
    body = "".join(row(line, words) for line in sheet["lines"])
    foot = "".join(total(pair, len(columns)) for pair in [*sheet["totals"], sheet["grand"]])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"


def row(line: Sequence[Any], words: int) -> str:
    (name, kind), *rest = line
    what = f" <small>{escape(kind)}</small>" if kind else ""
    cells = "".join(cell("td", str(text), i + 1 >= words) for i, text in enumerate(rest))
    return f'<tr><th scope="row">{escape(name)}{what}</th>{cells}</tr>'


def total(pair: Sequence[str], columns: int) -> str:
    name = f'<th scope="row" colspan="{columns - 1}" class="n">{escape(pair[0])}</th>'
    return f"<tr>{name}{cell('td', pair[1], True)}</tr>"


def cell(tag: str, text: str, number: bool, more: str = "") -> str:
    kind = ' class="n"' if number else ""
    return f"<{tag}{more}{kind}>{escape(text)}</{tag}>"
