"""Whole news pages with all that stands around an article: name -> HTML."""

from __future__ import annotations

PARAGRAPHS = [
    "EASTMOOR, March 14 (Tern Agency) -- The port of Eastmoor closed on Thursday after a crane fell on a quay, "
    "its harbour master said.",
    "Nobody was hurt, Lena Brandt told reporters at the gate. She blamed a worn cable that inspectors had noticed in "
    "January - and had written down, twice.",
    "“We had ordered a new one,” Brandt said. “It was to come on Monday.”",
    "The port handles 40 ships a week; 12 of them now wait off the coast, according to the pilots' office.",
    "Brandt expects the port to open again on Saturday, once divers have looked at the quay wall. The crane's owner, "
    "Holm Lifting, declined to comment.",
    'Holm Lifting said in 2019 that its cranes were "the safest on this coast". It has since lost two court cases.',
]


def page(inner, head="", title="Port of Eastmoor closes after crane falls"):
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} | Tern</title>{head}"
        "<style>body{font:16px/1.5 sans-serif;width:700px;background:#fff;color:#000}"
        "::target-text{background:#f0f;color:#f0f}.gap{height:1800px}.h{display:none}</style></head><body>"
        "<nav><a href=/>Home</a> <a href=/port>The port of Eastmoor</a> <a href=/crane>Crane accidents</a></nav>"
        f"<div class=gap></div>{inner}<div class=gap></div>"
        "<footer>© Tern Agency. All rights reserved.</footer></body></html>"
    )


def paragraphs(wrap="<p>%s</p>", change=lambda text: text):
    return "".join(wrap % change(text) for text in PARAGRAPHS)


BREAK = ",\n      "
HEADLINE = "<h1>Port of Eastmoor closes after crane falls</h1>"


def linked(text):
    return (
        text.replace("Brandt", "<a href=/brandt>Brandt</a>")
        .replace("port", "<em>port</em>")
        .replace(" -- ", "&nbsp;-- ")
    )


def pages():
    """All pages."""
    teaser = (
        "<ul><li><a href=/1>Nobody was hurt, Lena Brandt told…</a><li><a href=/2>The port handles 40 ships</a></ul>"
    )
    return {
        "plain": page(f"<article>{HEADLINE}{paragraphs()}</article>"),
        "with inline tags": page(f"<article>{HEADLINE}{paragraphs(change=linked)}</article>"),
        "with teasers before": page(
            f"<aside><h2>Most read</h2>{teaser}</aside><article>{HEADLINE}{paragraphs()}</article>"
        ),
        "with a pulled-out line": page(
            f"<article>{HEADLINE}<blockquote class=pull>“It was to come on Monday.”</blockquote>"
            f"{paragraphs()}</article>"
        ),
        "in sections": page(
            f"<main><article><header>{HEADLINE}<p class=byline>By Ida Fenn</p></header>"
            f"<div class=body><section>{paragraphs('<div><p>%s</p></div>')}</section></div></article></main>"
        ),
        "with a hidden part": page(
            f"<article>{HEADLINE}<p class=h>Nobody was hurt, Lena Brandt told reporters at the gate.</p>"
            f"{paragraphs()}</article>"
        ),
        "with captions and lists": page(
            f"<article>{HEADLINE}<figure><img alt='The crane'><figcaption>The port of Eastmoor on Thursday."
            f"</figcaption></figure>{paragraphs()}<ul><li>Ships waiting: 12</li><li>Cranes left: 3</li></ul></article>"
        ),
        "broken over source lines": page(
            f"<article>{HEADLINE}{paragraphs(change=lambda text: text.replace(', ', BREAK))}</article>"
        ),
        "with line breaks": page(f"<article>{HEADLINE}<p>{'<br><br>'.join(PARAGRAPHS)}</p></article>"),
    }
