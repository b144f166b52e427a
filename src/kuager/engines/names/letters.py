"""How letters and letter groups of each alphabet sound, in one plain alphabet of 23 letters.

The plain alphabet is lower-case ASCII, so that every database compares it alike: ``j`` is ж, ``q`` is ч,
``w`` is ш, ``h`` is х, ``c`` is ц; ``y`` is the glide й, which becomes a vowel or disappears when a skeleton
is finished.
"""

CYRILLIC = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e",
    "є": "e", "э": "e", "ж": "j", "җ": "j", "ҷ": "j", "з": "z", "и": "i", "ӣ": "i", "й": "y", "ј": "y",
    "і": "i", "ї": "i", "ы": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o",
    "ө": "o", "п": "p", "р": "r", "с": "s", "ѕ": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ӯ": "u",
    "ў": "u", "ф": "f", "х": "h", "һ": "h", "ҳ": "h", "ц": "c", "ч": "q", "ш": "w", "щ": "w", "ъ": "",
    "ь": "", "ю": "yu", "я": "ya", "ҝ": "g", "ҹ": "j", "ђ": "j", "ћ": "q", "љ": "l", "њ": "n", "џ": "j",
}  # fmt: skip

# Letters beyond a-z. What is missing here loses its accent and is read as the bare letter.
LATIN_LETTERS = {
    "ä": "a", "ə": "V", "ç": "q", "č": "q", "ć": "q", "ğ": "g", "ı": "i", "ş": "w", "š": "w", "ś": "w",
    "ș": "w", "ž": "j", "ż": "j", "ł": "l", "ø": "o", "ß": "s", "đ": "d", "ŋ": "n", "q": "k", "j": "J",
    "w": "W", "c": "C", "x": "X", "ý": "U",
}  # fmt: skip

# Longest first; "<" stands for a consonant before the group, "ei>" for e or i after it, "-h" for no h and
# "-v" for no v after it. English, German, Polish, French, Dutch and Turkish habits of writing one sound; the
# drafts of a Kazakh alphabet of 2017 wrote ш, ч and у with an apostrophe (s' may also be a soft s), or ә, ө
# and ү as ae, oe and ue.
LATIN_GROUPS = (
    ("s'", "S"), ("c'", "q"), ("y'", "u"),
    ("schtsch", "w"), ("sjtsj", "w"), ("chtch", "w"), ("shch", "w"), ("szcz", "w"), ("tsch", "K"),
    ("dsch", "j"), ("sch", "P"), ("dzh", "j"), ("dzj", "j"), ("tch", "q"), ("tsj", "q"), ("tsh", "tw"),
    ("tzh", "tj"), ("dž", "j"), ("dj", "D"), ("zh", "j"), ("zj", "j"), ("jj", "j"), ("sj", "B"), ("ch", "H"),
    ("cz", "q"), ("sz", "w"), ("sh", "w"), ("kh", "h"), ("gh", "g"), ("ng-h", "N"), ("guei>", "Z"),
    ("ts", "c"), ("tz", "c"), ("<ja", "G"), ("<ya", "A"), ("ia", "I"), ("ya", "ya"), ("yu", "yu"),
    ("iu", "yu"), ("ou", "u"), ("ae-v", "M"), ("oe", "O"), ("ue", "F"), ("oo", "o"), ("ie", "e"), ("ye", "e"),
    ("yo", "Y"), ("ph", "f"), ("ck", "k"), ("ii", "i"), ("iy", "i"), ("yi", "i"), ("ee", "E"), ("aa", "a"),
)  # fmt: skip

# A capital stands for a letter that different spellers use for different sounds: every reading is kept.
LATIN_READINGS: dict[str, tuple[str, ...]] = {
    "J": ("j", "y"), "W": ("u", "v"), "C": ("k", "j", "c", "q"), "X": ("h", "ks"), "O": ("oe", "u"),
    "E": ("e", "i"), "Y": ("e", "yo"), "D": ("j", "dj"), "H": ("q", "h", "w"), "S": ("s", "w"),
    "U": ("u", "y"), "P": ("w", "j"), "B": ("w", "sj"), "N": ("ng", "n"), "Z": ("gu", "g"),
    "G": ("ja", "a", "ia"), "A": ("a", "ia"), "I": ("ia", "a"), "K": ("q", "tj"), "F": ("ue", "u"),
    "M": ("ae", "a"), "V": ("a", "e"), "L": ("g", "k"),
}  # fmt: skip

ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "j",
    "چ": "q", "ح": "h", "خ": "h", "د": "d", "ذ": "z", "ر": "r", "ز": "z", "ژ": "j", "س": "s", "ش": "w",
    "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "غ": "g", "ف": "f", "ق": "k", "ك": "k", "ک": "k",
    "گ": "g", "ڭ": "n", "ڤ": "v", "ۈ": "u",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "ھ": "h", "ە": "e", "ة": "a", "و": "U",
    "ۇ": "u", "ۋ": "U", "ۆ": "V", "ؤ": "u", "ي": "i", "ی": "i", "ى": "i", "ې": "e", "ئ": "", "ء": "",
}  # fmt: skip

# Two letters of one sound: ч, ц and дж in Arabic newspapers, ц in Kazakh written with Arabic letters.
ARABIC_GROUPS = {"تش": "q", "تس": "c", "دج": "j"}

# Kazakh written with Arabic letters uses ain for ғ; Arabic names lose it or keep a vowel.
# Waw is a vowel or a consonant; one letter is в in Kazakh and ö in Uyghur.
ARABIC_READINGS: dict[str, tuple[str, ...]] = {"ع": ("a", "g", ""), "U": ("u", "v"), "V": ("v", "o")}

VOWELS = frozenset("aeiou")

# Alphabets met in newspapers about the Caucasus and the Levant, letter by letter.
FURTHER = {
    "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "i", "թ": "t", "ժ": "j",
    "ի": "i", "լ": "l", "խ": "h", "ծ": "c", "կ": "k", "հ": "h", "ձ": "z", "ղ": "g", "ճ": "q", "մ": "m",
    "յ": "y", "ն": "n", "շ": "w", "ո": "o", "չ": "q", "պ": "p", "ջ": "j", "ռ": "r", "ս": "s", "վ": "v",
    "տ": "t", "ր": "r", "ց": "c", "ւ": "u", "փ": "p", "ք": "k", "օ": "o", "ֆ": "f", "և": "ev",
    "ა": "a", "ბ": "b", "გ": "g", "დ": "d", "ე": "e", "ვ": "v", "ზ": "z", "თ": "t", "ი": "i", "კ": "k",
    "ლ": "l", "მ": "m", "ნ": "n", "ო": "o", "პ": "p", "ჟ": "j", "რ": "r", "ს": "s", "ტ": "t", "უ": "u",
    "ფ": "f", "ქ": "k", "ღ": "g", "ყ": "k", "შ": "w", "ჩ": "q", "ც": "c", "ძ": "z", "წ": "c", "ჭ": "q",
    "ხ": "h", "ჯ": "j", "ჰ": "h",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "t", "ι": "i", "κ": "k",
    "λ": "l", "μ": "m", "ν": "n", "ξ": "ks", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
    "υ": "i", "φ": "f", "χ": "h", "ψ": "ps", "ω": "o",
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "u", "ז": "z", "ח": "h", "ט": "t", "י": "i",
    "כ": "k", "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "a", "פ": "p",
    "ף": "f", "צ": "c", "ץ": "c", "ק": "k", "ר": "r", "ש": "w", "ת": "t",
}  # fmt: skip
