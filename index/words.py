"""The word tables behind `language.py`; all are our own, and plain words split on white space."""

from __future__ import annotations


def bag(text: str) -> frozenset[str]:
    """Return the words of the text as a set."""
    return frozenset(text.split())


# Sentences ---------------------------------------------------------------------------------------------------

TITLES = bag("""
    Mr Mrs Ms Mx Ma Sta Sto Messrs Mme Mlle Dr Drs Prof Profs Rev Revs Msgr Fr Hon Pres Amb Sec Gov Govs Lt.Gov
    Sen Sens Rep Reps Supt Insp Det Gen Gens Lt Lts Col Cols Maj Majs Capt Cmdr Cdr Adm Brig Sgt Sgts Cpl Pvt
    Pfc Spc Ens Lt.Gen Maj.Gen Lt.Col Brig.Gen Dist Atty Attys Asst Dep Ss Mt Mts Ft Pt vs e.g i.e cf approx
    incl est viz ca resp bt
""")
"""Abbreviations that stand before what they belong to: they never end a sentence."""

NUMBERED = bag("No Nos no nos Art Arts art Fig Figs fig Sec Secs Sect Vol Vols vol Ch Chap Eq Par Cl pp p Pg pg Op fl")
"""Abbreviations that stand before a number; without one they are words or ends of sentences."""

ABBREVIATIONS = bag("""
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun Ala Ariz Ark
    Cal Calif Colo Conn Dak Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn
    Tex Va Vt W.Va Wash Wis Wyo Ont Que Alta Inc Corp Co Ltd Bros Cos Plc S.p.A Intl Int'l Assn Assoc Dept Univ
    Inst Natl Mfg Mgmt Govt Gov't Jr Sr Esq Ph.D D.Phil Ave Blvd Rd Hwy Sq Bldg Ed Eds
""")
"""Abbreviations that may end a sentence: Punkt looks at the word that follows. Letters such as U.S. need no entry."""

PLACES = bag("D.C N.Y N.J N.C N.D N.H N.M R.I S.C S.D W.Va B.C P.R U.K U.S")
"""Letters that, after a comma, end the name of a place: "in Washington, D.C.", but "the D.C. Circuit"."""

STARTERS = bag("""
    the a an this that these those he she it they we i you his her its their our my there here in on at by for
    from with of to as after before during since until while when where if because although though under over
    between among within both some many most several few all each every another no none neither nor not and but
    or so yet also then thus however meanwhile who what why how which once even still despite through originally
    according officials lawmakers police prosecutors investigators witnesses residents analysts economists
    traders dealers critics experts authorities voters soldiers rescuers negotiators diplomats shares prices
    talks results
""")
"""Words that begin a sentence when they follow an abbreviation with a capital."""

TIMES = bag("""
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thurs Fri Sat Sun January
    February March April May June July August September October November December Jan Feb Mar Apr Aug Sept Oct
    Nov Dec Eastern Central Mountain Pacific Greenwich Local Universal
""")
"""Words with a capital that belong to the "a.m." or "p.m." before them; so do zones such as EDT."""

SHOUTED = bag("Yahoo Yum Jeopardy Oklahoma")
"""Names that end in an exclamation mark."""

SPEECH = bag("""
    said says say asked asks replied replies answered added told wrote writes tweeted shouted yelled cried
    wondered exclaimed demanded recalled continued responded quipped joked remarked inquired noted began
    concluded posted
""")
"""Verbs that follow a name after a quotation, as in `"Why now?" Kim asked`."""

# Terms -------------------------------------------------------------------------------------------------------

STOP = bag("""
    a an the and or but of in on at to for by with from into off onto out over up down within about above across
    along among around behind below beneath beside beyond inside near per through throughout toward towards upon
    via as i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself
    she her hers herself it its itself they them their theirs themselves this that these those here any some am
    is are was were be been being do does did doing done have has had having can could might must shall should
    will would cannot who whom whose what which when where why how not n't let let's won't can't shan't ain't ca
    wo s t d m ll re ve
""")
"""Words that say nothing of what a text is about, fewer than usual: "after", "between", "than" help (see `README.md`).

"no" is not among them ("Who said no?" asks for it), nor is "may", which is a month.
"""

_FORMS = """
arise arose arisen; awake awoke awoken; bear bore borne; beat beaten; become became; begin began begun; bend bent
bind bound; bite bit bitten; bleed bled; blow blew blown; break broke broken; breed bred; bring brought; build built
burn burnt; buy bought; catch caught; choose chose chosen choice; cling clung; come came; creep crept; deal dealt
dig dug; draw drew drawn; dream dreamt; drink drank drunk; drive drove driven; dwell dwelt; eat ate eaten
fall fell fallen; feed fed; feel felt; fight fought; find found; flee fled; fling flung; fly flew flown flight
forbid forbade forbidden; forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten
give gave given; go went gone; grind ground; grow grew grown growth; hang hung; hear heard; hide hid hidden
hold held; keep kept; kneel knelt; know knew known knowledge; lay laid; lead led; lean leant; leap leapt
learn learnt; leave left; lend lent; light lit; lose lost loss losses; make made; mean meant; meet met
overcome overcame; overthrow overthrew overthrown; overtake overtook overtaken; pay paid; prove proven proof
ride rode ridden; ring rang rung; rise rose risen; run ran; say said; see saw seen; seek sought
sell sold sale sales; send sent; sew sewn; shake shook shaken; shine shone; shoot shot; show shown
shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; slay slew slain; sleep slept; slide slid
speak spoke spoken speech speeches; speed sped; spend spent; spin spun; spring sprang sprung; stand stood
steal stole stolen; stick stuck; sting stung; stride strode; strike struck stricken; strive strove striven
swear swore sworn; sweep swept; swell swollen; swim swam swum; swing swung; take took taken; teach taught
tear tore torn; tell told; think thought; throw threw thrown; tread trod trodden; undergo underwent undergone
understand understood; undertake undertook undertaken; uphold upheld; wake woke woken; wear wore worn
weave wove woven; weep wept; win won; wind wound; withdraw withdrew withdrawn withdrawal; withhold withheld
withstand withstood; write wrote written

child children; man men; woman women; person people persons; foot feet; tooth teeth; goose geese; mouse mice
ox oxen; life lives; wife wives; knife knives; leaf leaves; half halves; shelf shelves; thief thieves; wolf wolves
crisis crises; analysis analyses; basis bases; criterion criteria; phenomenon phenomena; medium media; datum data
good better best; bad worse worst; lie lied lying; tie tied tying

die died dying dies death deaths dead; born birth births; high height heights; long length; deep depth; wide width
strong strength; marry married marries marriage marriages; explode explosion; invade invasion; destroy destruction
succeed success successful; decide decision; defend defense defence; describe description
receive reception recipient; produce production; divide division; conclude conclusion; expand expansion
permit permission; admit admission; appear appearance; perform performance; resign resignation; discover discovery
arrive arrival; believe belief

america american americans; britain british britons; korea korean koreans; japan japanese; china chinese
russia russian russians; france french; germany german germans; italy italian italians; spain spanish
iran iranian iranians; iraq iraqi iraqis; israel israeli israelis; india indian indians; mexico mexican mexicans
canada canadian canadians; australia australian australians; ukraine ukrainian ukrainians; poland poles
turkey turkish turks; egypt egyptian egyptians; syria syrian syrians; europe european europeans
africa african africans; asia asian asians; vietnam vietnamese; brazil brazilian brazilians; sweden swedish
norway norwegian; denmark danish; ireland irish; scotland scottish; england english; greece greek greeks
rome roman romans; taiwan taiwanese; pakistan pakistani pakistanis; cuba cuban cubans; afghanistan afghan afghans
philippines filipino filipinos; netherlands dutch; switzerland swiss; portugal portuguese
mongolia mongolian mongol mongols
"""
FORMS = {
    form: group.split()[0] for line in _FORMS.splitlines() for group in line.split(";") for form in group.split()[1:]
}
"""What the stemmer does not know: irregular forms, nouns of verbs, peoples; each with the word it is read as."""

_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_ORDINALS = """
    zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {word: number for number, word in enumerate(_UNITS.split())}
NUMBERS |= {word: number * 10 for number, word in enumerate(_TENS.split(), 2)}
ORDINALS = {word: number for number, word in enumerate(_ORDINALS.split())}
ORDINALS |= {word[:-1] + "ieth": number * 10 for number, word in enumerate(_TENS.split(), 2)}

NAMES = {
    "US": "u.s.", "USA": "u.s.", "usa": "u.s.", "united states": "u.s.", "united states of america": "u.s.",
    "UK": "u.k.", "uk": "u.k.", "united kingdom": "u.k.", "britain": "u.k.", "great britain": "u.k.",
    "UN": "u.n.", "united nations": "u.n.",
    "EU": "e.u.", "eu": "e.u.", "european union": "e.u.",
    "UAE": "u.a.e.", "uae": "u.a.e.", "united arab emirates": "u.a.e.",
    "world health organization": "w.h.o.", "world health organisation": "w.h.o.",
    "per cent": "percent", "%": "percent", "$": "dollar", "€": "euro", "£": "pound",
}  # fmt: skip
"""Names of one thing that share no word; those in capitals count only in capitals (or as letters: "U.S.")."""

AFTER_THE = {"us": "u.s.", "un": "u.n.", "WHO": "w.h.o."}
"""Names that are common words elsewhere, and themselves only after "the"."""

LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "\u2044": "/"}
)
"""Letters that Unicode does not take apart; the fraction slash of "½"."""
