"""Books of notes for tools/bench: the same bytes from the same seed on every machine.

The prose is a word chain of order two over about 3 MB of text, and that text is itself a chain over PROSE whose content words
are exchanged for others with the same ending, from a lexicon that morphology makes of PROSE's stems. So it packs as notes in
English do, and 5,000 notes repeat themselves as a chain over a real text of that size would. Needs the standard library only.

usage: tools/bench_book.py COUNT [DIR]   says how the book packs; with DIR, writes it there
"""

import lzma
import pathlib
import random
import re
import sys
import typing
import zlib

SEED = "valise bench 1"
SOURCE_BYTES = 3_000_000
# How much of the source is exchanged or invented; chosen so that 60 notes pack like the book of systems.md.
EXCHANGED, NUMBERED, JUMPS = 0.80, 0.08, 0.50
# Words of an ending: at most, and beside each one of PROSE; how many have a stem blended of two; the exponent of Zipf's law.
LEXICON, FACTOR, BLENDED, ZIPF = 4_000, 40, 0.60, 0.20
# Letters at the end of a word that decide which words of PROSE may follow it in the source.
TAIL = 4

PROSE = """
The delegation arrives in the late morning and goes directly from the airport to the residence, where the ambassador waits with the list
of those who will sit at the table. Nobody from the press is admitted before the handshake, and the photographers leave the room as soon as
the first remarks have been interpreted. A bilateral meeting of forty minutes is short when every sentence is spoken twice, so the points
must fit on one page, and the background belongs in an annex that can be read in the car. The host has asked that no paper be exchanged
during the conversation itself; documents are handed over afterwards between the two cabinets, and each side keeps its own record of what
was agreed.

When the motorcade leaves the palace, the advance team at the next site has to know within a minute. Radio coverage along the river is
poor, and two of the tunnels on the northern route have none at all, which is why the schedule on every laptop must be complete before the
first vehicle moves. A movement that starts ten minutes late pushes the wreath laying against the minute of silence, and that minute
cannot be moved by anyone. If the ministers are delayed, the spouse's program continues as planned, and the scheduler decides alone whether
the afternoon briefing is shortened or cancelled.

The position of the department on the treaty has not changed since the spring session. We support a verification regime that does not
depend on the goodwill of the inspected party, we reject any linkage between the humanitarian corridor and the lifting of sanctions, and we
expect the commission to publish its findings in full. Our partners in the region are divided: some would accept a transitional arrangement
with international observers, others insist on elections before the withdrawal of foreign forces. The minister is likely to raise the
question of fisheries again. He should be heard out, thanked for his candour, and told that experts will meet before the end of the month.

A statement on background may be attributed to a senior official, and never to the person by name or by office. Deep background means that
the information can be used without any attribution whatsoever, on the authority of the reporter alone. What is off the record stays in the
room. Before a quotation is released, the press officer compares it with the recording, marks every word that was supplied by the
interpreter, and obtains the approval of the speaker where the sense is disputed. An embargo ends with the event to which it was tied, not
with the hour that was printed on the advisory, because events run late and advisories do not.

Synchronization between the laptops works without a central clock. Each device signs the changes that it has made, numbers them in
sequence, and remembers which changes of the others it had seen at that moment. Two edits are concurrent when neither of them knew of the
other. The server stores the encoded changes in the order of their arrival, confirms them once they are safely on disk, and forwards them to
whoever asks next. It neither merges nor interprets them, and an administrator who reads its database learns nothing that the members of
the delegation would not have told him. A connection that breaks in the middle of a transfer costs nothing but the bytes that were under
way; the client reconnects, announces how far it had come, and continues from there.

Compression is applied to columns of similar values rather than to whole records. The positions of consecutive insertions differ by small
amounts, the lengths of deletions are mostly one, and the identifiers of authors repeat for long stretches, so that a simple encoding of the
runs removes most of the redundancy before the general algorithm has to look at it. Text is different: it is written once, rarely repeats
itself within a paragraph, and fills the greater part of every file. For a large collection the dictionary of the compressor must reach
further back than a few thousand characters, otherwise common headings, standing phrases and the names of participants are transmitted again
with every document. The decoder checks the length of each section before it allocates memory, and refuses whatever exceeds the limits that
the specification has set.

The economic chapter of the talks covers three subjects: supply of critical minerals, taxation of digital services, and the financing of
vaccine production in countries with lower incomes. On minerals, a joint inventory of processing capacity could be announced without further
consultation. On taxation, both administrations wait for the outcome of the multilateral negotiations, and neither wishes to be seen
retreating first. On vaccines, the foundation has offered to guarantee purchases for five years if governments share the risk of unsuccessful
trials; the treasury considers this offer generous but incomplete, since liability and intellectual property remain unresolved. The adviser
for health recommends accepting it in principle and leaving the remainder to lawyers.

Security at the forum is organised in three rings. The outer ring is controlled by the prefecture, the middle one by the organisers, and the
inner one by the protective services of the respective delegations, who do not share a frequency. Accreditation is checked at each
passage. Interpreters, technicians and medical personnel enter through the eastern gate, where bags are opened and telephones are collected.
The holding room on the second floor has a secure line, a printer without memory, and one window that must remain closed. In an evacuation
the principal leaves by the kitchen staircase; the remaining staff assemble in the courtyard, are counted, and walk to the embassy, which is
eleven minutes away.

Precedence follows the date on which credentials were presented, except at the dinner, where the host seats guests according to the themes of
the conversation that he intends to lead. Gifts are registered before departure and valued on return. The toast lasts two minutes, mentions the
shared history of both nations, avoids any reference to the recent disagreement, and ends with the name of the host and not with that of the
country. Dietary requirements were sent to the household last week: one guest eats no shellfish, two keep fasting hours, and the chairman of
the parliamentary committee prefers tea to wine. Should the evening run beyond eleven, cars wait at the side entrance, and the press pool is
released with the words that nothing further is expected.

An experienced negotiator writes down what the other side did not say. Silence about the border commission after three rounds of pressing
was worth more than the paragraph on friendship in the communique, and the sudden interest in reservoir levels explained why the engineers
had been added to their list. Reports of this kind are short, dated, and distributed to named readers only. They separate observation from
judgement, they give the source of each fact together with a view of its reliability, and they state plainly what remains unknown. A reader in a
hurry takes the first two lines; a successor, years later, will be grateful for the rest.

Refugees, migrants and seasonal workers cross the same bridge, but they fall under different conventions, and confusing the terms in public has
legal consequences. The mission maintains a register of cases in which consular assistance was refused, visits detention centres without
announcement, and reports to the council every quarter. Its mandate expires in December. Renewal requires nine votes and no objection from a
permanent member; the most recent soundings suggest that an extension by six months is attainable, provided that paragraphs about maritime
interception are moved to the preamble. The coordinator in the capital believes that a technical rollover would be less harmful than a public
failure, while humanitarian organisations warn that every extension without inspection rights makes the next inspection harder.

Satellite observation, undersea cables and the allocation of orbital slots were once the business of specialists. Now they appear in every
opening address. The working group proposes common standards for notification when objects are launched, moved or abandoned, an exchange of
warnings before close approaches, and voluntary restraint in tests that create debris. Commercial operators were consulted and raised two
objections: notification twenty days ahead reveals customers, and a registry kept by one government would be trusted by none. A neutral
secretariat, financed by contributions in proportion to launches, might answer both. Until that exists, ministers can welcome the principles,
encourage their adoption, and ask officials to return with a budget.

Whoever maintains the book closes each day in the same manner. Open questions receive an owner and a date. Notes that were cleared are
marked with the initials of the person who cleared them, and notes that changed after clearance lose those initials without exception. Names are
spelled as their bearers spell them, times carry the zone in which they were promised, and a rumour is entered as a rumour. Then the laptops are
synchronised over whatever connection the hotel provides, conflicts are settled by the officer responsible for the subject, and the morning
edition is printed, folded, and placed in the leather case that gave this whole arrangement its name.
"""

COMMON = set(
    """about after afterwards again against ahead alone also although among an and another any anyone are around as asks at away back be
    because been before between both but by cannot could day did differ does during each every except few first five for forty from further gave had has have he
    him his host how if in into is it its itself less likely list lower made makes may might minute minutes moment month more most
    much must name names neither never next nine no nobody none nor not nothing now of off on once one only open opened or other others otherwise
    our out over own poor quarter rarely rather remain remaining same seen set short should side since so some soon such ten than thanked that
    the their them themselves then there they this those three through to together twenty twice two under until was way we week were what whatever whatsoever
    when where whether which while who whoever why will with within without words would years yet eleven""".split())
ENDINGS = ("ations", "ation", "ments", "ment", "ities", "ity", "ings", "ing", "ers", "er", "ies", "ed", "ly", "al", "ive", "ance", "ence",
           "ure", "ant", "ous", "es", "s", "")
PREFIXES = ("re", "un", "pre", "inter", "co", "sub", "counter", "non", "over", "out", "fore", "trans", "mid", "de", "under")
KINDS = ("points", "background", "defensive")
OWNERS = ("policy officer", "press officer", "scheduler", "chief of staff", "economic adviser", "health adviser", "military aide")
HEADINGS = ("Background", "Points", "If asked", "What we know", "What we do not know", "Next steps", "History", "Positions of the others",
            "Sequence", "Open questions", "Press", "Security", "Logistics", "Economy")
WORD = re.compile(r"^(\W*)([A-Za-z]+(?:-[a-z]+)*)(.*)$")


def pick(rng, things):
    # Of all its methods, Python promises only of random() that a seed always gives the same numbers.
    return things[int(rng.random() * len(things))]


def ending(word):
    return next(e for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= 4 or not e)


def is_content(word):
    return len(word) >= 5 and word.lower() not in COMMON


def lexicon(rng):
    """For each ending, words of PROSE and others like them, the frequent ones first."""
    content = sorted({m[2].lower() for m in map(WORD.match, PROSE.split()) if m and is_content(m[2])})
    stems = sorted({w[:len(w) - len(ending(w))] for w in content})
    words = {e: [w for w in content if ending(w) == e] for e in ENDINGS}
    for e, own in words.items():
        seen = set(own)
        wanted = min(LEXICON, FACTOR * len(own) + 60) if e else LEXICON
        while len(own) < wanted:
            stem = pick(rng, stems)
            if rng.random() < BLENDED:
                other = pick(rng, stems)
                stem = stem[:len(stem) // 2 + 1] + other[len(other) // 2:]
            word = (pick(rng, PREFIXES) if rng.random() < 0.2 else "") + stem + e
            if word not in seen:
                seen.add(word)
                own.append(word)
        rank = {w: rng.random() for w in own}
        own.sort(key=rank.get)
    return words


def number(rng):
    shape = pick(rng, ("{a}", "{a}", "{h}:{m}", "{d} November", "room {a}", "paragraph {h}", "{a}.{h}", "({d})", "article {d}", "$ {a},000"))
    return shape.format(a=int(900 * rng.random()) + 7, h=int(14 * rng.random()) + 8, m=pick(rng, ("00", "15", "30", "40", "45")),
                      d=int(30 * rng.random()) + 1)


def source(rng):
    """About SOURCE_BYTES of text as a list of words with their punctuation."""
    words = lexicon(rng)
    prose = PROSE.split()
    follows = {}
    for word, after in zip(prose, prose[1:] + prose[:1]):
        follows.setdefault(word[-TAIL:], []).append(after)
    at, out, size = prose[0], [], 0
    while size < SOURCE_BYTES:
        match = WORD.match(at)
        word = at
        if match and is_content(match[2]) and rng.random() < EXCHANGED:
            own = words[ending(match[2].lower())]
            new = own[int(len(own) * rng.random() ** (1 / (1 - ZIPF)))]
            word = match[1] + (new.capitalize() if match[2][0].isupper() else new) + match[3]
        out.append(word)
        size += len(word.encode()) + 1
        if word[-1] not in ".,;:" and rng.random() < NUMBERED:
            out.append(number(rng))
            size += len(out[-1]) + 1
        jump = rng.random() < JUMPS
        at = pick(rng, prose) if jump else pick(rng, follows[at[-TAIL:]])
    return out


class Prose:
    """The chain of order two over a source."""

    def __init__(self, seed=SEED):
        self.words = source(random.Random(seed + " source"))
        places = {}
        for i in range(len(self.words) - 2):
            places.setdefault((self.words[i], self.words[i + 1]), []).append(i + 2)
        self.places = places
        self.starts = [i + 1 for i in range(len(self.words) - 4) if self.words[i].endswith(".") and self.words[i + 1][0].isupper()]

    def passage(self, rng, length):
        """About that many characters on one line."""
        words, places = self.words, self.places
        i = pick(rng, self.starts)
        out, size = [words[i], words[i + 1]], len(words[i]) + len(words[i + 1]) + 1
        while size < length:
            choices = places.get((out[-2], out[-1]))
            word = words[pick(rng, choices if choices else self.starts)]
            out.append(word)
            size += len(word) + 1
        return " ".join(out).rstrip(".,;:") + "."

    def title(self, rng):
        return re.sub(r"[^\w\- ]", "", self.passage(rng, 24)).strip().capitalize()


class Note(typing.NamedTuple):
    path: str
    text: str


def book(count, seed=SEED):
    """The first `count` notes of the one book of that seed."""
    prose = Prose(seed)
    return [made(prose, i, random.Random(f"{seed} note {i}")) for i in range(count)]


def made(prose, index, rng):
    title = prose.title(rng)
    slug = re.sub(r"[^a-z]+", "-", title.lower())[:40].strip("-")
    day = int(rng.random() * 27) + 1
    about = ", ".join(f'"[[{re.sub("[^a-z]+", "-", prose.title(rng).lower()).strip("-")}]]"' for _ in range(2))
    lines = ["---", f"title: {title}", f"brief: {pick(rng, KINDS)}", f"about: [{about}]", f"author: {pick(rng, OWNERS)}",
             f"due: 2021-11-{day:02}", f"tags: [{pick(rng, OWNERS).split()[0]}, {pick(rng, KINDS)}]"]
    if rng.random() < 0.3:
        lines.append("# To be cleared before it is printed.")
    lines += ["---", f"# {title}", "", prose.passage(rng, 470)]
    for _ in range(3):
        lines += ["", f"## {pick(rng, HEADINGS)}", ""]
        for _ in range(2):
            lines += [prose.passage(rng, 350 + 180 * rng.random()), ""]
        lines += [f"- {prose.passage(rng, 55 + 85 * rng.random())}" for _ in range(4)]
    lines += ["", prose.passage(rng, 470)]
    return Note(f"notes/{index:04}-{slug}.md", "\n".join(lines) + "\n")


def packing(notes, with_xz=False):
    """How the notes pack: bytes raw, in one zlib stream, each by itself, and in one xz stream."""
    texts = [note.text.encode() for note in notes]
    whole = b"".join(texts)
    alone = sum(len(zlib.compress(text, 6)) for text in texts)
    figures = {"notes": len(notes), "raw": len(whole), "zlib": len(zlib.compress(whole, 6)), "zlib_each": alone}
    if with_xz:
        figures["xz"] = len(lzma.compress(whole, preset=6))
    return figures


def write(notes, folder):
    for note in notes:
        path = pathlib.Path(folder, note.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(note.text.encode())


def main(count, folder=None):
    notes = book(int(count))
    figures = packing(notes, with_xz=True)
    for name, size in figures.items():
        print(f"{name:10} {size:11,}" + (f"  {size / figures['raw']:.4f}" if name != "notes" else ""))
    if folder:
        write(notes, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
