"""The yardstick of `cargo xtask bench packet`: the same steps as peers do them, with reportlab and pypdf.

python_packet.py OUT FILE...   contents with page numbers and links, a cover sheet for each file, a number stamped on every
page, bookmarks. No letter, no checking, no reading back: less than the program it is measured against.
"""

import io
import sys

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import Fit
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen import canvas

ROWS_OF_A_PAGE = 40


def typeset(draw):
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=letter)
    draw(paper)
    paper.save()
    buffer.seek(0)
    return PdfReader(buffer)


def contents(titles, first_pages):
    def draw(paper):
        for start in range(0, len(titles), ROWS_OF_A_PAGE):
            for row, title in enumerate(titles[start : start + ROWS_OF_A_PAGE]):
                paper.drawString(72, 700 - 16 * row, title)
                paper.drawRightString(540, 700 - 16 * row, str(first_pages[start + row]))
            paper.showPage()

    return typeset(draw)


def cover(title):
    def draw(paper):
        paper.setFont("Times-Bold", 30)
        paper.drawString(72, 500, title)
        paper.showPage()

    return typeset(draw)


def stamps(count):
    def draw(paper):
        for number in range(1, count + 1):
            paper.setFont("Helvetica", 8.5)
            paper.drawRightString(590, 19, f"EX-1-{number:04}")
            paper.showPage()

    return typeset(draw)


def main(out, files):
    readers = [PdfReader(file) for file in files]
    titles = [f"Exhibit {number + 1}" for number in range(len(files))]
    in_front = -(-len(files) // ROWS_OF_A_PAGE)
    first_pages, page = [], in_front + 1
    for reader in readers:
        first_pages.append(page)
        page += 1 + len(reader.pages)
    writer = PdfWriter()
    writer.append(contents(titles, first_pages), import_outline=False)
    for title, reader in zip(titles, readers):
        at = len(writer.pages)
        writer.append(cover(title), import_outline=False)
        writer.append(reader, import_outline=False)
        writer.add_outline_item(title=title, page_number=at)
    for stamp, page in zip(stamps(len(writer.pages)).pages, writer.pages):
        page.merge_page(stamp)
    for number, first in enumerate(first_pages):
        y = 700 - 16 * (number % ROWS_OF_A_PAGE)
        link = Link(rect=(72, y - 4, 540, y + 12), target_page_index=first - 1, fit=Fit.fit())
        writer.add_annotation(number // ROWS_OF_A_PAGE, link)
    writer.write(out)


main(sys.argv[1], sys.argv[2:])
