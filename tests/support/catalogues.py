"""The texts of the interface, found in the source and written into the catalogues.

Run by `python -m tests.support.catalogues`: new texts come in without a translation, and those that are gone go out.
With the code of a language that has no catalogue yet, one is begun.
"""

import sys
from functools import cache
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.translation import ENGLISH, LOCALE, list_languages
from tests.support.paths import ROOT

MARKS = {
    "bot": {"translatable": None, "gettext": None, "ngettext": (1, 2), "Localized": None, "LocalizedPlural": (1, 2)},
    "index": {"translatable": None, "state_fact": None},
}
"""What marks a text in each folder, as Babel wants it: the numbers are of the arguments that are its forms."""

HEADER = """# Texts of Pullquote's interface; `python -m tests.support.catalogues` brings them up to the source.
msgid ""
msgstr ""
"Language: {language}\\n"
"LocalizedPlural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@cache
def extract():
    """Return the texts that are marked in the source, as a catalogue without translations."""
    found = Catalog(fuzzy=False)
    for folder, marks in MARKS.items():
        for _, _, text, _, _ in extract_from_dir(ROOT / folder, [("**.py", "python")], {}, marks):
            found.add(text)
    return found


def path_of(language):
    return LOCALE / language / "LC_MESSAGES" / "pullquote.po"


def read(language):
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def write(language, catalog):
    rows = BytesIO()
    write_po(rows, catalog, width=110, no_location=True, omit_header=True)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    head = HEADER.format(language=language, plurals=catalog.plural_forms)
    path_of(language).write_bytes(head.encode() + rows.getvalue().strip() + b"\n")


def list_texts(catalog):
    """Return the messages of a catalogue without its head."""
    return [message for message in catalog if message.id]


def update(language):
    """Bring a catalogue up to the source and return how many of its texts have no translation."""
    catalog = read(language) if path_of(language).exists() else Catalog(locale=language, fuzzy=False)
    catalog.update(extract(), no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    write(language, catalog)
    forms = [each.string if isinstance(each.string, tuple) else (each.string,) for each in list_texts(catalog)]
    return sum(not all(form) for form in forms)


if __name__ == "__main__":
    for name in sys.argv[1:] or list_languages():
        if name != ENGLISH:
            print(f"{name}: {update(name)} texts have no translation")
