"""Word lists that tell what may stand in a phrase: no tagger is shipped, and these few words do most of its work."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of the text, which are split on white space."""
    return frozenset(text.split())


AUXILIARIES = word_set("""
    am is are was were do does did has have had can could may might must shall should will would isn't aren't
    wasn't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't shouldn't what's
    who's where's when's how's it's that's
""")
HELPERS = word_set("do does did can could will would should must may might don't doesn't didn't can't won't to")
FULL_VERBS = word_set("be been being do have")
TITLES = word_set("dr fr ft gen gov jr lt mr mrs ms mt prof rep rev sen sgt st")
PRONOUNS = word_set("i you we they he she it one")
DETERMINERS = word_set("""
    the a an any some no every each my your his her its our their this these those of for in about
""")
ARTICLES = word_set("the a an this these those")

SMALL = word_set("""
    a about above across after besides again against all almost along already also although always am among an
    and another any anyone are around as at be because been before behind being below beneath beside between
    beyond both but by can cannot could despite did do does doing done down dozens during each either else even
    ever every everyone except few first for from had has have having he her here hers herself him himself his
    how however hundreds i if in inside into is it its itself just last later least less like many may me
    meanwhile might mine more most much must my myself near neither never next no nobody nor not nothing now of
    off often on once one only onto or other others otherwise our ours ourselves out outside over own per
    perhaps quite rather really same seldom several shall she should since so some someone something soon still
    such than that the their theirs them themselves then there these they this those though thousands through
    throughout thus to together too toward towards twice under unless until up upon us usually very via was we
    were what when where whether which while who whole whom whose why will with within would yet you your yours
    yourself yourselves
""")
"""Words that are part of no phrase; more than the index passes over, where "after" and "than" help to rank."""

VERBS = word_set("""
    accept add admit affect agree allow answer appear apply argue arrive ask avoid become begin believe belong
    bring build buy carry cause choose come compare complain consider contain continue create decide define deny
    depend describe die discuss do eat end enter exist expect explain fail fall feel find finish fly follow fund
    gather get give go grow happen have hear help hold imply improve include increase involve join keep kill
    know last lead learn leave let like live look lose make matter mean meet mention move need occur offer open
    originate own pay perform play prefer prevent produce protect prove provide publish put react read receive
    recommend refer reject relate remain remember remove replace reply require respond reveal run say score see
    seem sell send serve show sit speak spend stand start stay stop store suggest suppose take talk tell think
    treat try understand use wait want warn watch wear win work wonder worry write
""")
GENERAL = word_set("""
    advantage amount answer approach article aspect benefit best better big bit chance choice clarification
    common condition context current definition detail difference different disadvantage effect example fact
    factor first free general good important information instruction issue item key kind last late least less
    level list long lot main major many member method more most much name new number objective old option other
    outside part people person place popular possible problem process purpose question reason risk role same
    sample second similar small sort standard step story summary text thing time tip total type use way whenever
    word worth year
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
PLACES = word_set("""
    africa african america american americans asia asian australia australian austria belgium berlin boston
    brazil britain british brussels bulgaria california canada canadian chicago china chinese denmark dutch
    egypt england english europe european finland florida france french german germany greece hungary india
    indian iran iraq ireland irish israel israeli italian italy japan japanese kenya korea korean koreas london
    mexico moscow netherlands nigeria norway pakistan palestinian paris poland portugal pyongyang rok romania
    rome russia russian scotland seoul singapore spain spanish sweden switzerland sydney syria taiwan texas
    tokyo turkey u.k. u.n. u.s. ukraine ukrainian vietnam wales washington york monday tuesday wednesday
    thursday friday saturday sunday january february march april may june july august september october november
    december
""")
GROUPS = word_set("""
    act agency airlines airport army assembly association bank bowl bridge bureau cathedral championship church
    city club college commission committee company conference congress corporation council county court cup
    department district empire festival foundation games group hospital hotel house inc institute island kingdom
    lake league library ltd ministry movement mountain museum nations nato navy ocean office olympics
    organization park parliament party police port republic river school sea senate society square stadium state
    states station street team times treaty union university war
""")
