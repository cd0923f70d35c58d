"""Pages on which a cited sentence is hard to point at: name -> (HTML of the body, sentences to cite).

A cited sentence is written as the page shows it; `(sentence, n)` is its n-th occurrence, from 0.
"""

from __future__ import annotations

PUNCTUATION = [
    "The so-called half-price, all-in offer - valid until noon - ended on Monday.",
    "Profit rose 4.5%, to $1,250.75 (up from $1,196.80), the company said & its rivals agreed.",
    "“We shan’t,” the mayor said, “not now, not ever.”",
    "\"Is that so?\" asked the clerk; 'yes', came the reply.",
    "Prices rose – or fell — depending on the month‑end figure…",
    "The address is a.b-c@example.org/x?y=1&z=2#top, the notice said.",
    "She wrote: 50 % of €30 is £12.90, isn't it?",
    "The file C:\\temp\\new_name.txt was 100% lost [sic].",
    "U.S. and U.K. officials met at 10:30 a.m. in Washington, D.C., on Jan. 3.",
    "Use a+b=c, {x: 1}, <angle> and ~tilde~ with *stars* and `ticks`.",
    "The naïve café owner, Zoë Brontë-Åström, sold 12½ crème brûlées.",
    "Non\u00a0breaking\u00a0spaces join 300\u00a0000 of the words in this sentence.",
    "Emoji 🎉 and flags 🇰🇷 stand in the middle of this one 👩‍👩‍👧.",
    "He said: -no-; she said: ,yes,; they said: &both&.",
    "“Nested ‘quotes’ within,” he said, “are ‘hard’.”",
    "It's the 1990s' rock'n'roll o'clock show, said D'Angelo.",
    "Text%20fragment:~:text=foo,bar,-baz is what the manual called it.",
    "A/B tests; C&A shops; R&D costs: all three were cut by one-third.",
    "The vote was 5-4, 9:00-17:00 were the hours, and 010-1234-5678 the number.",
    "Ⅻ kings, ½ a loaf, ﬁve ﬂags and № 7 were in ™ and © order.",
    "No full stop ends this line of text",
    "(The whole sentence stands in brackets, as a note does.)",
    "Soft\u00adhyphens are in\u00advis\u00adible in this sen\u00adtence.",
    "... and so it went on, ...",
    'Wait - what?! Really?! "Yes!!" he said.',
]

STRUCTURES = {
    "inline tags": (
        "<p>The <b>minister</b> of <a href='/x'>trade <i>and</i></a> <span>in</span>dus<em>try</em> resigned "
        "on&nbsp;<time>Friday</time>. Markets fell.</p>",
        ["The minister of trade and industry resigned on Friday."],
    ),
    "deep nesting": (
        "<div><section><article><div><p><span><span><strong>Nobody</strong> was hurt in the fire</span></span>, "
        "<u>police</u> said.</p></div></article></section></div>",
        ["Nobody was hurt in the fire, police said."],
    ),
    "list": (
        "<ul><li>Bread rose by 3 percent.</li><li>Milk fell by 2 percent.</li><li>Eggs did not change.</li></ul>",
        ["Milk fell by 2 percent.", "Eggs did not change."],
    ),
    "nested list": (
        "<ol><li>First came the talks.<ol><li>Then came the lunch.</li><li>Then came the deal.</li></ol></li></ol>",
        ["Then came the deal.", "First came the talks."],
    ),
    "definition list": (
        "<dl><dt>ROC</dt><dd>It is the name of a rock band.</dd><dt>ROD</dt><dd>It is a metal bar.</dd></dl>",
        ["It is a metal bar."],
    ),
    "table": (
        "<table><tr><th>City<th>Note</tr><tr><td>Busan<td>The port was closed all week.</tr>"
        "<tr><td>Daegu<td>The port was open.</tr></table>",
        ["The port was closed all week.", "The port was open."],
    ),
    "line breaks": (
        "<p>The poem ran over<br>two lines of the page.<br>Nobody noticed it at all.</p>",
        ["Nobody noticed it at all."],
    ),
    "broken over lines": (
        "<p>The long headline of the notice ran<br>over two lines of the page and ended here.</p>",
        ["The long headline of the notice ran\nover two lines of the page and ended here."],
    ),
    "preformatted": (
        "<pre>STATEMENT OF THE COURT\n\nThe appeal   is dismissed.\nCosts follow.</pre>",
        ["The appeal   is dismissed."],
    ),
    "block quotation": (
        "<blockquote><p>We will not pay.</p><footer>said the <cite>owner</cite>.</footer></blockquote>",
        ["We will not pay."],
    ),
    "headings": (
        "<h2>The vote was close</h2><p>The vote was close, and loud.</p><h3>The vote was late</h3>",
        ["The vote was close, and loud.", "The vote was late"],
    ),
    "figure": (
        "<figure><svg width=9 height=9></svg><figcaption>The bridge before the flood.</figcaption></figure>"
        "<p>The bridge before the flood was of wood.</p>",
        ["The bridge before the flood was of wood."],
    ),
    "hidden words": (
        "<p>The sum <span style='display:none'>was not</span> was paid in full by the club on Sunday evening.</p>",
        ["The sum was paid in full by the club on Sunday evening."],
    ),
    "script between": (
        "<p>The judge left the court<script>var judge = 'The judge left the court';</script> by the back door.</p>",
        ["The judge left the court by the back door."],
    ),
    "footnotes": (
        "<p>The law was passed in May<sup>[3]</sup>. It was signed in June<sup>[4]</sup>.</p>",
        ["It was signed in June[4]."],
    ),
    "two sentences run together": (
        "<p>The strike was over! All trains ran again on time that day.</p><p>The strike was over! Buses ran.</p>",
        ["All trains ran again on time that day.", "Buses ran."],
    ),
    "flex and columns": (
        "<div style='display:flex'><p style='width:40%'>The left column tells of rain.</p>"
        "<p style='width:40%'>The right column tells of sun.</p></div>",
        ["The right column tells of sun."],
    ),
    "source line breaks": (
        "<p>The harbour master\n      said that the\tferry\n\n   would sail\n on time.</p>",
        ["The harbour master said that the ferry would sail on time."],
    ),
    "upper case by style": (
        "<p style='text-transform:uppercase'>The shop is closed today.</p>",
        ["THE SHOP IS CLOSED TODAY."],
    ),
    "small words": ("<p>No. Yes. I do. So it is. He said so.</p>", ["So it is.", "I do."]),
    "sentence in two paragraphs": (
        "<p>The charter says that all members of the union have</p>"
        "<p>one vote each in every meeting of the council.</p>",
        ["The charter says that all members of the union have\n\none vote each in every meeting of the council."],
    ),
}

SAME = "The talks will go on next week in the same city, the ministry said."
REPEATED = {
    "repeated in paragraphs": (
        f"<p>Monday brought no result. {SAME}</p><p>Tuesday brought none either. {SAME}</p>"
        f"<p>Wednesday brought a deal. {SAME} Then all went home.</p>",
        [(SAME, 0), (SAME, 1), (SAME, 2)],
    ),
    "repeated in list": (
        "<ul><li>Seoul: sunny and dry.</li><li>Sunny and dry.</li><li>Incheon: rain.</li><li>Sunny and dry.</li>"
        "<li>Jeju: wind.</li></ul>",
        [("Sunny and dry.", 0), ("Sunny and dry.", 1)],
    ),
    "repeated opening": (
        "<p>The company said it would cut jobs in May. The company said it would cut jobs in June. "
        "The company said it would cut pay.</p>",
        ["The company said it would cut jobs in June.", "The company said it would cut pay."],
    ),
    "repeated ending": (
        "<p>Rice was sold out by noon on the second day of the fair in Busan. "
        "Salt and oil were sold out by noon on the second day of the fair in Busan.</p>",
        ["Salt and oil were sold out by noon on the second day of the fair in Busan."],
    ),
    "case only": (
        "<p>May will come. The march of MAY WILL COME soon enough.</p>",
        ["May will come."],
    ),
    "part of a word": (
        "<p>He said no. She said no. The said north wind blew. She said no more.</p>",
        ["He said no.", "She said no more."],
    ),
    "repeated with accents": (
        "<p>The resume was read. The résumé was read. The rest was not.</p>",
        ["The rest was not."],
    ),
    "refrain": (
        "<p>" + " ".join(f"Verse {n} is sung. All join in." for n in ("one", "two", "three", "four")) + "</p>",
        [("All join in.", 0), ("All join in.", 2), ("All join in.", 3)],
    ),
}

SCRIPTS = {
    "arabic": (
        "<p dir=rtl>قال الوزير إن المحادثات ستستمر. وصل الوفد إلى سيول يوم الثلاثاء. لم يعلق أحد.</p>",
        ["وصل الوفد إلى سيول يوم الثلاثاء."],
    ),
    "hebrew": (
        "<p dir=rtl>השר אמר כי השיחות יימשכו. המשלחת הגיעה לסיאול ביום שלישי בבוקר, לפני הצהריים. איש לא הגיב.</p>",
        ["המשלחת הגיעה לסיאול ביום שלישי בבוקר, לפני הצהריים."],
    ),
    "persian": ("<p dir=rtl>او گفت: «نه». می‌روم و برمی‌گردم. همین.</p>", ["می‌روم و برمی‌گردم."]),
    "mixed directions": (
        "<p dir=rtl>הוא אמר <bdi dir=ltr>“No deal”</bdi> ויצא. אז ירד גשם.</p>"
        "<p>He left (שלום) at once, and said no.</p>",
        ["He left (שלום) at once, and said no."],
    ),
    "korean": (
        "<p>장관은 회담이 계속될 것이라고 말했다. 대표단은 화요일에 서울에 도착했다. 아무도 논평하지 않았다.</p>",
        ["대표단은 화요일에 서울에 도착했다."],
    ),
    "korean long": (
        "<p>정부는 어제 오후 서울에서 열린 국무회의에서 내년 예산안과 새로운 주택 공급 계획을 함께 의결했다고 "
        "대변인이 밝혔다. 야당은 반대했다.</p>",
        [
            "정부는 어제 오후 서울에서 열린 국무회의에서 내년 예산안과 새로운 주택 공급 계획을 함께 의결했다고 "
            "대변인이 밝혔다."
        ],
    ),
    "japanese": (
        "<p>大臣は会談が続くと述べた。代表団は火曜日にソウルに到着した。誰もコメントしなかった。</p>",
        ["代表団は火曜日にソウルに到着した。"],
    ),
    "chinese": (
        "<p>部长表示会谈将继续。代表团于星期二抵达首尔。无人发表评论。</p>",
        ["代表团于星期二抵达首尔。"],
    ),
    "chinese repeated": (
        "<p>会谈将继续。各方没有评论。</p><p>会议结束了。各方没有评论。</p>",
        [("各方没有评论。", 1)],
    ),
    "thai": (
        "<p>รัฐมนตรีกล่าวว่าการเจรจาจะดำเนินต่อไป</p><p>คณะผู้แทนเดินทางถึงกรุงโซลเมื่อวันอังคาร</p>",
        ["คณะผู้แทนเดินทางถึงกรุงโซลเมื่อวันอังคาร"],
    ),
    "greek and cyrillic": (
        "<p>Οι συνομιλίες θα συνεχιστούν.</p><p>Делегация прибыла в Сеул во вторник утром. Никто не ответил.</p>",
        ["Делегация прибыла в Сеул во вторник утром.", "Οι συνομιλίες θα συνεχιστούν."],
    ),
    "hindi": ("<p>मंत्री ने कहा कि वार्ता जारी रहेगी। प्रतिनिधिमंडल मंगलवार को पहुँचा।</p>", ["मंत्री ने कहा कि वार्ता जारी रहेगी।"]),
    "vietnamese": (
        "<p>Bộ trưởng nói đàm phán sẽ tiếp tục. Đoàn đã đến Seoul hôm thứ Ba.</p>",
        ["Đoàn đã đến Seoul hôm thứ Ba."],
    ),
}


def _long(clauses, word):
    return "The report said that " + ", ".join(f"{word} {n} had {n + 2} seats, {n} doors" for n in range(clauses)) + "."


LONG = {
    "long, 600 characters": (f"<p>It began so. {_long(20, 'hall')} It ended so.</p>", [_long(20, "hall")]),
    "long, 3,000 characters": (f"<p>It began so. {_long(90, 'room')} It ended so.</p>", [_long(90, "room")]),
    "long, twice": (
        f"<p>One text. {_long(20, 'ward')} Two texts.</p><p>{_long(20, 'ward')[:-1]}, all told.</p>",
        [_long(20, "ward")[:-1] + ", all told."],
    ),
    "one word again and again": (
        "<p>It rang. " + "No, " * 60 + "said the man at the door of the house. It rang again.</p>",
        ["No, " * 60 + "said the man at the door of the house."],
    ),
}


def pages():
    """All pages: name -> (HTML of the body, [(sentence, occurrence), ...])."""
    plain = {
        f"punctuation {n}": (f"<p>Before it, this. {_escaped(text)} After it, that.</p>", [text])
        for n, text in enumerate(PUNCTUATION)
    }
    every = {**plain, **STRUCTURES, **REPEATED, **SCRIPTS, **LONG}
    return {
        name: (body, [item if isinstance(item, tuple) else (item, 0) for item in cited])
        for name, (body, cited) in every.items()
    }


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")
