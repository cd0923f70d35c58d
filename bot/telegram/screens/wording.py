"""The words of the interface, in one place, ready to be translated. What is quoted comes from articles alone.

Headings of verdicts and help of commands are shared with other faces: see `index.verdicts`, `conversation.commands`.
"""

from __future__ import annotations

INSTEAD = "These it does answer:"
PLACE = "paragraph {}, sentence {}"

CLOSEST = "This comes closest."
NO_VERDICT = "These are the article's words; the yes or no is yours to read in them."
OTHER_STORY = "From another story, which may be about something else."
CONTEXT_PLACE = "paragraph {number} of {count}"

CONTEXT = "In context"
CONTEXT_OF = "In context: {}"
MORE = "More"
WHY = "Why this"
COPY = "Copy citation"
OPEN = "Open article"
VERIFY = "Verify"
READ_PAGE = "Read in the article"
STOP_WATCHING = "Stop watching"
STOP_N = "Stop {number}"
MORE_PRIVATE = "More in private"
ASK_THIS = "Ask about this one"
ASK_ALL = "Ask all"
ASK_PRIVATE = "Ask in private"
REMOVE = "Remove"
NEWER = "What changed"
EARLIER, LATER = "‹ Earlier", "Later ›"
YES, NO = "Add it", "No"
ADD_AND_ASK, ASK_ONLY = "Add and ask", "Only ask"

START = (
    "Ask a question and get the article's own sentences back, quoted word for word, with the place where each stands. "
    "Nothing is made up: what the articles do not say, this bot does not say."
)
START_TRY = "Try one of these:"
START_EMPTY = "There is no article here yet."
ADD_HOW = "Send a link, a document or a forwarded text to add an article."
GROUP_HOW = "In this group, mention {name}, reply to it, or write /ask and a question."
HELP = (
    "Type a question. A follow-up may leave out names (“And when?”). Reply to an older answer to go on from there; "
    "edit a question and its answer changes with it."
)
HELP_WORDS = (
    "In a question, since:2023-01-01, until:, source:NAME, article:ID and lead:N say which articles may answer. "
    "Elsewhere, write {name} and a question in any chat."
)
LEFT = "Not asked, there are too many: {questions}"
PRIVACY = (
    "Kept by whoever runs this bot: your numeric id, the last questions of each conversation and their "
    "answers (for up to {days} days, so that buttons and replies work), the questions that are watched for you, until "
    "you stop them, and the articles that you added, with the numbers of the messages that they came in, until you "
    "remove them. What you add is seen in this chat only. The text of questions is not written to any log{logged}. "
    "Nothing is sent anywhere but to Telegram; an address that you send is fetched from its own site."
)
PRIVACY_LOGGED = " unless the operator asked for it, which is so on this bot"
WHOAMI = "Your numeric id is {person}; this chat's is {chat}."
NOT_ALLOWED = "This bot answers only people whom its operator allowed. Your numeric id is {person}; give it to them."
MAY_NOT_ADD = "Adding and removing articles is for people whom the operator allowed. Your numeric id is {person}."
ADMINS_ONLY = "Only administrators of this group choose or change its articles."
OPERATORS_ONLY = "This command is for the operator."
NOT_YOURS = "This button is not yours or has expired; ask again."
ASKERS_ONLY = "Only the person who asked, or an administrator of this group, can use this button."
LINK_OVER = "This link was used or has expired; ask again."
NO_HEADLINE = "No headline here holds “{}”."
NOT_HERE = "There is no such article here; /articles lists them."

IN_TURN = "That was a lot at once; I answer this one in {seconds} s."
NOT_ANSWERED = "That is too many; this one is not answered: send it again in {seconds} s."
IN_TURN_SIGN, NOT_ANSWERED_SIGN = "👀", "🤷"
TOO_MANY_TAPS = "That was a lot at once. Press it again in {seconds} s."
TOO_MANY_ADDS = "That is enough articles for now; try again in {minutes} min."
TOO_MUCH = "That is enough text for today; try again tomorrow."
ONE_AT_A_TIME = "An article of yours is still being read; send the next one when it is done."

ASK_WHAT = "Write a question after the command: /ask Who denied the talks?"
ADD_WHAT = "Write an address after the command, /add https://..., or reply /add to a link, a document or a text."
REMOVE_WHAT = "Which one? Write its number, its id or words of its headline: /remove 2"
REMOVE_SURE = "Remove “{title}”?"
REMOVED = "Removed: {title}"
SHARED = "“{title}” is in the operator's shared library and cannot be removed here."
OFFER_LINK = "Add the article at this address?"
OFFER_QUESTION = "Add this article and ask it “{question}”?"
OFFER_PIECES = "Is this one article? It came in {count} messages. Add it, or ask a shorter question."
OFFER_TEXT = "Is this an article? Add it, or ask a shorter question."
UNCHANGED = "Nothing was changed."
FETCHING = "Fetching {} ..."
DOWNLOADING = "Downloading {} ..."
READING = "Reading {} ..."
ADDED = "Added"
ADDED_TOGETHER = "These came together:"
ALREADY = "It is here already"
NEWER_OF = "A newer version of a story that is here."
INCOMPLETE = "I read {missing}; open the page for the rest."
TOO_LARGE = "This file is larger than {limit} MB, the most that a bot may download."
NO_FILE = "Telegram would not hand out this file ({reason}); send it again or send a link."
SHORT_POST = (
    "These few words are no article and no question. Reply /add to them to add them all the same, or send the link."
)
ALONE = "Only “{title}” was asked, as it has just been added."
BEYOND = "“{title}” does not say; all articles were asked."
NO_MEDIA = "Only text can be quoted: send a link, a document (txt, md, html, pdf, docx, odt, rtf, epub, srt) or a text."

FOLLOWING = "From now on I read what the linked channel posts as articles of this group; /follow off ends that."
FOLLOW_BLIND = "For that I must see its posts here: make me an administrator of this group."
FOLLOW_OFF = "I no longer read what the channel posts. What was read stays; /remove takes an article out."
FOLLOW_NONE = "No channel is linked to this group; link one in the settings of the channel, under Discussion."
FOLLOW_WHERE = "This is for the discussion group of a channel; an administrator writes it there."

DIFF_WHAT = "Which article? Write its number in /articles, or words of its headline: /diff 2"
DIFF_ONE = "“{title}” has no other version here."
DIFF_SAME = "No sentence changed."
DIFF_HEAD = "What changed in “{title}” since {old}"
CHANGED, GREW, GONE = "Changed", "Added", "Dropped"
FIRST_FILING = "the first filing"

WATCH_HOW = (
    "I can watch a question for you: write /watch and the question, and I send the sentence as soon as a new article "
    "answers it. For example: /watch When will the port open again? /watches lists what I watch here."
)
WATCH_OFF = "This bot watches no questions; its operator has turned that off."
WATCH_WHAT = "Write a question in words after the command: /watch When will the port open again?"
WATCH_LONG = "That is too long to watch; a question has {most} characters at most."
WATCHING = "I watch “{question}” and write here as soon as a new article answers it. /watches lists what I watch here."
WATCHED_ALREADY = "I watch “{question}” already. /watches lists what I watch here."
WATCH_FULL = "I watch {most} questions in this chat, and that is the most; stop one of them with /watches."
WATCH_ADMINS_ONLY = "Only administrators of this group choose which questions I watch here."
WATCHES_HEAD = "I watch these questions here:"
WATCHES_NONE = "I watch no question here. /watch and a question starts that."
WATCH_STOPPED = "I watch “{question}” no longer."
NOTICE = "You watch: “{question}”"
NOTICE_ONE_MORE = "And one more: it answers what you watch, too. /articles lists it."
NOTICE_MORE = "And {count} more answer what you watch, too. /articles lists them."

VERIFIED_ALL = "Checked again: {count} of {count} cited sentences stand in the article, word for word."
VERIFIED_SOME = "Checked again; {bad} of {count} cited sentences no longer hold:"
FOUND = {
    "unknown": "“{title}” was removed here, so its words cannot be checked any more.",
    "orphaned": "The text of “{title}” has changed since.",
    "forged": "What was kept of this answer is not what “{title}” says.",
    "misstated": "What was kept about “{title}” is not so any more.",
    "superseded": "“{title}” has a newer version and is no longer cited.",
    "withdrawn": "“{title}” was withdrawn.",
    "embargoed": "“{title}” is under embargo, so it is not cited yet.",
}

STATS = (
    "Articles: {articles} · chats: {chats} · answers kept: {answers}\n"
    "Waiting: {waiting} updates · last poll: {poll:.0f} s ago · running for {hours:.1f} h"
)

UNAVAILABLE = "The library cannot be searched just now; nothing was looked up. Try again in a minute."
NOT_ADDED = "The library cannot be changed just now; nothing was added. Try again in a minute."
NOT_KEPT = (
    "This could not be kept just now: its buttons do nothing, and a question after it stands alone. Ask it again."
)
SET_ASIDE = (
    "A message of yours stopped me twice while I worked on it, so I have put it aside. Please send it in another form: "
    "shorter, or as a text file."
)
BROKEN = "Something went wrong here; the operator can find it under {error}."
QUIT = "Nothing to leave here: just stop asking."
INLINE_EMPTY = "Nothing found; open the bot"

DESCRIPTION = (
    "Ask a news article a question and get its own sentences back, quoted word for word and cited. "
    "Send a link or a file to add an article."
)
SHORT_DESCRIPTION = "Answers in the article's own words, cited."
