"""Texts that try to become markup, script or links, and articles made of them."""

from dataclasses import replace

from index import Article, Verdict
from index.model import (
    Citation,
    Kind,
    Metadata,
    Paragraph,
    Reply,
    Sentence,
    ShownPassage,
    Span,
    hash_text,
    make_article_id,
)
from index.verdicts import Reason

INJECTIONS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</article></main><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data=data:text/html,<script>alert(1)</script>>",
    "<embed src=/hit>",
    "<link rel=stylesheet href=/hit>",
    "<style>@import '/hit'; body{background:url(/hit)}</style>",
    "<meta http-equiv=refresh content='0;url=/hit'>",
    "<base href=/hit>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=/hit><input autofocus onfocus=alert(1)></form>",
    "<video src=/hit onerror=alert(1)>",
    "<audio src=/hit autoplay>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><script>alert(1)</script>'>",
    "<textarea></textarea><script>alert(1)</script>",
    "<plaintext>",
    "<xmp>",
    "<!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\x00<\x00script\x00>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\ufeff<script>alert(1)</script>",
    "\u2028<script>alert(1)</script>\u2029",
    "\ud800<script>alert(1)</script>\udfff",
    "\u202e>tpircs/<)1(trela>tpircs<",
    "＜script＞alert(1)＜/script＞",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "<p id=p1 name=article>",
    "<div class=banner style='position:fixed;inset:0;background:url(/hit)'>",
    "<input type=image src=/hit>",
    "<img src='/hit' srcset='/hit 1x'>",
    "<a id=c1 href='//evil.example/hit' ping=/hit>x</a>",
    "<svg><use href='/hit#x'/><image href=/hit /></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<script src=/hit></script>",
    "<script type=module>import '/hit'</script>",
    "<link rel=prefetch href=/hit><link rel=dns-prefetch href=//evil.example>",
    '"><style>*{display:none}</style>',
    "<dialog open>x</dialog>",
]


def hostile_article(text):
    """An article whose every part is the text: headline, note, body, and all that is known of it."""
    body = f"{text} {text}."
    whole = f"{text}\n{text}\n{body}"
    cuts = [0, len(text), len(text) + 1, 2 * len(text) + 1, 2 * len(text) + 2, len(whole)]
    known = Metadata(title=text, agency=text, byline=text, url=text, note=text, cities=(text,), story=text)
    sha256 = hash_text(whole)
    return Article(
        **{name: getattr(known, name) for name in Metadata.__dataclass_fields__},
        id=make_article_id(sha256),
        sha256=sha256,
        source=text,
        length=1,
        text=whole,
        paragraphs=(
            Paragraph(None, Kind.HEADLINE, cuts[0], cuts[1]),
            Paragraph(None, Kind.NOTE, cuts[2], cuts[3]),
            Paragraph(1, Kind.BODY, cuts[4], cuts[5]),
        ),
        sentences=(Sentence(1, 1, cuts[4], cuts[5]),),
    )


def hostile_reply(story, text):
    """A reply whose every word is the text, citing the article's one sentence."""
    sentence = story.sentences[0]
    cited = Citation(story.id, story.sha256, 1, 1, sentence.start, sentence.end, story.quote(sentence), 0.9, url=text)
    cited = replace(cited, speaker=Span(0, len(text), text), notes=({"start": 0, "end": 1, "date": text},))
    passage = ShownPassage(story.card, (1,), sentence.start, sentence.end, story.quote(sentence), 0.9, (cited,))
    explain = {
        "words": [{"word": text, "term": text, "weight": 1.0, "where": text}],
        "features": [{"name": text, "value": 1.0, "weight": 1.0, "part": 1.0}],
        "bias": 0.0,
        "score": 1.0,
    }
    return Reply(text, text, Verdict.ANSWERED, 0.9, Reason(text), (passage,), explain)
