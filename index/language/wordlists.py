"""The word lists behind the rules of English, all our own; other modules build their sets from these."""

from __future__ import annotations

import re

from .calendar import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS


def word_set(text: str) -> frozenset[str]:
    """Return the words of the text, which are split on white space."""
    return frozenset(text.split())


def match_any(words: str) -> str:
    """Return a pattern that matches any of the words, which are split on white space; `_` stands for a space.

    Words of one first letter stand together, so that it is looked at once and not for each of them.
    """
    groups: dict[str, list[str]] = {}
    for word in words.split():
        first = word[0] if word[0].isalnum() and word[1:2] not in ("?", "*", "+", "{") else ""
        groups.setdefault(first, []).append(word[len(first) :].replace("_", " "))
    parts = [f"{first}(?:{'|'.join(rest)})" if rest[1:] else first + rest[0] for first, rest in groups.items()]
    return f"(?:{'|'.join(parts)})"


def _split_groups(text: str) -> list[list[str]]:
    """Return the groups of words of a text, which semicolons and line ends part."""
    return [group.split() for group in re.split("[;\n]", text) if group.strip()]


# Pronouns ----------------------------------------------------------------------------------------------------

HE = word_set("he him his himself")
SHE = word_set("she her hers herself")
IT = word_set("it its itself")
THEY = word_set("they them their theirs themselves")
THIRD_PERSON = HE | SHE | IT | THEY
PERSONAL = THIRD_PERSON | word_set("""
    i me my mine myself we us our ours ourselves you your yours yourself yourselves
""")

SUBJECTS = word_set("i you he she it we they")
OBJECTS = word_set("me you him her it us them")
POSSESSIVES = word_set("my your his her its our their")
"""Possessives as they stand before a noun."""

DEMONSTRATIVES = word_set("this that these those")
CLEAR_DEMONSTRATIVES = DEMONSTRATIVES - {"that"}
"""Those that are nothing else: "that" is a conjunction at least as often."""

# Sentences ---------------------------------------------------------------------------------------------------

TITLE_ABBREVIATIONS = word_set("""
    Mr Mrs Ms Mx Ma Sta Sto Messrs Mme Mlle Dr Drs Prof Profs Rev Revs Msgr Fr Hon Pres Amb Sec Gov Govs Lt.Gov
    Sen Sens Rep Reps Supt Insp Det Gen Gens Lt Lts Col Cols Maj Majs Capt Cmdr Cdr Adm Brig Sgt Sgts Cpl Pvt
    Pfc Spc Ens Lt.Gen Maj.Gen Lt.Col Brig.Gen Dist Atty Attys Asst Dep Ss Mt Mts Ft Pt vs e.g i.e cf approx
    incl est viz ca resp bt
""")
"""Abbreviations that always have something after them: they never end a sentence."""

NUMBERED = word_set(
    "No Nos no nos Art Arts art Fig Figs fig Sec Secs Sect Vol Vols vol Ch Chap Eq Par Cl pp p Pg pg Op fl"
)
"""Abbreviations before a number; without one they are words, or end a sentence."""

ABBREVIATIONS = frozenset(SHORT_MONTHS + SHORT_WEEKDAYS) | word_set("""
    Ala Ariz Ark
    Cal Calif Colo Conn Dak Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn
    Tex Va Vt W.Va Wash Wis Wyo Ont Que Alta Inc Corp Co Ltd Bros Cos Plc S.p.A Intl Int'l Assn Assoc Dept Univ
    Inst Natl Mfg Mgmt Govt Gov't Jr Sr Esq Ph.D D.Phil Ave Blvd Rd Hwy Sq Bldg Ed Eds
""")
"""Abbreviations that may end a sentence: the next word decides. Initials such as U.S. need no entry."""

PLACE_ABBREVIATIONS = word_set("D.C N.Y N.J N.C N.D N.H N.M R.I S.C S.D W.Va B.C P.R U.K U.S")
"""Initials that, after a comma, end the name of a place: "in Washington, D.C.", but "the D.C. Circuit"."""

STARTERS = (
    SUBJECTS
    | (POSSESSIVES - {"your"})
    | DEMONSTRATIVES
    | word_set("""
    the a an there here in on at by for from with of to as after before during since until while when where if
    because although though under over between among within both some many most several few all each every
    another no none neither nor not and but or so yet also then thus however meanwhile who what why how which
    once even still despite through originally according officials lawmakers police prosecutors investigators
    witnesses residents analysts economists traders dealers critics experts authorities voters soldiers rescuers
    negotiators diplomats shares prices talks results
""")
)
"""Words that, with a capital after an abbreviation, begin a sentence."""

TIMES = frozenset(WEEKDAYS + SHORT_WEEKDAYS + MONTHS + SHORT_MONTHS) | word_set(
    "Eastern Central Mountain Pacific Greenwich Local Universal"
)
"""Capitalised words that continue the sentence after "a.m." or "p.m."; zones such as EDT do so too."""

SHOUTED = word_set("Yahoo Yum Jeopardy Oklahoma")
"""Names that end in an exclamation mark."""

SPEECH = word_set("""
    said says say asked asks replied replies answered added told wrote writes tweeted shouted yelled cried
    wondered exclaimed demanded recalled continued responded quipped joked remarked inquired noted began
    concluded posted
""")
"""Verbs that follow a name after a quotation, as in `"Why now?" Kim asked`."""

# Terms -------------------------------------------------------------------------------------------------------

STOP = (
    PERSONAL
    | DEMONSTRATIVES
    | word_set("""
    a an the and or but of in on at to for by with from into off onto out over up down within about above across
    along among around behind below beneath beside beyond inside near per through throughout toward towards upon
    via as here any some am is are was were be been being do does did doing done have has had having can could
    might must shall should will would cannot who whom whose what which when where why how not n't let let's
    won't can't shan't ain't ca wo s t d m ll re ve
""")
)
"""Stop words, fewer than usual: "after", "between" and "than" help to rank (see `README.md`).

"no" is not among them ("Who said no?" asks for it), nor is "may", which is a month.
"""

_IRREGULAR_VERBS = """
arise arose arisen; awake awoke awoken; bear bore borne; become became; begin began begun; bend bent; bind bound
bite bit bitten; bleed bled; blow blew blown; break broke broken; breed bred; bring brought; build built; burn burnt
buy bought; catch caught; choose chose chosen choice; cling clung; come came; creep crept; deal dealt; dig dug
draw drew drawn; dream dreamt; drink drank drunk; drive drove driven; dwell dwelt; eat ate eaten; fall fell fallen
feed fed; feel felt; fight fought; find found; flee fled; fling flung; fly flew flown flight
forbid forbade forbidden; forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten
give gave given; go went gone; grind ground; grow grew grown growth; hang hung; hear heard; hide hid hidden
hold held; keep kept; kneel knelt; know knew known knowledge; lay laid; lead led; lean leant; leap leapt
learn learnt; leave left; lend lent; light lit; lose lost loss losses; make made; mean meant; meet met
overcome overcame; overthrow overthrew overthrown; overtake overtook overtaken; pay paid; ride rode ridden
ring rang rung; rise rose risen; run ran; say said; see saw seen; seek sought; sell sold sale sales; send sent
shake shook shaken; shine shone; shoot shot; show shown; shrink shrank shrunk; sing sang sung; sink sank sunk
sit sat; slay slew slain; sleep slept; slide slid; speak spoke spoken speech speeches; speed sped; spend spent
spin spun; spring sprang sprung; stand stood; steal stole stolen; stick stuck; sting stung; stride strode
strike struck stricken; strive strove striven; swear swore sworn; sweep swept; swim swam swum; swing swung
take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown; tread trod trodden
undergo underwent undergone; understand understood; undertake undertook undertaken; uphold upheld; wake woke woken
wear wore worn; weave wove woven; weep wept; win won; wind wound; withdraw withdrew withdrawn withdrawal
withhold withheld; withstand withstood; write wrote written
"""
_OTHER_FORMS = """
beat beaten; prove proven proof; sew sewn; swell swollen

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
_VERB_GROUPS = _split_groups(_IRREGULAR_VERBS)
PAST_TENSES = {base: past for base, past, *_ in _VERB_GROUPS} | {
    verb: verb for verb in ("beat", "cut", "hit", "put", "set", "shut", "spread")
}
"""The past tense of each irregular verb."""

FORMS = {form: base for base, *forms in (*_VERB_GROUPS, *_split_groups(_OTHER_FORMS)) for form in forms}
"""The base of each word that the stemmer does not relate to it: irregular forms, nouns of verbs, peoples."""

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
"""Names of one thing that share no word; those in capitals match only capitals (or initials: "U.S.")."""

AFTER_THE = {"us": "u.s.", "un": "u.n.", "WHO": "w.h.o."}
"""Words that are names only after "the"."""

LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "\u2044": "/"}
)
"""Letters that Unicode does not decompose; the fraction slash of "½"."""

# Phrases -----------------------------------------------------------------------------------------------------
# We ship no tagger; these lists do most of its work.

AUXILIARIES = word_set("""
    am is are was were do does did has have had can could may might must shall should will would isn't aren't
    wasn't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't shouldn't what's
    who's where's when's how's it's that's
""")
HELPERS = word_set("do does did can could will would should must may might don't doesn't didn't can't won't to")
FULL_VERBS = word_set("be been being do have")
TITLES = word_set("dr fr ft gen gov jr lt mr mrs ms mt prof rep rev sen sgt st")
PRONOUNS = SUBJECTS | {"one"}
DETERMINERS = POSSESSIVES | CLEAR_DEMONSTRATIVES | word_set("the a an any some no every each of for in about")
ARTICLES = CLEAR_DEMONSTRATIVES | word_set("the a an")

SMALL = (
    PERSONAL
    | DEMONSTRATIVES
    | word_set("""
    whats whos whens wheres hows thats wats
    a about above across after besides again against all almost along already also although always am among an
    and another any anyone are around as at be because been before behind being below beneath beside between
    beyond both but by can cannot could despite did do does doing done down dozens during each either else even
    ever every everyone except few first for from had has have having here how however hundreds if in inside
    into is just last later least less like many may meanwhile might more most much must near neither never next
    no nobody nor not nothing now of off often on once one only onto or other others otherwise out outside over
    own per perhaps quite rather really same seldom several shall should since so some someone something soon
    still such than the then there though thousands through throughout thus to together too toward towards twice
    under unless until up upon usually very via was were what when where whether which while who whole whom
    whose why will with within would yet
""")
)
"""Words that belong to no phrase: more than the stop words, because "after" and "than" help to rank."""

VERBS = word_set("""
    accept add admit affect agree allow answer appear apply argue arrive ask avoid become begin believe belong
    bring build buy carry cause choose come compare complain consider contain continue create decide define deny
    depend describe die discuss do eat end enter exist expect explain fail fall feel find finish fly follow fund
    gather get give go grow happen have hear help hold imply improve include increase involve join keep kill
    know last lead learn leave let like live look lose make matter mean meet mention move need occur offer open
    originate own pay perform play prefer prevent produce protect prove provide publish put react read receive
    recommend refer reject relate remain remember remove replace reply require respond reveal run say score see
    seem sell send serve show sit sound speak spend stand start stay stop store suggest suppose take talk tell think
    treat try understand use wait want warn watch wear win work wonder worry write
""")
GENERAL = word_set("""
    advantage amount answer approach article aspect benefit best better big bit chance choice clarification
    common condition context current definition detail difference different disadvantage effect example fact
    factor first free general good important information instruction issue item key kind last late least less
    level list long lot main major many member method more most much name new number objective old option other
    outside part people person place popular possible problem process purpose question reason risk role same
    sample second similar small sort standard step story sudden summary text thing time tip total type use way whenever
    word worth year nationwide statewide worldwide
""")
LIGHT = word_set("""
    need use happen take get make do give go come start begin work mean many much most biggest largest highest
""")
OFFICES = word_set("""
    actor analyst artist author boss candidate captain chair clerk colonel economist editor engineer executive
    farmer goalkeeper historian neighbor neighbour plaintiff prosecutor referee researcher sergeant statistician
    student teacher boss chairman chairwoman chief coach commander director doctor driver emperor envoy founder
    general governor husband judge king lawyer leader man manager mayor minister officer official owner player
    brother cousin daughter father mother sister son
    poet pope premier president prince princess professor queen secretary senator sheriff singer spokesman
    spokesperson spokeswoman suspect victim wife winner woman writer
""")
PLACES = frozenset(name.lower() for name in WEEKDAYS + MONTHS) | word_set("""
    africa african america american americans asia asian australia australian austria belgium berlin boston
    brazil britain british brussels bulgaria california canada canadian chicago china chinese denmark dutch
    egypt england english europe european finland florida france french german germany greece hungary india
    indian iran iraq ireland irish israel israeli italian italy japan japanese kenya korea korean koreas london
    mexico moscow netherlands nigeria norway pakistan palestinian paris poland portugal pyongyang rok romania
    rome russia russian scotland seoul singapore spain spanish sweden switzerland sydney syria taiwan texas
    tokyo turkey u.k. u.n. u.s. ukraine ukrainian vietnam wales washington york
""")
"""Capitalised words that name no person: places, peoples, days and months."""
GROUPS = word_set("""
    act agency airlines airport army assembly association bank bowl bridge bureau cathedral championship church
    city club college commission committee company conference congress corporation council county court cup
    department district empire festival foundation games group hospital hotel house inc institute island kingdom
    lake league library ltd ministry movement mountain museum nations nato navy ocean office olympics
    organization park parliament party police port republic river school sea senate society square stadium state
    states station street team times treaty union university war
""")
