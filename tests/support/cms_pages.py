# ruff: noqa: E501 - markup reads best on one line
"""News pages as content systems send them, around stories of our own, with the paragraphs that are the body.

Each system's mark-up is imitated by its structure and names; what stands around a story (menus, boxes, sign-up
forms, comments, teasers, legal text) is drawn by number, so that every run has the same pages.
"""

import random
from dataclasses import dataclass, field

from tests.support.layouts import Page, document, e, story

ASIDES = [
    "Get the five stories that matter, in your inbox every weekday before breakfast.",
    "Join more than 40,000 readers who start their morning with our letter from the coast.",
    "Want more of this? Become a member for the price of a coffee, and cancel whenever you like.",
    "By signing up you agree that we may write to you, and you can leave the list at any time.",
]
REMARKS = [
    "My grandfather drove a lorry through there for thirty years and never once complained about the noise, so there.",
    "Nobody ever asks the people who actually live on the hill; we get the smell and they get the view.",
    "I read the whole piece twice and still cannot tell who is going to pay for any of this, can anybody?",
    "Great article, thanks! It would be nice to see a map, though, because I have never heard of half these places.",
    "That is simply not true, Marjorie. You said the same thing in 2014, and look where it got us.",
    "So typical. They spend it on walls while my street has had the same hole in it since Easter.",
]
TEASERS = [
    ("Bakers warn of dearer bread as grain ships wait", "The price of a loaf could rise by a fifth before the summer, a trade group says."),
    ("Why the night train is full again", "Sleeper services were written off ten years ago. Now tickets sell out in minutes."),
    ("A choir that sings to seals", "Every Sunday at low tide, forty people walk out onto the sand and begin to hum."),
    ("Five gardens to see before they close for winter", "From a walled orchard to a roof above a car park, these are worth the trip."),
    ("The teacher who kept every letter", "When she retired, her attic held eleven thousand pages from former pupils."),
    ("Goalkeeper sold for record fee", "The club confirmed the transfer late in the evening after a week of rumours."),
]  # fmt: skip
LEGAL = "This website and its associated newspaper are members of the press standards body. If you have a complaint about accuracy or intrusion, write to the editor, who will answer within ten days."
BIO = "{a} has covered the coast since 2009 and lives with two dogs in a house that needs a roof. Write to the newsroom if you have a story to tell."
BAIT = ["How much will it cost?", "Who decides?", "What happens next"]


@dataclass
class Draw:
    """What a mark-up draws from: the story, a random source, and texts that may be taken or left."""

    story: object
    random: random.Random
    optional: list = field(default_factory=list)
    title: str = ""

    def hashed(self):
        return "css-" + "".join(self.random.choice("abcdefghjkmnpqrstuvwxyz0123456789") for _ in range(7))

    def maybe(self, text, odds=0.6):
        return text if self.random.random() < odds else ""

    def teaser(self, number, tag="div", css="teaser", *, prose=True):
        head, line = TEASERS[number % len(TEASERS)]
        more = f"<p>{line}</p>" if prose else ""
        return f"<{tag} class='{css}'><a href='/story/{number}'><img src='/{number}.jpg' alt=''><h3>{head}</h3></a>{more}</{tag}>"

    def teasers(self, css="card", count=4, **options):
        return "".join(
            self.teaser(n + self.random.randrange(6) * 0, css=css, **options)
            for n in self.random.sample(range(6), min(count, 6))
        )

    def newsletter(self, css="newsletter-signup"):
        text = self.random.choice(ASIDES)
        return f"<div class='{css}'><h3>The Morning Letter</h3><p>{text}</p><form action='/join'><input type='email'><button>Sign up</button></form></div>"

    def related(self, css="related"):
        items = "".join(
            f"<li><a href='/s/{n}'>{head}</a></li>" for n, (head, _) in enumerate(self.random.sample(TEASERS, 3))
        )
        return f"<aside class='{css}'><h4>Related stories</h4><ul>{items}</ul></aside>"

    def figure(self, css="image"):
        text = f"A view of the quay near {self.story.town}, taken from the ferry."
        self.optional += [text, f"{text} Photograph: R. Lund", "Photograph: R. Lund"]
        return f"<figure class='{css}'><img src='/f.jpg' alt='quay'><figcaption>{text} <span class='credit'>Photograph: R. Lund</span></figcaption></figure>"

    def comments(self, css="comments", count=5):
        rows = "".join(
            f"<li class='comment depth-1' id='comment-{n}'><div class='comment-author vcard'><cite>reader{n}</cite> says:</div><div class='comment-content'><p>{text}</p></div><a href='#r'>Reply</a></li>"
            for n, text in enumerate(self.random.sample(REMARKS, count))
        )
        return f"<div id='comments' class='{css}'><h2>{count} thoughts</h2><ol class='commentlist'>{rows}</ol></div>"

    def bio(self, css="author-bio"):
        return f"<div class='{css}'><h4>{self.story.author}</h4><p>{BIO.format(a=self.story.author)}</p></div>"

    def head(self):
        links = "".join(
            f"<li><a href='/{n}'>{n.title()}</a></li>"
            for n in ["news", "politics", "sport", "culture", "weather", "opinion", "podcasts", "jobs"]
        )
        bar = "<div class='cookie-bar' role='dialog'><p>We use cookies to make this site work and to count visits.</p><button>Fine</button></div>"
        return f"{self.maybe(bar, 0.4)}<header class='site-header'><a class='logo' href='/'>The Courier</a><nav><ul>{links}</ul></nav><a href='/login'>Sign in</a></header>"

    def foot(self):
        links = "".join(
            f"<a href='/{n}'>{n.title()}</a> "
            for n in ["about us", "contact", "privacy", "cookies", "terms", "jobs", "advertise"]
        )
        return f"<footer class='site-footer'><p>{LEGAL}</p><div>{links}</div><p>© 2026 The Courier. All rights reserved.</p></footer>"

    def paragraphs(self, wrap="<p>%s</p>", change=None, between=()):
        """Return the story's paragraphs in their wrapping, the pieces `between` them spread over the text."""
        rows = [wrap % (change or e)(text) for text in self.story.paragraphs]
        pieces = [piece for piece in between if piece]
        for number, piece in enumerate(pieces):
            rows.insert(2 + number * max(1, (len(self.story.paragraphs) - 2) // (len(pieces) + 1)) + number, piece)
        return "".join(rows)


SYSTEMS = []
_DATED = "<meta property='article:published_time' content='2026-03-05T08:30:00+01:00'>"


def system(function):
    SYSTEMS.append(function)
    return function


def react(text):
    """Return the text with the empty comments that a React server puts between its children."""
    words = e(text).split(" ")
    for number in (1, 3):
        words[number] = f"<!-- -->{words[number]}<!-- -->"
    return " ".join(words)


def linked(text):
    words = e(text).split(" ")
    words[2:5] = [f"<a href='/topic'>{' '.join(words[2:5])}</a>"]
    return " ".join(words)


@system
def wordpress(d):
    body = d.paragraphs(
        change=linked, between=[d.figure("wp-block-image"), d.maybe(d.related("wp-block-related yarpp"))]
    )
    share = "<div class='sharedaddy sd-sharing-enabled'><h3 class='sd-title'>Share this:</h3><ul><li><a href='#'>Facebook</a></li><li><a href='#'>X</a></li></ul></div><div id='jp-relatedposts' class='jp-relatedposts'><h3>Related</h3></div>"
    side = f"<aside id='secondary' class='widget-area'><section class='widget widget_recent_entries'><h2>Recent posts</h2>{d.teasers('recent', 5, prose=False)}</section></aside>"
    return f"{d.head()}<div id='page' class='site has-sidebar'><main id='main' class='site-main'><article class='post type-post hentry'><header class='entry-header'><h1 class='entry-title'>{d.title}</h1><div class='entry-meta'><span class='byline'>by {d.story.author}</span></div></header><div class='entry-content'>{body}{share}</div><footer class='entry-footer'>Tags: <a href='/t'>harbour</a></footer></article>{d.bio('author-box')}{d.comments('comments-area')}</main>{side}</div>{d.foot()}"


@system
def conde_nast(d):
    parts = split(d.story.paragraphs, 3)
    chunks = "".join(
        f"<div class='grid--item body body__container article__body grid-layout__content'><div class='body__inner-container'>{''.join(f'<p>{e(t)}</p>' for t in part)}</div></div>"
        f"<div class='row-mid-content-ad'><div class='ad ad--in-content'><span>Advertisement</span></div></div>"
        + (f"<aside class='persistent-aside'>{d.newsletter('newsletter-subscribe-form')}</aside>" if n == 0 else "")
        for n, part in enumerate(parts)
    )
    return f"{d.head()}<main id='main-content'><article class='article main-content'><header><h1>{d.title}</h1></header><div class='chunks' data-attribute-verso-pattern='article-body'>{chunks}</div></article><section class='recirc-list'>{d.teasers('summary-item', 5)}</section></main>{d.foot()}"


@system
def article_body_containers(d):
    parts = split(d.story.paragraphs, 4)
    chunks = "<div class='inline-unit'><span>Advertisement</span></div>".join(
        f"<div class='article__body'>{''.join(f'<p>{e(t)}</p>' for t in part)}</div>" for part in parts
    )
    return f"{d.head()}<div class='layout'><h1>{d.title}</h1>{chunks}</div><div class='rail'>{d.teasers('rail-item', 4)}</div>{d.foot()}"


@system
def component_per_paragraph(d):
    rows = d.paragraphs(
        "<div class='duet--article--article-body-component'><p class='duet--article--dangerously-set-cms-markup'>%s</p></div>",
        change=linked,
        between=[
            f"<div class='duet--article--article-body-component'>{d.figure('duet--media')}</div>",
            f"<div class='duet--article--article-body-component'>{d.related('duet--article--related')}</div>",
        ],
    )
    return f"{d.head()}<main><article><div class='duet--article--lede'><h1>{d.title}</h1></div><div class='duet--layout--entry-body'>{rows}</div></article><div class='duet--recirculation'>{d.teasers('duet--content-cards', 6)}</div></main>{d.foot()}"


@system
def hashed_react(d):
    css = d.hashed()
    parts = split(d.story.paragraphs, 4)
    body = "".join(
        f"<div class='{d.hashed()} StoryBodyCompanionColumn'><div class='{d.hashed()}'>{''.join(f'<p class={css}>{react(t)}</p>' for t in part)}</div></div><div class='{d.hashed()}'><a href='#after'>Continue reading the main story</a></div>"
        for part in parts
    )
    return f"{d.head()}<div id='app'><main><article id='story' class='{d.hashed()}'><header><h1 class='{d.hashed()}'>{d.title}</h1></header><section name='articleBody' class='meteredContent {d.hashed()}'>{body}</section></article></main></div>{d.foot()}"


@system
def hashed_names_only(d):
    css = d.hashed()
    row = d.hashed()
    rows = d.paragraphs(
        f"<div class='{row}'><p class='{css}'>%s</p></div>",
        change=react,
        between=[f"<div class='{row}'>{d.figure(d.hashed())}</div>"],
    )
    more = "".join(
        f"<div class='{d.hashed()}'><a class='{d.hashed()}' href='/{n}'><p>{head}</p></a><p>{line}</p></div>"
        for n, (head, line) in enumerate(TEASERS)
    )
    return f"<div class='{d.hashed()}'>{d.head()}<div class='{d.hashed()}'><h1>{d.title}</h1><div class='{d.hashed()}'>{rows}</div></div><div class='{d.hashed()}'>{more}</div>{d.foot()}</div>"


@system
def text_blocks(d):
    rows = d.paragraphs(
        "<div data-component='text-block' class='ssrcss-uf6wea-RichTextComponentWrapper'><div class='ssrcss-7uxr49-RichTextContainer'><p class='ssrcss-1q0x1qg-Paragraph'>%s</p></div></div>",
        between=[
            f"<div data-component='image-block'>{d.figure('ssrcss-wpgbih-StyledFigure')}</div>",
            f"<div data-component='links-block'><ul><li><a href='/1'>{TEASERS[0][0]}</a></li><li><a href='/2'>{TEASERS[1][0]}</a></li></ul></div>",
        ],
    )
    more = f"<section data-component='related-content'><h2>More on this story</h2>{d.teasers('promo', 4)}</section>"
    return f"{d.head()}<div class='ssrcss-content'><main id='main-content'><article class='ssrcss-pv1rh6-ArticleWrapper'><header><h1 id='main-heading'>{d.title}</h1></header>{rows}</article>{more}</main></div>{d.foot()}"


@system
def paragraph_class(d):
    rows = d.paragraphs(
        "<p class='paragraph inline-placeholder vossi-paragraph' data-component-name='paragraph'>%s</p>",
        between=[d.related("related-content"), d.figure("image__caption")],
    )
    return f"{d.head()}<section class='layout__wrapper'><div class='headline'><h1>{d.title}</h1></div><main class='article__main'><section class='body tabcontent active'><div class='article__content-container'><div class='article__content' itemprop='articleBody'>{rows}</div></div></section></main><div class='layout__bottom'>{d.teasers('container__item', 6)}</div></section>{d.foot()}"


@system
def rich_links(d):
    rich = f"<aside class='element element-rich-link'><a href='/r'><span>{TEASERS[2][0]}</span></a><p>Read more</p></aside>"
    rows = d.paragraphs("<p class='dcr-16w5gq9'>%s</p>", change=linked, between=[rich, d.newsletter("email-signup")])
    support = f"<div id='slot-body-end' class='contributions'><h2>{ASIDES[2]}</h2><p>{ASIDES[1]}</p></div>"
    return f"{d.head()}<main data-layout='StandardLayout'><article><div data-gu-name='headline'><h1>{d.title}</h1></div><div data-gu-name='standfirst'></div><div data-gu-name='body'><div id='maincontent' class='article-body-commercial-selector article-body-viewer-selector'>{rows}</div></div></article></main>{support}<section class='container'>{d.teasers('fc-item', 6)}</section>{d.foot()}"


@system
def rows_of_a_list(d):
    rows = d.paragraphs(
        "<div class='primary-cli cli cli-text'><p>%s</p></div>",
        between=[
            "<div class='cli cli-advertisement'><div class='advertisement'>Advertisement</div></div>",
            f"<div class='cli cli-related-articles'>{d.related('related')}</div>",
        ],
    )
    return f"{d.head()}<main class='entry'><header><h1 class='headline'>{d.title}</h1></header><section class='entry__content-list js-entry-content' id='entry-body'>{rows}</section></main><div class='zone zone--trending'>{d.teasers('card', 6)}</div>{d.foot()}"


@system
def story_text_parts(d):
    parts = split(d.story.paragraphs, 5)
    body = "<div class='ad-slot container--article'><span>Advertisement</span></div>".join(
        f"<div class='container container--story story-layout--fixed-fluid'><div class='container__row'><div class='container__column--story'><div class='story-text'>{''.join(f'<p class=story-text__paragraph>{e(t)}</p>' for t in part)}</div></div></div></div>"
        for part in parts
    )
    return f"{d.head()}<main><section class='media-item'><h2 class='headline'>{d.title}</h2></section><section class='page-content'>{body}</section><section class='section-more'>{d.teasers('media-item', 6)}</section></main>{d.foot()}"


@system
def post_pages(d):
    first, second = split(d.story.paragraphs, 2)
    body = "".join(
        f"<div class='article-content post-page'>{''.join(f'<p>{linked(t)}</p>' for t in part)}</div><div class='ars-interlude-container'><span>Ad</span></div>"
        for part in (first, second)
    )
    return f"{d.head()}<main><article class='standalone'><header class='article-header'><h1>{d.title}</h1></header><section class='article-guts'>{body}</section></article>{d.comments('comments-wrap')}</main>{d.foot()}"


@system
def drupal(d):
    body = d.paragraphs(between=[d.figure("media media-element-container")])
    return f"<div id='page-wrapper'>{d.head()}<div id='main' class='clearfix'><div id='content' class='column' role='main'><h1 class='title'>{d.title}</h1><div class='node node-article' about='/n'><div class='content'><div class='field field-name-body field-type-text-with-summary'><div class='field-items'><div class='field-item even' property='content:encoded'>{body}</div></div></div></div></div>{d.maybe(d.comments('comment-wrapper'))}</div><div id='sidebar-second' class='column sidebar'>{d.teasers('views-row', 5)}</div></div>{d.foot()}</div>"


@system
def blogger_breaks(d):
    body = "<br /><br />".join(linked(t) for t in d.story.paragraphs)
    return f"{d.head()}<div class='content-outer'><div class='main section' id='main'><div class='widget Blog'><div class='blog-posts hfeed'><div class='post hentry'><h3 class='post-title entry-title'>{d.title}</h3><div class='post-body entry-content' id='post-body-1'>{body}<div style='clear: both;'></div></div><div class='post-footer'>Posted by {d.story.author} at <a href='/t'>10:22</a></div></div></div>{d.comments('comments')}</div></div><div class='sidebar section'><div class='widget BlogArchive'>{d.teasers('archive', 5, prose=False)}</div></div></div>{d.foot()}"


@system
def divs_without_names(d):
    body = "".join(f"<div>{e(t)}</div>" for t in d.story.paragraphs)
    menu = "".join(f"<div><a href='/{n}'>Section {n}</a></div>" for n in range(20))
    more = "".join(f"<div><a href='/{n}'>{head}</a></div><div>{line}</div>" for n, (head, line) in enumerate(TEASERS))
    return (
        f"<div>{menu}</div><div><div><h1>{d.title}</h1><div>{body}</div></div><div>{more}</div></div><div>{LEGAL}</div>"
    )


@system
def table_layout(d):
    text = "".join(f"<p><font face='Verdana' size='2'>{e(t)}</font></p>" for t in d.story.paragraphs)
    menu = "".join(f"<tr><td><a href='/{n}'><font size=1>Section {n}</font></a></td></tr>" for n in range(15))
    return f"<table width='780'><tr><td colspan=3><a href='/'>The Courier</a></td></tr><tr><td width='140' valign='top'><table>{menu}</table></td><td width='480' valign='top'><font size='5'><b>{d.title}</b></font>{text}</td><td width='160'>{''.join(f'<p><a href=/{n}>{head}</a></p>' for n, (head, _) in enumerate(TEASERS))}</td></tr><tr><td colspan=3><font size=1>{LEGAL}</font></td></tr></table>"


@system
def live_blog(d):
    posts = "".join(
        f"<article class='live-post block' id='block-{n}' data-id='{n}'><header><time datetime='2026-03-0{n + 1}T10:0{n}'>10:0{n}</time><h2 class='block-title'>Update {n}</h2></header><div class='block-elements'>{''.join(f'<p>{e(t)}</p>' for t in part)}</div><div class='block-share'><a href='#'>Share on X</a></div></article>"
        for n, part in enumerate(split(d.story.paragraphs, 5))
    )
    d.optional += [f"Update {n}" for n in range(5)] + [f"10:0{n}" for n in range(5)]
    return f"{d.head()}<main><div class='live-header'><h1>{d.title}</h1></div><div class='liveblog-body'>{posts}</div></main><aside class='rail'>{d.teasers('rail', 4)}</aside>{d.foot()}"


@system
def inserts_of_a_paywall(d):
    offer = f"<div class='paywall-insert offer'><h3>Read on without limits</h3><p>{ASIDES[2]}</p><a href='/subscribe'>Subscribe</a></div>"
    rows = d.paragraphs(between=[offer, d.newsletter("nl-inline")])
    return f"{d.head()}<main><article class='c-article'><h1 class='c-article__title'>{d.title}</h1><div class='c-article__content e-content'>{rows}</div></article><div class='c-reco'>{d.teasers('c-reco__item', 6)}</div></main>{d.foot()}"


@system
def linked_paragraphs(d):
    texts = list(d.story.paragraphs)
    rows = "".join(
        f"<p><a href='/f'><strong>{e(t)}</strong></a></p>" if n in {0, 4} else f"<p>{e(t)}</p>"
        for n, t in enumerate(texts)
    )
    return f"{d.head()}<main><article class='article'><h1>{d.title}</h1><div class='article-body'>{rows}</div></article></main>{d.related('more-stories')}{d.foot()}"


@system
def names_that_mislead(d):
    """Return paragraphs whose classes sound like furniture: an author's standfirst, a shared quote, a teaser."""
    texts = list(d.story.paragraphs)
    names = ["lead teaser", "", "", "share-block", "", "author-quote", "", "", ""]
    rows = "".join(
        f"<div class='{names[n % 9]}'><p>{e(t)}</p></div>" if names[n % 9] else f"<p>{e(t)}</p>"
        for n, t in enumerate(texts)
    )
    return f"{d.head()}<main><article class='story'><h1>{d.title}</h1><div class='story-body'>{rows}</div></article></main><div class='teaser-list'>{d.teasers('teaser', 5)}</div>{d.foot()}"


@system
def asides_that_belong(d):
    """Return a page with its explanation in an aside, closed details and a box."""
    texts = list(d.story.paragraphs)
    box = f"<details><summary>Background</summary><p>{e(texts[5])}</p></details>"
    quote = f"<blockquote class='pullquote-body'><p>{e(texts[7])}</p></blockquote>"
    rows = "".join(box if n == 5 else quote if n == 7 else f"<p>{e(t)}</p>" for n, t in enumerate(texts))
    d.optional.append("Background")
    return f"{d.head()}<main><article class='article'><h1>{d.title}</h1><div class='article__text'>{rows}</div></article></main>{d.related('read-next')}{d.foot()}"


@system
def sections_with_heads(d):
    parts = split(d.story.paragraphs, 3)
    d.optional += BAIT
    rows = "".join(
        f"<section class='article-section'><h2>{head}</h2>{''.join(f'<p>{linked(t)}</p>' for t in part)}</section>"
        for head, part in zip(BAIT, parts, strict=True)
    )
    toc = (
        "<nav class='toc'><ol>"
        + "".join(f"<li><a href='#{n}'>{head}</a></li>" for n, head in enumerate(BAIT))
        + "</ol></nav>"
    )
    return f"{d.head()}<main class='main-content'><h1>{d.title}</h1>{toc}{rows}</main><aside class='side'>{d.teasers('side-item', 5)}</aside>{d.foot()}"


@system
def body_after_teasers(d):
    return f"{d.head()}<div class='top-stories'>{d.teasers('top-story', 6)}</div><div class='article-page'><h1>{d.title}</h1><div class='text-wrapper'>{d.paragraphs()}</div>{d.bio('contributor')}</div>{d.comments('discussion')}{d.foot()}"


@system
def articles_as_teasers(d):
    cards = "".join(
        f"<article class='card'><a href='/{n}'><h3>{head}</h3></a><p>{line}</p></article>"
        for n, (head, line) in enumerate(TEASERS)
    )
    return f"{d.head()}<section class='promo-strip'>{cards}</section><div id='story-page'><h1>{d.title}</h1><div class='rte'>{d.paragraphs()}</div></div><section class='more'>{cards}</section>{d.foot()}"


@system
def lists_in_the_body(d):
    texts = d.story.paragraphs
    items = "".join(f"<li>{linked(t)}</li>" for t in texts[3:7])
    rows = (
        "".join(f"<p>{e(t)}</p>" for t in texts[:3])
        + f"<ul class='bullets'>{items}</ul>"
        + "".join(f"<p>{e(t)}</p>" for t in texts[7:])
    )
    return f"{d.head()}<main><article><h1>{d.title}</h1><div class='story__content'>{rows}</div></article>{d.bio()}</main>{d.related()}{d.foot()}"


@system
def two_stories_scrolled(d):
    other = story(9000 + d.story.number)
    further = "".join(f"<p>{text}</p>" for _, text in TEASERS)
    return f"{d.head()}<main><article class='post-full'><h1>{d.title}</h1><div class='post-text'>{d.paragraphs()}</div></article><div class='next-up infinite-scroll'><article class='post-full'><h1>{other.town} waits</h1><div class='post-text'>{further}</div></article></div></main>{d.foot()}"


@system
def wide_builder(d):
    """Return a page of a page builder: every paragraph a text widget of its own, deep inside columns."""
    rows = d.paragraphs(
        "<div class='elementor-element elementor-widget elementor-widget-text-editor'><div class='elementor-widget-container'><p>%s</p></div></div>",
        between=[
            f"<div class='elementor-element elementor-widget'><div class='elementor-widget-container'>{d.figure('wp-caption')}</div></div>"
        ],
    )
    return f"{d.head()}<div class='elementor elementor-77'><section class='elementor-section'><div class='elementor-container'><div class='elementor-column'><div class='elementor-widget-wrap'><h1>{d.title}</h1>{rows}</div></div></div></section><section class='elementor-section'>{d.teasers('elementor-post', 6)}</section></div>{d.foot()}"


@system
def short_brief(d):
    rows = "".join(f"<p>{e(t)}</p>" for t in d.story.paragraphs[:2])
    return f"{d.head()}<main><article class='brief'><h1>{d.title}</h1><div class='brief__text'>{rows}</div></article>{d.related('more-briefs')}</main><section>{d.teasers('card', 6)}</section>{d.foot()}"


@system
def body_and_hidden_rest(d):
    """Return a page that folds the second half of its story until a button is pressed."""
    first, second = split(d.story.paragraphs, 2)
    rows = "".join(f"<p>{e(t)}</p>" for t in first)
    rest = "".join(f"<p>{e(t)}</p>" for t in second)
    return f"{d.head()}<main><article><h1>{d.title}</h1><div class='txt'>{rows}<details class='fold'><summary>Read on</summary>{rest}</details></div></article></main>{d.foot()}"


@system
def encyclopedia(d):
    """Return an article full of links, with an infobox, edit links, lists, references and boxes of navigation."""

    def dense(text):
        words = e(text).split(" ")
        return (
            " ".join(f"<a href='/w/{n}'>{word}</a>" if n % 4 == 1 else word for n, word in enumerate(words))
            + "<sup><a href='#n1'>[1]</a></sup>"
        )

    parts = split(d.story.paragraphs, 3)
    heads = "".join(
        f"<h2><span class='mw-headline'>{head}</span><span class='mw-editsection'>[<a href='/e'>edit</a>]</span></h2>{''.join(f'<p>{dense(t)}</p>' for t in part)}"
        for head, part in zip(BAIT, parts, strict=True)
    )
    d.optional += [f"{head}[edit]" for head in BAIT] + BAIT
    box = "<table class='infobox'><tr><th>Founded</th><td><a href='/1901'>1901</a></td></tr><tr><th>Area</th><td>12 km2</td></tr></table>"
    notes = (
        "<ol class='references'>"
        + "".join(
            f"<li><a href='#r{n}'>^</a> <cite><a href='/src'>Report {n} of the board</a>, 19{n}0</cite></li>"
            for n in range(8)
        )
        + "</ol>"
    )
    nav = (
        "<div class='navbox' role='navigation'>"
        + "".join(f"<a href='/w/{n}'>Town {n}</a> · " for n in range(40))
        + "</div>"
    )
    return f"<div id='mw-panel'>{d.head()}</div><div id='content' class='mw-body' role='main'><h1 id='firstHeading'>{d.title}</h1><div id='bodyContent'><div id='mw-content-text'><div class='mw-parser-output'>{box}{heads}{notes}{nav}</div></div></div></div>{d.foot()}"


@system
def essay_with_responses(d):
    rows = d.paragraphs("<p class='pw-post-body-paragraph lu lv'>%s</p>", between=[d.figure("paragraph-image")])
    replies = "".join(
        f"<div class='{d.hashed()}'><div><a href='/@r{n}'>Reader {n}</a></div><div class='{d.hashed()}'><pre>{text}</pre></div></div>"
        for n, text in enumerate(REMARKS)
    )
    return f"<div id='root'><div class='a b c'>{d.head()}<article class='meteredContent'><div class='l'><section><div><div class='ch bg'><h1 class='pw-post-title'>{d.title}</h1>{rows}</div></div></section></div></article><div class='responses'>{replies}</div><div class='more-from'>{d.teasers('postPreview', 5)}</div></div></div>"


@system
def long_talk_below(d):
    """Return a page whose readers write more than its author, in boxes without telling names."""
    rows = "".join(f"<p>{e(t)}</p>" for t in d.story.paragraphs[:9])
    d.story = type(d.story)(d.story.number, d.story.headline, d.story.paragraphs[:9], d.story.author, d.story.town)
    box = d.hashed()
    talk = "".join(
        f"<div class='{box}'><a href='/u/{n}'>reader{n}</a><p>{d.random.choice(REMARKS)} {d.random.choice(REMARKS)}</p><a href='#r'>Reply</a> <a href='#l'>Like</a></div>"
        for n in range(16)
    )
    return f"{d.head()}<div class='{d.hashed()}'><h1>{d.title}</h1><div class='{d.hashed()}'>{rows}</div></div><div class='{d.hashed()}'>{talk}</div>{d.foot()}"


@system
def release(d):
    points = "<ul>" + "".join(f"<li>{e(t)}</li>" for t in d.story.paragraphs[1:4]) + "</ul>"
    rows = f"<p>{e(d.story.paragraphs[0])}</p>{points}" + "".join(f"<p>{e(t)}</p>" for t in d.story.paragraphs[4:])
    return f"{d.head()}<article class='news-release static inline'><header class='release-header'><div class='container'><h1>{d.title}</h1></div></header><section class='release-body container'><div class='row'><div class='col-lg-10 col-lg-offset-1'>{rows}<p>SOURCE {d.story.town} Harbour Board</p></div></div></section></article><section class='container related-news'>{d.teasers('card', 4)}</section>{d.foot()}"


@system
def listicle(d):
    slides = "".join(
        f"<div class='listicle-slide'><div class='slide-hed'><h2>Number {n + 1}</h2></div><figure><img src='/{n}.jpg' alt=''></figure><div class='slide-dek'><p>{e(t)}</p></div><a class='product-btn' href='/buy'>See it</a></div>"
        for n, t in enumerate(d.story.paragraphs[1:])
    )
    d.optional += [f"Number {n}" for n in range(30)]
    return f"{d.head()}<main><div class='listicle-container'><header><h1>{d.title}</h1></header><div class='listicle-intro'><p>{e(d.story.paragraphs[0])}</p></div><div class='listicle-slides'>{slides}</div></div></main><div class='feed'>{d.teasers('feed-item', 5)}</div>{d.foot()}"


@system
def lead_in_the_header(d):
    texts = d.story.paragraphs
    return f"{d.head()}<article class='c-entry'><div class='c-entry-hero'><h1 class='c-page-title'>{d.title}</h1><p class='c-entry-summary'>{e(texts[0])}</p><div class='c-byline'>By <a href='/a'>{d.story.author}</a></div></div><div class='c-entry-content'>{''.join(f'<p id={d.hashed()}>{e(t)}</p>' for t in texts[1:])}</div></article><div class='c-compact-river'>{d.teasers('c-compact-river__entry', 6)}</div>{d.foot()}"


@system
def box_of_facts(d):
    """Return a page with a box in the middle that belongs to the story, and a gallery that parts its text."""
    texts = d.story.paragraphs
    box = f"<div class='fact-panel'><h3>Key facts</h3><p>{e(texts[3])}</p></div>"
    d.optional.append("Key facts")
    gallery = (
        "<div class='gallery'>" + "".join(f"<figure><img src='/{n}.jpg' alt=''></figure>" for n in range(5)) + "</div>"
    )
    half = len(texts) // 2 + 1
    first = "".join(f"<p>{e(t)}</p>" for t in texts[:3]) + box + "".join(f"<p>{e(t)}</p>" for t in texts[4:half])
    second = "".join(f"<p>{e(t)}</p>" for t in texts[half:])
    return f"{d.head()}<main id='main'><div class='story-wrap'><h1>{d.title}</h1><div class='copy copy--first'>{first}</div>{gallery}<div class='copy copy--second'>{second}</div></div><div class='onward'>{d.teasers('onward__item', 6)}</div></main>{d.foot()}"


@system
def data_of_the_page(d):
    """Return a page whose own data hold the body, in containers that say nothing."""
    import json

    data = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": d.story.headline,
            "articleBody": "\n".join(d.story.paragraphs),
        }
    )
    texts = d.story.paragraphs
    rows = (
        "".join(f"<div class='{d.hashed()}'><div class='{d.hashed()}'><p>{e(t)}</p></div></div>" for t in texts[:4])
        + f"<section class='{d.hashed()}'>"
        + "".join(f"<div><p>{e(t)}</p></div>" for t in texts[4:])
        + "</section>"
    )
    return f"<script type='application/ld+json'>{data}</script>{d.head()}<div class='{d.hashed()}'><h1>{d.title}</h1>{rows}</div><div class='{d.hashed()}'>{d.teasers(d.hashed(), 6)}</div>{d.foot()}"


@system
def short_paragraphs(d):
    """Return a tabloid's page: every sentence is a paragraph of its own, some of them links or capitals."""
    sentences = [
        part if part.endswith((".", "”", "?")) else part + "."
        for text in d.story.paragraphs
        for part in text.split(". ")
    ]
    d.story = type(d.story)(d.story.number, d.story.headline, tuple(sentences), d.story.author, d.story.town)
    rows = []
    for n, text in enumerate(sentences):
        rows.append(f"<p>{e(text)}</p>")
        if n in {4, 11}:
            rows.append(f"<p><a href='/t{n}'><strong>{TEASERS[n % 5][0].upper()}</strong></a></p>")
        if n == 7:
            rows.append(
                f"<div class='ad-container'>Advertisement</div><div class='video-container'><p>{TEASERS[5][0]}</p><div class='caption'><p>The clip shows the quay.</p></div></div>"
            )
    return f"{d.head()}<main class='main-content'><article class='article-wrap'><header class='article-header'><h1>{d.title}</h1></header><div class='article-content'><div class='article-body'>{''.join(rows)}</div><div class='article-meta'>{d.bio('author-bio')}</div></div></article></main><div class='sidebar'>{d.teasers('article', 6)}</div>{d.foot()}"


@system
def two_columns_of_boxes(d):
    """Return a portal's page: boxes with prose left and right, the article in the middle, nothing named."""
    side = "".join(
        f"<div><h4><a href='/{n}'>{head}</a></h4><p>{line}</p></div>" for n, (head, line) in enumerate(TEASERS)
    )
    return f"<div>{d.head()}</div><div><div>{side}</div><div><h1>{d.title}</h1>{d.paragraphs()}<p><a href='/p'>Print</a> | <a href='/s'>Send</a></p></div><div>{side}<div><h4>Letter</h4><p>{ASIDES[0]}</p><form><input></form></div></div></div><div>{LEGAL}</div>"


def split(paragraphs, count):
    """Return the paragraphs as `count` runs of nearly the same length."""
    size = -(-len(paragraphs) // count)
    return [paragraphs[at : at + size] for at in range(0, size * count, size)]


def cms_pages(turns=3):
    """Return `turns` pages of each system, of 9, 15 and 24 paragraphs in turn."""
    made = []
    for number, function in enumerate(SYSTEMS):
        for turn in range(turns):
            s = story(5000 + 100 * number + turn, (9, 15, 24)[turn % 3])
            draw = Draw(s, random.Random(7000 + 100 * number + turn), title=e(s.headline))
            body = function(draw)
            s = draw.story
            gold = s.paragraphs[:2] if function is short_brief else s.paragraphs
            draw.optional += [s.headline, f"by {s.author}", f"By {s.author}"]
            made.append(
                Page(
                    f"{function.__name__}-{turn}",
                    document(s.headline, body, _DATED).encode(),
                    gold,
                    tuple(draw.optional),
                    s.headline,
                )
            )
    return made
