"""The words of the interface, in one place, each read in the language of the chat. What is quoted is never translated.

Headings of verdicts, reasons and the help of commands are shared with other faces, and marked where they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from index.verdicts import translatable

from ...translation import Localized, LocalizedPlural


class Wording:
    """The texts by name: reading one gives it in the language that is spoken now."""

    INSTEAD = Localized("These it does answer:")
    PLACE = Localized("paragraph {}, sentence {}")

    CLOSEST = Localized("This comes closest.")
    NO_VERDICT = Localized("These are the article's words; the yes or no is yours to read in them.")
    OTHER_STORY = Localized("From another story, which may be about something else.")
    CONTEXT_PLACE = Localized("paragraph {number} of {count}")

    CONTEXT = Localized("In context")
    CONTEXT_OF = Localized("In context: {}")
    MORE = Localized("More")
    WHY = Localized("Why this")
    COPY = Localized("Copy citation")
    OPEN = Localized("Open article")
    VERIFY = Localized("Verify")
    READ_PAGE = Localized("Read in the article")
    STOP_WATCHING = Localized("Stop watching")
    STOP_N = Localized("Stop {number}")
    MORE_PRIVATE = Localized("More in private")
    ASK_THIS = Localized("Ask about this one")
    ASK_ALL = Localized("Ask all")
    ASK_PRIVATE = Localized("Ask in private")
    REMOVE = Localized("Remove")
    NEWER = Localized("What changed")
    EARLIER_PAGE = Localized("‹ Earlier")
    LATER = Localized("Later ›")
    YES = Localized("Add it")
    NO = Localized("No")
    ADD_AND_ASK = Localized("Add and ask")
    ASK_ONLY = Localized("Only ask")

    START = Localized(
        "Ask a question and get the article's own sentences back, quoted word for word, with the place where each "
        "stands. Nothing is made up: what the articles do not say, this bot does not say."
    )
    START_TRY = Localized("Try one of these:")
    START_EMPTY = Localized("There is no article here yet.")
    ADD_HOW = Localized("Send a link, a document or a forwarded text to add an article.")
    GROUP_HOW = Localized("In this group, mention {name}, reply to it, or write /ask and a question.")
    HELP = Localized(
        "Type a question. A follow-up may leave out names (“And when?”). Reply to an older answer to go on from "
        "there; edit a question and its answer changes with it."
    )
    HELP_WORDS = Localized(
        "In a question, since:2023-01-01, until:, source:NAME, article:ID and lead:N say which articles may "
        "answer. Elsewhere, write {name} and a question in any chat."
    )
    LEFT = Localized("Not asked, there are too many: {questions}")
    PRIVACY = Localized(
        "Kept by whoever runs this bot: your numeric id, the last questions of each conversation and their "
        "answers (for up to {days} days, so that buttons and replies work), the questions that are watched for "
        "you, until you stop them, the language of this chat, and the articles that you added, with the numbers "
        "of the messages that they came in, until you remove them. What you add is seen in this chat only. The "
        "text of questions is not written to any log. Nothing is sent anywhere but to Telegram; an address that "
        "you send is fetched from its own site."
    )
    PRIVACY_LOGGED = Localized(
        "Kept by whoever runs this bot: your numeric id, the last questions of each conversation and their "
        "answers (for up to {days} days, so that buttons and replies work), the questions that are watched for "
        "you, until you stop them, the language of this chat, and the articles that you added, with the numbers "
        "of the messages that they came in, until you remove them. What you add is seen in this chat only. The "
        "text of questions is not written to any log unless the operator asked for it, which is so on this bot. "
        "Nothing is sent anywhere but to Telegram; an address that you send is fetched from its own site."
    )
    WHOAMI = Localized("Your numeric id is {person}; this chat's is {chat}.")
    NOT_ALLOWED = Localized(
        "This bot answers only people whom its operator allowed. Your numeric id is {person}; give it to them."
    )
    MAY_NOT_ADD = Localized(
        "Adding and removing articles is for people whom the operator allowed. Your numeric id is {person}."
    )
    ADMINS_ONLY = Localized("Only administrators of this group choose or change its articles.")
    LANGUAGE = Localized(
        "I write in {language} here. Choose another with a button, or by /language and its code: {codes}"
    )
    LANGUAGE_SET = Localized("From now on I write in {language} here. What is quoted stays as the article has it.")
    LANGUAGE_UNKNOWN = Localized("I do not speak “{code}”. I speak: {codes}")
    LANGUAGE_ADMINS_ONLY = Localized("Only administrators of this group choose its language.")
    OPERATORS_ONLY = Localized("This command is for the operator.")
    NOT_YOURS = Localized("This button is not yours or has expired; ask again.")
    ASKERS_ONLY = Localized("Only the person who asked, or an administrator of this group, can use this button.")
    LINK_OVER = Localized("This link was used or has expired; ask again.")
    NO_HEADLINE = Localized("No headline here holds “{}”.")
    NOT_HERE = Localized("There is no such article here; /articles lists them.")

    IN_TURN = Localized("That was a lot at once; I answer this one in {seconds} s.")
    IN_TURN_SIGN = "👀"
    NOT_ANSWERED_SIGN = "🤷"
    NOT_ANSWERED = Localized("That is too many; this one is not answered: send it again in {seconds} s.")
    TOO_MANY_TAPS = Localized("That was a lot at once. Press it again in {seconds} s.")
    TOO_MANY_ADDS = Localized("That is enough articles for now; try again in {minutes} min.")
    TOO_MUCH = Localized("That is enough text for today; try again tomorrow.")
    ONE_AT_A_TIME = Localized("An article of yours is still being read; send the next one when it is done.")

    ASK_WHAT = Localized("Write a question after the command: /ask Who denied the talks?")
    ADD_WHAT = Localized(
        "Write an address after the command, /add https://..., or reply /add to a link, a document or a text."
    )
    REMOVE_WHAT = Localized("Which one? Write its number, its id or words of its headline: /remove 2")
    REMOVE_SURE = Localized("Remove “{title}”?")
    REMOVED = Localized("Removed: {title}")
    SHARED = Localized("“{title}” is in the operator's shared library and cannot be removed here.")
    OFFER_LINK = Localized("Add the article at this address?")
    OFFER_QUESTION = Localized("Add this article and ask it “{question}”?")
    OFFER_PIECES = LocalizedPlural(
        "Is this one article? It came in {count} message. Add it, or ask a shorter question.",
        "Is this one article? It came in {count} messages. Add it, or ask a shorter question.",
    )
    OFFER_TEXT = Localized("Is this an article? Add it, or ask a shorter question.")
    UNCHANGED = Localized("Nothing was changed.")
    FETCHING = Localized("Fetching {} ...")
    DOWNLOADING = Localized("Downloading {} ...")
    READING = Localized("Reading {} ...")
    ADDED = Localized("Added")
    ADDED_TOGETHER = Localized("These came together:")
    ALREADY = Localized("It is here already")
    NEWER_OF = Localized("A newer version of a story that is here.")
    INCOMPLETE = LocalizedPlural(
        "I read {read} of {count} sentence of the page's main part; open the page for the rest.",
        "I read {read} of {count} sentences of the page's main part; open the page for the rest.",
    )
    TOO_LARGE = Localized("This file is larger than {limit} MB, the most that a bot may download.")
    NO_FILE = Localized("Telegram would not hand out this file ({reason}); send it again or send a link.")
    SHORT_POST = Localized(
        "These few words are no article and no question. Reply /add to them to add them all the same, or send the link."
    )
    ALONE = Localized("Only “{title}” was asked, as it has just been added.")
    BEYOND = Localized("“{title}” does not say; all articles were asked.")
    NO_MEDIA = Localized(
        "Only text can be quoted: send a link, a document (txt, md, html, pdf, docx, odt, rtf, epub, srt) or a text."
    )

    FOLLOWING = Localized(
        "From now on I read what the linked channel posts as articles of this group; /follow off ends that."
    )
    FOLLOW_BLIND = Localized("For that I must see its posts here: make me an administrator of this group.")
    FOLLOW_OFF = Localized(
        "I no longer read what the channel posts. What was read stays; /remove takes an article out."
    )
    FOLLOW_NONE = Localized(
        "No channel is linked to this group; link one in the settings of the channel, under Discussion."
    )
    FOLLOW_WHERE = Localized("This is for the discussion group of a channel; an administrator writes it there.")

    DIFF_WHAT = Localized("Which article? Write its number in /articles, or words of its headline: /diff 2")
    DIFF_ONE = Localized("“{title}” has no other version here.")
    DIFF_SAME = Localized("No sentence changed.")
    DIFF_HEAD = Localized("What changed in “{title}” since {old}")
    DIFF_HEAD_FIRST = Localized("What changed in “{title}” since the first filing")
    CHANGED = Localized("Changed")
    GREW = Localized("Added")
    GONE = Localized("Dropped")

    WATCH_HOW = Localized(
        "I can watch a question for you: write /watch and the question, and I send the sentence as soon as a new "
        "article answers it. For example: /watch When will the port open again? /watches lists what I watch here."
    )
    WATCH_OFF = Localized("This bot watches no questions; its operator has turned that off.")
    WATCH_WHAT = Localized("Write a question in words after the command: /watch When will the port open again?")
    WATCH_LONG = Localized("That is too long to watch; a question has {most} characters at most.")
    WATCHING = Localized(
        "I watch “{question}” and write here as soon as a new article answers it. /watches lists what I watch here."
    )
    WATCHED_ALREADY = Localized("I watch “{question}” already. /watches lists what I watch here.")
    WATCH_FULL = LocalizedPlural(
        "I watch {count} question in this chat, and that is the most; stop it with /watches.",
        "I watch {count} questions in this chat, and that is the most; stop one of them with /watches.",
    )
    WATCH_ADMINS_ONLY = Localized("Only administrators of this group choose which questions I watch here.")
    WATCHES_HEAD = Localized("I watch these questions here:")
    WATCHES_NONE = Localized("I watch no question here. /watch and a question starts that.")
    WATCH_STOPPED = Localized("I watch “{question}” no longer.")
    NOTICE = Localized("You watch: “{question}”")
    NOTICE_MORE = LocalizedPlural(
        "And one more: it answers what you watch, too. /articles lists it.",
        "And {count} more answer what you watch, too. /articles lists them.",
    )

    VERIFIED_ALL = LocalizedPlural(
        "Checked again: the cited sentence stands in the article, word for word.",
        "Checked again: {count} of {count} cited sentences stand in the article, word for word.",
    )
    VERIFIED_SOME = LocalizedPlural(
        "Checked again; the cited sentence no longer holds:",
        "Checked again; {bad} of {count} cited sentences no longer hold:",
    )
    FOUND: ClassVar[Mapping[str, str]] = {
        "unknown": translatable("“{title}” was removed here, so its words cannot be checked any more."),
        "orphaned": translatable("The text of “{title}” has changed since."),
        "forged": translatable("What was kept of this answer is not what “{title}” says."),
        "misstated": translatable("What was kept about “{title}” is not so any more."),
        "superseded": translatable("“{title}” has a newer version and is no longer cited."),
        "withdrawn": translatable("“{title}” was withdrawn."),
        "embargoed": translatable("“{title}” is under embargo, so it is not cited yet."),
    }

    STATS = Localized(
        "Articles: {articles} · chats: {chats} · answers kept: {answers}\n"
        "Waiting: {waiting} updates · last poll: {poll:.0f} s ago · running for {hours:.1f} h"
    )

    UNAVAILABLE = Localized("The library cannot be searched just now; nothing was looked up. Try again in a minute.")
    NOT_ADDED = Localized("The library cannot be changed just now; nothing was added. Try again in a minute.")
    NOT_KEPT = Localized(
        "This could not be kept just now: its buttons do nothing, and a question after it stands alone. Ask it again."
    )
    SET_ASIDE = Localized(
        "A message of yours stopped me twice while I worked on it, so I have put it aside. "
        "Please send it in another form: shorter, or as a text file."
    )
    SOURCE_ERRORS: ClassVar[Mapping[str, str]] = {
        "SourceUnavailable": translatable(
            "{name}: it cannot be opened or fetched just now. Try again later, or send it as a file."
        ),
        "SourceTooLarge": translatable("{name}: it is larger than what is read here. Send the part that matters."),
        "UnsupportedFormat": translatable(
            "{name}: it is in no form that can be read here, or damaged. Send another form of it."
        ),
        "UnsupportedLanguage": translatable("{name}: it is not in English, and only English is read so far."),
        "EmptyArticle": translatable("{name}: it holds no sentence that could be cited. Send the text itself."),
        "BlockedAddress": translatable("{name}: its address is not on the public internet."),
    }
    """What is said of errors of a source in other languages than English, by their class."""

    BROKEN = Localized("Something went wrong here; the operator can find it under {error}.")
    QUIT = Localized("Nothing to leave here: just stop asking.")
    INLINE_EMPTY = Localized("Nothing found; open the bot")

    DESCRIPTION = Localized(
        "Ask a news article a question and get its own sentences back, quoted word for word and cited. "
        "Send a link or a file to add an article."
    )
    SHORT_DESCRIPTION = Localized("Answers in the article's own words, cited.")


wording = Wording()
