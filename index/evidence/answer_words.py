"""The words by which a question asks for a type of answer and a sentence holds one: patterns for `answer_types.py`.

Each piece is a pattern, without case unless its row says otherwise. What may repeat is bounded, so that any text takes
linear time.
"""

from __future__ import annotations

from ..language import calendar
from ..language.wordlists import match_any

_MONTH = rf"(?:{calendar.MONTH})"
_DAY = rf"(?:{calendar.MONTH}|{calendar.WEEKDAY})"

FIRST_ASKED = r"\A(?:(?!\b(?:what|who|whom|whose|which|where|when|why|how)\b).)*"
"""Before the first question word: "What is it called when ..." asks for no time."""
NOT_LATER = r"(?!.*, (?:\w+ )?(?:what|who|whom|whose|which|where|why|how)\b)"
WHICH = r"\b(?:what|which) (?:\w+ )?"
WHAT_IS = r"\bwhat(?:['’]?s| is| was| are| were) (?:the |an? )?"
_HELPING = r"(?:is|are|was|were|am|be|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
HEADING = rf"\A\W{{0,9}}(?:the )?(?!(?:what|who|whom|whose|which|where|when|why|how|{_HELPING})\b)"
"""Where a question begins that has no question word: "height of the tower"."""
SOMEBODY = r"\b.{1,80}?\b"
"""What stands between the words of asking: "did | the mayor of Larn | say"."""

NUMERALS = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,5}teen|twenty|thirty|fort?y|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|halve[ds]?|twice|double[ds]?|third"
    r"|quarters?|tripled?|unanimous(?:ly)?|nobody|none|zero|couple)"
)

_SAY = (
    r"(?:say|saying|said|says|think|thought|thinks|tweet(?:ed)?|reply|replied|answer(?:ed)?|respond(?:ed)?|tell|told"
    r"|comment(?:ed)?|claim(?:ed)?|argue[ds]?|add|added|explain(?:ed)?|announce[ds]?)\b"
)
_OPINION = r"(?:reaction|response|reply|view|opinion|comments?|excuse|statement)\b"
WORDS_ASKED = (
    rf"\bwhat (?:else )?(?:did|does|do|has|had|have|is) "
    rf"(?P<whose>\b.{{1,80}}?) {_SAY}"
    rf"|\b(?:what(?:['’]?s| is| was| were) |{HEADING})(?P<owner>\b.{{1,80}}?)(?:['’]s?|(?<=s)) {_OPINION}"
)
"""What somebody said or thinks; `whose` or `owner` names who it is."""
_SAID = match_any("""
    say says said saying tell tells told tweet tweets tweeted write writes wrote reply replies replied answer answers
    answered respond responds responded add adds added argue argues argued arguing argument claim claims claimed call
    calls called calling deny denies denied insist insists insisted warn warns warned explain explains explained
    announce announces announced state states stated statement praise praises praised criticize criticized criticizes
    criticise criticised criticises criticism blame blames blamed blaming believe believes believed think thinks
    thought describe describes described accuse accuses accused complain complains complained promise promises
    promised pledge pledges pledged vow vows vowed suggest suggests suggested express expresses expressed expressing
    according_to welcome welcomes welcomed condemn condemns condemned reject rejects rejected ask asks asked testify
    testifies testified admit admits admitted acknowledge acknowledges acknowledged urge urges urged liken likens
    likened compare compares compared comment comments commented recall recalls recalled shout shouted appreciate
    appreciates appreciated fear fears feared hope hopes hoped optimistic sure convinced thank thanks thanked
    apologize apologized apologise apologised propose proposes proposed report reports reported joke joked joking
    voice voiced view views opinion dispute disputes disputed dismiss dismisses dismissed defend defends defended fume
    fumed beam beamed
""")
WORDS_HELD = rf"[\"“”«»]|(?<!\w)['‘]\w|\b{_SAID}\b"

AGE_ASKED = (
    r"\bhow old\b|\b(?:what|which|at what) age\b(?! groups?)|\bage of\b|\bage\W{0,9}\Z|\A\W{0,9}age\b(?! groups?| of)"
)
AGE_HELD = (
    r"\baged? \d|, \d{1,3} ?[,.;)]"
    r"|\b(?:years?|months?|weeks?)[- ]olds?\b|\bat (?:the )?age\b|\bages? of\b|\b\d+[- ]year"
    r"|\b(?:is|was|are|were|been|turn(?:ed|s|ing)?|reach(?:ed|es)) (?:only |just |about |nearly |almost )?\d{1,3}\b"
    r"(?! ?[\w%$€£])"
    r"|\b(?:is|was|are|were|been|turn(?:ed|s)) (?:only |just |about )?\d{1,3} (?:when|and|at|then|years)\b"
    r"|\(\d{1,3}\)|\bat \d{1,2}\b(?! ?[%:]| ?[ap]\.?m| (?:per|of|to|miles|km|degrees|points)\b)"
    rf"|\b(?:since|when|before|until|till) (?:he|she|they|it) (?:was|were|turned) (?:\d|{NUMERALS}\b)"
    rf"|\bborn (?:on |in )?(?:{_MONTH}|\d)|\bin (?:his|her|their) (?:early |mid-?|late )?(?:\d0s|\w{{3,8}}ties|teens)\b"
    r"|\b(?:cente|octoge|nonage|septuage|sexage)narian\b|\bbirthday\b|\bmonths? of age\b"
)

MONEY_ASKED = (
    r"\bhow much\b.{0,100}\b(?:cost|pay|paid|spend|spent|worth|earn|earned|money|charge|charged|price|fee|salary"
    r"|revenue|profit|raise|raised|fined?|make|made|owes?|owed|compensation|salaries|sold|donated?|invest(?:ed)?)\b"
    r"|\bhow much (?:is|was|are|were|will) (?:the|an?|it|they|this|that|one)\b"
    r"|\bhow much (?:cash|rent|tax|prize|funding|debt|pay|redundancy|refund)\b"
    r"|\b(?:what|which) (?:\w+ ){0,3}(?:salary|price|budget|revenue|cost|profit|fee|fine|wages?|rent|bail)\b"
    rf"|{HEADING}(?:\w+ ){{0,3}}(?<!at any )(?:salary|prices?|cost|wages?|prize money|fee|rent|value|budget|revenue)\b"
    r"(?= of\b| for\b|\W{0,9}\Z)"
)
MONEY_HELD = (
    r"[$€£¥]\s?\d|\b(?:dollars?|euros?|pounds?|cents?|yen|won|francs?|million|billion|trillion|crowns?|krone[rn]?|kronor"
    r"|rupees?|pesos?|rou?bles?|yuan|rands?|riyals?|dirhams?|shillings?|pence|grand|quid|USD|EUR|GBP)\b"
    r"|\d ?p\b|\bfree\b"
)

LENGTHS = (
    r"(?:mm|cm|km|kms|kilomet(?:er|re)s?|met(?:er|re)s?|centimet(?:er|re)s?|miles?|feet|foot|inch(?:es)?|yards?|pages?"
    r"|words|characters)"
)
DURATION_HELD = (
    r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur(?:y|ies)|since|until)\b"
    r"|\b\d{4} ?[-–—] ?\d{2,4}\b|\b\d+:\d\d\b"
    rf"|\b(?:\d[\d,.]{{0,12}}|{NUMERALS})(?:[- ](?:long|nautical))?[- ]?{LENGTHS}\b|\d(?: ft|\")"
)

_FIGURE = (
    r"(?:population|death toll|toll|heights?|scores?|votes?|depth|lengths?|distance|speed|temperature|size|weight"
    r"|magnitude|turnout|capacity|rate|number|average|total|surface area|odds|(?:vote|final|head) ?count|tally)\b"
)
FIGURE_ASKED = (
    r"\bhow (?:far(?! (?:along|back))|tall|high|deep|wide|thick|heavy|fast|hot|cold|loud|steep|close was the vote)\b"
    rf"|{WHAT_IS}(?:(?!names?\b)[\w'’-]{{1,40}} ){{0,3}}?{_FIGURE}"
    rf"|\b(?:what|which) (?:score|height|speed|temperature|number)\b"
    rf"|{HEADING}(?:\w+ ){{0,2}}?{_FIGURE}(?= of\b| for\b| in\b|\W{{0,9}}\Z)"
)
FIGURE_HELD = rf"\d|\b{NUMERALS}\b"
DATES = (
    r"(?<![\w.,])(?:1[5-9]|20)\d\d\b(?![,.]?\d)"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}\b|\b{_MONTH} \d{{1,2}}\b(?![-–,.]\d)"
)
"""Years and days of a month, which are no figures."""

DATE_ASKED = (
    rf"{WHICH}(?:year|date|day|month)\b|\bwhen (?:was|were|is) .{{1,60}}\b(?:born|birthday)\b|\bdate of\b"
    rf"|{HEADING}(?:year|date|day|month)\b|\bbirthday\b"
)
DATE_HELD = (
    rf"\b{_DAY}\b|\b(?:1\d|20)\d\ds?\b|\b\d{{1,2}}(?:st|nd|rd|th)\b|\b\d0s\b|\b\d{{1,2}}/\d{{1,2}}\b"
    r"|\b(?:today|yesterday|tomorrow|tonight|ago|easter|christmas|eve|daily)\b"
    r"|\b(?:last|next|this|previous|following|every|each|same) (?:\w+ )?(?:year|month|week|day|night|morning|evening"
    r"|spring|summer|autumn|fall|winter)\b|\b(?:in|since|by|from|until|around|about|ad|circa) \d{3}\b"
    r"|\b(?:spring|summer|autumn|winter|century)\b"
)

BORN_ASKED = (
    rf"\bwhere(?:['’]?s| (?:was|were|is|are)) {SOMEBODY}born\b|\bbirth ?place\b|\bplace of birth\b"
    rf"|{WHICH}(?:city|country|town|village|state|place) (?:was|were|is) {SOMEBODY}born\b"
)
BORN_HELD = (
    r"\bborn\b|\bbirth(?:place)?\b|\bnatives? (?:of|to|son|daughter)\b|-born\b|\bhome ?town\b|\braised\b|\bgrew up\b"
    r"|\b(?:comes?|came|hails?|hailed) from\b|\bnative\b"
)

DEATH_ASKED = (
    rf"\bhow (?:did|do|had|has) {SOMEBODY}(?:die|died|dead)\b(?! out)|\bdie[ds]? (?:of|from)\b"
    rf"|\bcause of (?:\b.{{1,80}}?)?\bdeath\b|\bwhat (?:did|killed)\b(?: .{{1,60}} die (?:of|from)\b)|\bwhat killed\b"
    rf"|\bhow (?:was|were) {SOMEBODY}killed\b"
)
DEATH_HELD = (
    r"\bd(?:ie[ds]?|ying) (?:\w+ )?(?:of|from|after|when|while|as|by|because|during|under)\b"
    r"|\bdeath(?:s)? (?:from|by|of|after|when)\b"
    r"|\b(?:killed|slain) (?:\w+ )?(?:by|in|when|after|while|as)\b|\bdrown|\bshot\b|\bshoot|\bstab|\bmurder|\bassassin"
    r"|\bsuicide|\bhang(?:ed|ing)\b|\bexecut(?:ed|ion)\b|\bbehead|\bpoison|\boverdos|\bstrangl|\bsuffocat|\bchok"
    r"|\belectrocut|\bstarv|\bfroze|\bburn(?:ed|t)\b|\bcancer|\btumou?r|\bleuk|\bstroke\b"
    r"|\bheart (?:attack|failure|disease|condition)|\bcardiac|\bpneumonia|\bcovid|\binfection|\bdisease|\billness"
    r"|\bsepsis"
    r"|\bcomplications|\bnatural causes|\bold age|\baccident|\bcrash|\bcollision|\bcollapse|\bexplo(?:ded|sion)"
    r"|\bfire\b"
    r"|\bfell\b|\bfall\b|\bswept\b|\bavalanche|\bhit by|\bstruck by|\brun over|\bcrushed|\bburied\b|\bbitten|\bmauled"
    r"|\btook (?:his|her) own life|\bplague|\bcholera|\btyph|\btubercul|\bmalaria|\binjur|\bwound"
)

_SPOUSE = r"(?:wife|husband|spouse|partner|fianc[eé]e?|girlfriend|boyfriend|widow(?:er)?|bride|groom)"
MARRIED_ASKED = (
    rf"\b(?:is|was|are|were|has|have|had|did|got|ever) (?:\b.{{1,80}}?)?\b(?:married|single|divorced|engaged|wed"
    r"|marry|marrying)\b"
    rf"|\b(?:has|have|had|does|do|is there) (?:\b.{{1,80}}?)?\ba {_SPOUSE}\b"
)
MARRIED_HELD = (
    rf"\b{_SPOUSE}s?\b|\bmarri|\bmarry|\bwed(?:s|ded|ding|dings)?\b|\bwives\b|\bdivorc|\bengaged\b|\bbachelor"
    r"|\bsingle\b|\bnewlywed|\bhoneymoon|\bmother-in-law|\bex-"
)
SPOUSE_ASKED = (
    rf"\bwho(?:['’]?s| is| was| are| were|m| did| does) {SOMEBODY}(?:{_SPOUSE}\b(?! say)|marr(?:y|ied|ying)\b)"
    rf"|\bname of {SOMEBODY}{_SPOUSE}\b|\b{_SPOUSE}(?:['’]?s)? names?\b"
    rf"|\bwhat(?:['’]?s| is| was) {SOMEBODY}{_SPOUSE} called\b"
)

FAMILY_ASKED = (
    r"\b(?:does|do|did|has|have|had|is there) (?:\b.{1,80}?)?\b(?:kids?|child(?:ren)?|grand(?:kids?|child(?:ren)?)"
    r"|sons?|daughters?|babies|siblings?|brothers?|sisters?)\W{0,9}\Z"
)
FAMILY_HELD = (
    r"\b(?:grand|step)?(?:kids?|child(?:ren)?|sons?|daughters?|bab(?:y|ies)|twins?|triplets)\b"
    r"|\b(?:grand|step)?(?:mother|father|parent)s?\b|\b(?:mum|mom|dad)s?\b|\bbrothers?\b|\bsisters?\b|\bsiblings?\b"
    r"|\bchildless\b|\bpregnan"
)

CAUSE_ASKED = (
    rf"\bwhy\b(?! (?:does|do|did|is|are) {SOMEBODY}(?:think|say|believe)\b)|\bhow come\b"
    r"|\bwhat (?:is|was|are|were|did|does|do)\b.{1,80} for\W{0,9}\Z|\breasons? (?:for|why|behind)\b"
)
CAUSE_HELD = (
    r"\b(?:because|due to|since|so|reasons?|caus(?:es?|ed|ing)|led to|leads? to|leading to|therefore|thus|hence|owing"
    r"|thanks to|result(?:s|ed|ing)?|avoid|prevent|cit(?:ed|es|ing)|blam(?:ed?|es|ing)|after|amid|given|as (?:a|an|he"
    r"|she|it|they|the)|over|if|needs?|needed|want(?:s|ed)?|to \w+|help(?:s|ed)?|forced|prompted|unless|decid(?:ed|es)"
    r"|fear(?:s|ed|ing)?|concern(?:s|ed)?|trigger(?:s|ed)?|without|for \w+ing|by \w+ing|in (?:order|response|protest))"
    r"\b|:"
)

_THINGS = (
    r"(?:hospital|judge|king|queen|company|compan(?:y|ies)|firm|school|college|university|hotel|ship|boat|bank|airline"
    r"|shop|store|supermarket|club|team|newspaper|paper|party|church|museum|restaurant|district|stadium|station"
    r"|program(?:me)?|book|film|movie|song|band|play|prison|county|countries|country|city|cities|town|village|state"
    r"|senators?|members?|lawmakers?|councillors?|players?|coach|official|doctor|lawyer|attorney|author|agency|brand)"
)
CALLED_HELD = (
    rf"[\"“”]|\b(?:{_HELPING}|been|being|so|also|they|we|he|she|it|which|people) called\b"
    r"|\b(?:known|referred to) as\b"
    r"|\b(?:termed|named|nicknamed|dubbed)\b|\bthe (?:term|name|word)s?\b|-called\b"
)
CALLED_ASKED = (
    r"\bwhat(?:['’]?s| is| was| are| were) .{1,80}\b(?:called|named|nickname)\b|\bnames? of\b|\bwhats? .{1,60} names?\b"
    rf"|\b(?:which|what|wich) (?:(?!(?:{_HELPING}|types?|kinds?|sorts?)\b)\w+ ){{0,2}}?{_THINGS}\b|{HEADING}names?\b"
    r"|\bwhat(?:['’]?s| is| was| are| were) (?:the )?.{{0,60}}names?\b"
)

NUMBER_ASKED = (
    r"\bhow (?:many|much|old|long(?! ago)|often|far|tall|high|big|large|deep|fast|wide|hot|cold|heavy|strong"
    rf"|close)\b|{WHICH}(?:number|percent|percentage|share|proportion|amount|price|cost|age"
    r"|score|temperature|height|size|distance|speed|length|population|rate|salary|revenue|budget)\b"
    r"|\b(?:what|which) (?:\w+ ){0,3}number of\b"
)
NUMBER_HELD = (
    r"\b(?:little|few|fewer|lots?|most|more|less|much|many|large|huge|high|highest|low|lowest|no|free|small"
    r"|twice|half|double|several|dozens?|hundreds|thousands|millions?|billions?)\b"
)
TIME_ASKED = (
    rf"{FIRST_ASKED}\bwhen\b{NOT_LATER}"
    rf"|{WHICH}(?:year|date|day|month|time|century|decade|season|era|period)\b"
    r"|\bhow long ago\b|\bsince when\b|\bhow (?:late|early|soon)\b"
)
TIME_HELD = (
    r"\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:in|since|by|from|until|till|around|about|circa|to|ad) \d{3}\b|\b\d0s\b"
    r"|\b\d{1,2}(?::\d\d| ?[ap]\.? ?m\b)"
    r"|\b(?:when|while|during|after|before|following|until|once|upon|beginning|start|end|ago|later|earlier"
    r"|recently|now|currently|soon|every|annually|daily|weekly|era|period|war|season|early|late)\b"
)
PLACE_ASKED = (
    rf"{FIRST_ASKED}\bwhere\b"
    rf"|{WHICH}(?:city|cities|country|countries|place|places|states?|town|village"
    r"|region|location|continent|island|river|street|county|area|nation|port|airport|venue|stadium)\b"
)
REASON_HELD = (
    r"\b(?:because|due to|since|as a result|in order to|so that|reasons?|caus(?:ed?|ing)|led to|therefore|thus"
    r"|owing|so as to|result(?:ed)?|to avoid|to prevent|citing|blam(?:ed|ing)|after|to \w+)\b"
)
NAME_ASKED = (
    r"\bwho(?:m|se)?\b|\bwhich\b|\bnamed?\b|\bcalled\b|\bknown as\b|\bnickname\b|\btitle\b"
    r"|\bwhat (?:\w+ )?(?:person|man|woman|player|actor|actress|president|leader|author|king|queen|scientist"
    r"|singer|coach|people|team|company|group|organi[sz]ation|family|ruler|agency|newspaper|party)\b"
)
PERSON_HELD = (
    r"\b(?:people|man|woman|men|women|officials?|child(?:ren)?|workers?|leaders?|police|government"
    r"|\w+(?:ers|ists))\b"
)
