# ruff: noqa: E501 - markup reads best on one line
"""Walls and articles: thirty pages that hide one, forty that are one, whatever words they have."""

import pytest

from index.errors import EmptyArticle
from index.model import Kind
from index.sources.job import read_here
from index.sources.visible import fold
from tests.support.layouts import document

ACCEPT = "<button>Reject all</button><button>Accept all</button>"
PASSWORD = "<form><input name='user'><input type='password'><button>Log in</button></form>"
ARTICLE = '<meta property="og:type" content="article">'

WALLS = {
    # consent
    "consent in paragraphs": ("<h1>Before you continue</h1><p>We use cookies to keep the site going and to measure how many read us.</p><p>If you agree, we and our partners also store identifiers on your device.</p>" + ACCEPT, "", "consent"),
    "consent, one paragraph": ("<p>This website uses cookies. By clicking OK you agree to our use of cookies and to our privacy rules.</p><button>OK</button>", "", "consent"),
    "consent in a box over an empty article": ("<article><h1>Mill burns in Ostrand</h1></article><div id='cmp-box'><p>The Ostrand Post and 112 vendors process personal data, such as addresses and identifiers.</p><p>Some of them do so for a legitimate interest, to which you can object below.</p>" + ACCEPT + "</div>", ARTICLE, "consent"),
    "a long request with purposes": ("<div class='consent-layer'>" + "".join(f"<p>Purpose {n}: {what}. You can withdraw your consent at any time in the privacy settings of this site.</p>" for n, what in enumerate(["store information on a device", "choose advertising", "build a profile of your interests", "measure what you read", "learn about those who read us", "improve our products", "choose content"], 1)) + ACCEPT + "</div>", "", "consent"),
    "cookies or money": ("<h2>Read on with advertising, or pay</h2><p>You can read us free of charge with cookies and tracking, or take a subscription without.</p><p>We and our 84 partners use cookies if you accept.</p><button>Accept and go on</button><button>Take a subscription</button>", "", "consent"),
    "consent with facts of the article": ("<div class='gdpr'><p>Your privacy matters to us. Please choose which cookies may be set.</p><p>You can change your settings at any time at the foot of each page.</p>" + ACCEPT + "</div>", '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Mill burns","datePublished":"2026-02-03"}</script>', "consent"),
    "consent in a dialog": ("<div role='dialog'><p>We value your privacy. We store or read information on your device, such as cookies.</p><a role='button'>I agree</a></div>", "", "consent"),
    "consent without a button": ("<p>To show you this page we need your consent to cookies of third parties. Please give your consent in the settings of your browser.</p>", "", "consent"),
    # logins
    "login form": ("<h1>Welcome back</h1><p>Please log in with the address that you gave us when you registered.</p>" + PASSWORD, "", "login"),
    "login under praise": ("<h1>The Ostrand Post</h1><p>The paper of the valley since 1902.</p><p>Log in to continue, or create an account in a minute.</p>" + PASSWORD, "", "login"),
    "member area": ("<div class='login-box'><p>This page is for members. Sign in with your member number and your password.</p></div>", "", "login"),
    "registration": ("<article><h1>Mill burns in Ostrand</h1><p>Register to read this article. It is free and takes a minute.</p></article>", ARTICLE, "login"),
    "subscribers only": ("<article><h1>Mill burns in Ostrand</h1><p>This article is for subscribers only. Already a subscriber? Log in.</p></article>", ARTICLE, "login"),
    "offer": ("<article><h1>Mill burns in Ostrand</h1><div class='paywall'><p>Unlimited access to the Post on all your devices.</p><p>Only 4 crowns per month, and you can cancel at any time.</p></div></article>", ARTICLE, "login"),
    "limit": ("<h1>Mill burns in Ostrand</h1><p>You have reached your limit of free articles this month.</p><p>Subscribe for unlimited access to the Post.</p>", "", "login"),
    "password only": ("<p>The editors have closed this page; enter your password to see it.</p><form><input type=password></form>", "", "login"),
    # teasers
    "teaser and offer": ("<article><h1>Mill burns in Ostrand</h1><p>The old mill of Ostrand burned down on Sunday night, and the miller's family lost all that they had.</p><div class='paywall'>Subscribe to read the rest of this article.</div></article>", "", "teaser"),
    "teaser in two paragraphs": ("<main><h1>Mill burns</h1><p>The old mill of Ostrand burned down on Sunday night.</p><p>Nobody was hurt, but the miller's family lost all that they had…</p><p>Already a subscriber? Log in to keep reading.</p></main>", ARTICLE, "teaser"),
    "teaser and login": ("<article><h1>Mill burns in Ostrand</h1><p>The old mill of Ostrand burned down on Sunday night, the fire service said.</p><section class='regwall'><h3>Create a free account to go on</h3>" + PASSWORD + "</section></article>", ARTICLE, "teaser"),
    "teaser with the whole text in its facts": ("<article><h1>Mill burns in Ostrand</h1><p>The old mill of Ostrand burned down on Sunday night, and nobody was hurt.</p><div>To continue reading, take out a subscription today.</div></article>", '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Mill burns in Ostrand","isAccessibleForFree":false,"articleBody":"The old mill of Ostrand burned down on Sunday night, and nobody was hurt. The fire service took six hours. The miller says that he will build again."}</script>', "teaser"),
    # robots
    "robots": ("<h1>One moment</h1><p>We are checking your browser before you enter ostrandpost.example.</p>", "", "browsers only"),
    "javascript": ("<p>You need to enable JavaScript to run this app.</p>", "", "browsers only"),
    "captcha": ("<div class='captcha-box'><p>Please show that you are human. Tick the box and go on.</p></div>", "", "browsers only"),
    "denied": ("<h1>Access denied</h1><p>You do not have permission to access this page. Your number is 18.4f2.</p>", "", "browsers only"),
    "traffic": ("<p>Our systems have seen unusual traffic from your network. Please try again in an hour.</p>", "", "browsers only"),
    # other pages
    "not found": ("<h1>404</h1><p>The page you are looking for has been moved or deleted.</p>", "", "no such page"),
    "gone": ("<h1>Sorry</h1><p>We could not find the page that you asked for. Go back to our front page.</p>", "", "no such page"),
    "links": ("<ul>" + "".join(f"<li><a href='/{n}'>The council of Ostrand met for the {n}th time to talk about the mill.</a></li>" for n in range(25)) + "</ul>", "", "list of links"),
    "nothing": ("<h1>Mill burns in Ostrand</h1>", ARTICLE, "no article"),
    "a menu": ("<ul><li>News</li><li>Sport</li><li>Log in</li></ul>", "", "no article"),
}  # fmt: skip


def test_there_are_thirty_walls():
    assert len(WALLS) == 30


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_is_refused_for_what_it_is(name):
    markup, head, told = WALLS[name]
    with pytest.raises(EmptyArticle, match=told):
        read_here(document("The Ostrand Post", markup, head).encode(), "page.html")


HEAD = "<header><a href='/l'>Log in</a> <a href='/s'>Subscribe</a> <a href='/a'>Create an account</a></header>"
FOOT = "<footer><a href='/p'>Privacy</a> | <a href='/c'>Cookies</a> | <a href='/d'>Cookie settings</a> | <a href='/t'>Terms</a></footer>"
BANNER = "<div id='cookie-banner'><p>We use cookies. By clicking Accept you agree to our use of cookies.</p><button>Accept all</button></div>"
LOGIN = "<div class='login'><form><label>Password</label><input type='password'><button>Log in</button></form></div>"
BRIEF = (
    "The old mill of Ostrand burned down on Sunday night, the fire service said.",
    "Nobody was hurt, and the council will meet on Tuesday.",
)
BRIEFS = {
    "privacy at the foot": ("", FOOT),
    "login in the head": (HEAD, ""),
    "both": (HEAD, FOOT),
    "banner above": (BANNER, FOOT),
    "banner below": (HEAD, BANNER),
    "login form above": (LOGIN, FOOT),
    "login form below": ("", LOGIN),
    "a question to subscribers": ("<header>Already a subscriber? Log in to continue reading.</header>", FOOT),
    "newsletter": ("", "<aside><p>Subscribe to our newsletter. Enter your e-mail address.</p></aside>"),
    "an offer of the house": ("", "<div class='promo'><p>Get unlimited access to the Post. Already a subscriber? Log in.</p></div>"),
    "no frame elements": ("<div class='top'><a href='/l'>Log in</a> <a href='/r'>Register</a></div>", "<div class='bottom'><a href='/p'>Privacy policy</a> <a href='/c'>Cookie policy</a> <a href='/o'>Consent</a></div>"),
    "a word on scripts": ("<noscript>Please enable JavaScript.</noscript>", FOOT),
    "a note on captchas": ("", "<div><small>This site is protected by a captcha.</small></div>"),
}  # fmt: skip


@pytest.mark.parametrize("around", BRIEFS)
@pytest.mark.parametrize("box", ["article", "div"])
def test_a_brief_is_read_on_a_page_with_an_ordinary_head_and_foot(around, box):
    before, after = BRIEFS[around]
    story = "".join(f"<p>{text}</p>" for text in BRIEF)
    page = document("Mill burns", f"{before}<{box}><h1>Mill burns in Ostrand</h1>{story}</{box}>{after}")
    article = read_here(page.encode(), "x.html").article
    body = [fold(article.quote(each)) for each in article.paragraphs if each.kind is Kind.BODY]
    assert [text for text in body if text in BRIEF] == list(BRIEF)


STORIES = {
    "fine for selling data": ["The watchdog fined the bus company of Ostrand two million crowns on Monday for selling personal data without consent.", "It had set cookies on the phones of all who bought a ticket, and had told nobody.", "Parliament votes on a new privacy law in June."],
    "cookies banned": ["Websites may no longer set cookies without asking, the court of Ostrand ruled on Friday.", "A request for consent must be as easy to refuse as to accept.", "The case was brought by a teacher who had counted 418 cookies on one page."],
    "consent in medicine": ["The hospital operated on nine patients without their consent, a report said on Monday.", "Consent forms were signed after the operation, and two were signed by nobody.", "The board has promised to ask each patient for consent in writing."],
    "passwords": ["The passwords of 40,000 members of the sports club were sold on the web, the police said.", "Members who sign in this week are asked for a new password.", "The club had kept all passwords in a file without any protection."],
    "advice on cookies": ["You can refuse cookies on most pages with one click, but you have to look for the button.", "Open the settings of your browser, and choose which cookies you want to keep.", "If you clear your cookies each week, you will have to log in to your pages again.", "Ask your bank before you do so, since some of them take your browser for a stranger's."],
    "advice on passwords": ["Your password should be long, and you should never use it for two accounts.", "Write it down if you must, and keep the paper in your purse.", "If you sign in from a stranger's computer, log out before you leave."],
    "paper with a wall": ["The Post will ask its readers to subscribe from May, its publisher said on Monday.", "Readers will see three free articles a month; for all others they will have to log in.", "A digital subscription will cost four crowns a month."],
    "robots": ["Half of all visits to the pages of the city are made by robots, a study said.", "The city will ask visitors to show that they are human.", "A captcha costs a visitor ten seconds, the study said."],
    "access denied": ["Thousands of customers of the Tern Bank read “Access denied. You have been blocked.” on Monday.", "The bank said that an update had gone wrong, and that no account was harmed.", "Customers can log in again since Tuesday."],
    "quoted wall": ["“We use cookies, and by clicking you agree to that,” reads the page of the ministry.", "“You consent to nothing by reading,” said Ida Holm, who teaches law.", "The ministry said that it would look into the privacy of its visitors."],
    "vendors": ["Street vendors of Ostrand will need an account with the city from July.", "Each vendor must register with a name and an address.", "The privacy of vendors is protected by law, the mayor said."],
    "tracking": ["Wolves in the valley carry tracking collars since March.", "The personal data of the shepherds who see them are kept secret.", "Advertisers have asked for the figures, and were refused."],
    "opinion": ["We click on cookies all day, and we have stopped reading what we agree to.", "Our consent is worth nothing, since nobody can give it ten times an hour.", "It is time that browsers ask once, and pages never."],
    "missing page": ["Page four of the mayor's report is missing, and nobody can find it.", "The error was found by a clerk, who was looking for the price of the mill.", "The page does not exist in the archive either."],
    "subscribers": ["Subscribers of the telephone company lost their connection for nine hours on Monday.", "The company will give each subscriber five crowns.", "To continue without a second line would be careless, an engineer said."],
    "members": ["Members of the rowing club voted for a new boat house on Sunday.", "Membership costs forty crowns a year, and new members pay half.", "The club has 212 members."],
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("framed", [False, True])
def test_a_story_about_walls_is_read(name, framed):
    story = "".join(f"<p>{text}</p>" for text in STORIES[name])
    markup = f"<article><h1>{name.capitalize()}</h1>{story}</article>"
    page = document(name, f"{HEAD}{BANNER}{markup}{FOOT}" if framed else markup)
    article = read_here(page.encode(), "x.html").article
    body = [fold(article.quote(each)) for each in article.paragraphs if each.kind is Kind.BODY]
    assert [text for text in body if text in STORIES[name]] == STORIES[name]


def test_a_long_guide_to_privacy_needs_no_mark_of_an_article():
    story = "".join(f"<p>{text}</p>" for text in STORIES["advice on cookies"] * 3)
    assert (
        read_here(document("Guide", f"<div><h1>Your cookies</h1>{story}</div>").encode(), "x.html").article.length > 9
    )


def test_forty_honest_pages_are_looked_at():
    assert 2 * (len(BRIEFS) + len(STORIES)) >= 40
