"""The summary as an HTML letter: 600 pixels, tables and inline styles only, whole without its one picture."""

from __future__ import annotations

from reports.document import Block, Bullets, Document, Heading, Paragraph, Sentence, sentences
from reports.escape import as_html
from reports.language import Language
from reports.render import html_words, plain_words

NOTE = "<!-- note -->"  # where a note on the whole letter goes
FONT = "font-family:Arial,Helvetica,sans-serif;color:#16211e"
CELL = "padding:5px 8px;border-bottom:1px solid #dce3e0;font-size:14px;"
PARAGRAPHS = {
    "headline": "font-size:18px;line-height:26px;font-weight:bold;margin:0 0 8px",
    "note": "font-size:13px;line-height:19px;color:#55635f;margin:0 0 8px",
    "plain": "font-size:15px;line-height:22px;margin:0 0 8px",
}


def letter(document: Document, language: Language, picture: Sentence | None = None) -> str:
    """The whole letter; `picture` is the words for one that travels with it as `cid:active`, None for none.

    A reader with pictures switched off reads those words instead.
    """
    title = "".join(plain_words(words) for words in sentences(document[0]))
    cells = [_block(block) for block in document]
    if picture:
        cells.insert(2, _picture(plain_words(picture)))  # below title and headline
    rows = "\n".join(f'<tr><td style="padding:0 24px;{FONT}">{cell}</td></tr>' for cell in cells)
    return (
        f'<!doctype html>\n<html lang="{language.code}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{as_html(title)}</title>\n</head>\n"
        '<body style="margin:0;padding:0;background:#f4f6f5">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f6f5">'
        '<tr><td align="center" style="padding:16px 8px">\n'
        '<table role="presentation" width="600" cellpadding="0" cellspacing="0"'
        ' style="width:100%;max-width:600px;background:#ffffff">\n'
        f"{NOTE}\n{rows}\n</table>\n</td></tr></table>\n</body>\n</html>\n"
    )


def annotated(html: str, note: str) -> str:
    """A letter with a note above all it says."""
    row = f'<tr><td style="padding:12px 24px;{FONT};color:#8a5a00">{as_html(note)}</td></tr>'
    before, _, after = html.partition(NOTE)
    return f"{before}{row}{after}"


def _picture(words: str) -> str:
    return (
        f'<img src="cid:active" width="552" alt="{as_html(words)}"'
        ' style="display:block;width:100%;height:auto;font-size:13px;color:#55635f;margin:8px 0">'
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        size = "22px" if block.level == 1 else "16px"
        space = "24px 0 8px" if block.level == 1 else "20px 0 6px"
        words = html_words(block.words)
        return f'<h{block.level} style="font-size:{size};line-height:1.3;margin:{space}">{words}</h{block.level}>'
    if isinstance(block, Paragraph):
        return f'<p style="{PARAGRAPHS.get(block.role, PARAGRAPHS["plain"])}">{html_words(block.words)}</p>'
    if isinstance(block, Bullets):
        lines = "\n".join(f'<li style="margin:0 0 4px">{html_words(line)}</li>' for line in block.lines)
        return f'<ul style="font-size:15px;line-height:22px;margin:0 0 8px;padding:0 0 0 20px">\n{lines}\n</ul>'
    head = _row(block.header, "th", "font-weight:normal;color:#55635f;")
    rows = "\n".join(_row(row, "td", "") for row in block.rows)
    return (
        '<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse">\n'
        f"{head}\n{rows}\n</table>"
    )


def _row(cells: tuple[Sentence, ...], tag: str, style: str) -> str:
    first = f'<th scope="row" align="left" style="{CELL}font-weight:normal;{style}">{html_words(cells[0])}</th>'
    rest = "".join(f'<{tag} align="right" style="{CELL}{style}">{html_words(cell)}</{tag}>' for cell in cells[1:])
    return f"<tr>{first}{rest}</tr>"
