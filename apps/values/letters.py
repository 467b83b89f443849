"""Which characters are ignored, part words and stand alone, and what is the same letter: Unicode 14, written down.

The classes are ranges of a regular expression as both Python and PostgreSQL read them. They are written out and not
asked of a library or a locale, since the indexes of every database must be built by the same ones. Migrations read
them: a change of this file needs a migration that makes functions of other names, and indexes by them.
"""

# What shows nothing (Default_Ignorable_Code_Point): joiners, direction marks, variation selectors, tags, fillers.
INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Marks on Latin, Greek, Cyrillic, Hebrew, Arabic and Syriac letters, the tatweel, keycaps and skin tones. Marks of
# other scripts stay: most are vowels, and without them it would be another word.
MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u0640"
    r"\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0898-\u089f"
    r"\u08ca-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua672\ua674-\ua67d"
    r"\ua69e-\ua69f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
)
# Characters that compose with the one before them and are no MARKS: Hangul, kana, vowels of Indian scripts.
COMPOSING = (
    r"\u093c\u09be\u09d7\u0b3e\u0b56-\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5-\u0cd6\u0d3e\u0d57\u0dca\u0dcf\u0ddf"
    r"\u102e\u1161-\u1175\u11a8-\u11c2\u1b35\u3099-\u309a\U000110ba\U00011127\U0001133e\U00011357\U000114b0"
    r"\U000114ba\U000114bd\U000115af\U00011930"
)
# Letters of scripts that put no space between words: Han, kana, bopomofo, Yi, Thai, Lao, Khmer, Myanmar, Tai.
UNSPACED = (
    r"\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0edf\u1000-\u1049\u1050-\u109d\u1780-\u17d3\u17d7"
    r"\u17dc-\u17e9\u1950-\u19da\u1a20-\u1a99\u1aa7\ua9e0-\ua9fe\uaa60-\uaa76\uaa7a-\uaadd\u3005-\u3007"
    r"\u3021-\u302f\u3031-\u3035\u303b-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    r"\u31f0-\u31ff\u3400-\u4dbf\u4e00-\ua48c\uf900-\ufaff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
# Emoji and other pictures, arrows and shapes, each a word of its own.
SYMBOLS = (
    r"\u00a6\u00a9\u00ae\u00b0\u2190-\u23ff\u2440-\u245f\u2500-\u2767\u2794-\u27bf\u2900-\u297f\u2b00-\u2bff"
    r"\u3004\u3012-\u3013\u3020\u3030\u303d\u4dc0-\u4dff\U0001f000-\U0001faff"
)
# Beyond ASCII: punctuation, currency and mathematical signs, spaces and controls. Modifier letters, since most of them
# are apostrophes.
SIGNS = (
    r"\u0080-\u00a5\u00a7\u00ab\u00ac\u00b1-\u00bf\u00d7\u00f7\u02b9-\u02ff\u0375\u03f6\u0482\u055a-\u055f"
    r"\u0589-\u05c6\u05f3-\u061f\u066a-\u066d\u06d4\u06dd\u06de\u06e9\u06fd\u06fe\u0700-\u070f\u07f6-\u07f9"
    r"\u07fe\u07ff\u0830-\u083e\u085e\u0888\u0890\u0891\u08e2\u0964\u0965\u0970\u09f2\u09f3\u09fa\u09fb\u09fd"
    r"\u0a76\u0af0\u0af1\u0b70\u0bf3-\u0bfa\u0c77\u0c7f\u0c84\u0d4f\u0d79\u0df4\u0e3f\u0e4f\u0e5a\u0e5b"
    r"\u0f01-\u0f17\u0f1a-\u0f1f\u0f34\u0f36\u0f38\u0f3a-\u0f3d\u0f85\u0fbe-\u0fc5\u0fc7-\u0fda\u104a-\u104f"
    r"\u109e\u109f\u10fb\u1360-\u1368\u1390-\u1399\u1400\u166d\u166e\u1680\u169b\u169c\u16eb-\u16ed\u1735"
    r"\u1736\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u1940-\u1945\u19de-\u19ff\u1a1e\u1a1f\u1aa0-\u1aa6"
    r"\u1aa8-\u1aad\u1b5a-\u1b6a\u1b74-\u1b7e\u1bfc-\u1bff\u1c3b-\u1c3f\u1c7e\u1c7f\u1cc0-\u1cc7\u1cd3"
    r"\u2010-\u212e\u213a-\u214d\u214f\u218a\u218b\u2400-\u2426\u2768-\u2775\u27c0-\u2800\u2980-\u2aff"
    r"\u2ce5-\u2cea\u2cf9-\u2cfc\u2cfe\u2cff\u2d70\u2e00-\u2e2e\u2e30-\u3003\u3008-\u3011\u3014-\u301f\u3037"
    r"\u303e\u303f\u30a0\u30fb\u3190\u3191\u31c0-\u31e3\u327f\ua490-\ua4c6\ua4fe\ua4ff\ua60d-\ua60f"
    r"\ua673-\ua67e\ua6f2-\ua716\ua720\ua721\ua789\ua78a\ua828-\ua82b\ua836-\ua839\ua874-\ua877\ua8ce\ua8cf"
    r"\ua8f8-\ua8fa\ua8fc\ua92e\ua92f\ua95f\ua9c1-\ua9cd\ua9de\ua9df\uaa5c-\uaa5f\uaa77-\uaa79\uaade\uaadf"
    r"\uaaf0\uaaf1\uab5b\uab6a\uab6b\uabeb\ufbb2-\ufe46\ufff9-\ufffd"
)
# Letters that Unicode takes for letters of their own, and people without them on their keyboard do not.
SPELLED = {
    "\u00c6": "ae",
    "\u00e6": "ae",
    "\u0152": "oe",
    "\u0153": "oe",
    "\u00de": "th",
    "\u00fe": "th",
    "\u00df": "ss",
    "\u1e9e": "ss",
}
# Letters and their folded form: (first, last, step, distance). Capitals; letters with a stroke or hook that have no
# decomposition; the dotless i; final sigma; Persian and Arabic yeh, kaf and digits; typographic quotes and dashes.
# fmt: off
FOLDS = (
    (0x00D0, 0x00D0, 1, -108), (0x00D8, 0x00D8, 1, -105), (0x00F0, 0x00F0, 1, -140), (0x00F8, 0x00F8, 1, -137),
    (0x0110, 0x0110, 1, -172), (0x0111, 0x0111, 1, -173), (0x0126, 0x0126, 1, -190), (0x0127, 0x0127, 1, -191),
    (0x0131, 0x0131, 1, -200), (0x0138, 0x0138, 1, -205), (0x0141, 0x0141, 1, -213), (0x0142, 0x0142, 1, -214),
    (0x014A, 0x014A, 1, -220), (0x014B, 0x014B, 1, -221), (0x0166, 0x0166, 1, -242), (0x0167, 0x0167, 1, -243),
    (0x0181, 0x0181, 1, -287), (0x0182, 0x0184, 2, 1), (0x0186, 0x0186, 1, 206), (0x0187, 0x0187, 1, 1),
    (0x0189, 0x0189, 1, 205), (0x018A, 0x018A, 1, -294), (0x018B, 0x018B, 1, 1), (0x018E, 0x018E, 1, 79),
    (0x018F, 0x018F, 1, 202), (0x0190, 0x0190, 1, 203), (0x0191, 0x0191, 1, 1), (0x0193, 0x0193, 1, 205),
    (0x0194, 0x0194, 1, 207), (0x0196, 0x0196, 1, 211), (0x0197, 0x0197, 1, 209), (0x0198, 0x0198, 1, -301),
    (0x0199, 0x0199, 1, -302), (0x019C, 0x019C, 1, 211), (0x019D, 0x019D, 1, 213), (0x019F, 0x019F, 1, 214),
    (0x01A2, 0x01A4, 2, 1), (0x01A6, 0x01A6, 1, 218), (0x01A7, 0x01A7, 1, 1), (0x01A9, 0x01A9, 1, 218),
    (0x01AC, 0x01AC, 1, 1), (0x01AE, 0x01AE, 1, 218), (0x01B1, 0x01B2, 1, 217), (0x01B3, 0x01B3, 1, -314),
    (0x01B4, 0x01B4, 1, -315), (0x01B5, 0x01B5, 1, 1), (0x01B7, 0x01B7, 1, 219), (0x01B8, 0x01B8, 1, 1),
    (0x01BC, 0x01BC, 1, 1), (0x01E4, 0x01E4, 1, 1), (0x01F6, 0x01F6, 1, -97), (0x01F7, 0x01F7, 1, -56),
    (0x021C, 0x021C, 1, 1), (0x0220, 0x0220, 1, -130), (0x0222, 0x0224, 2, 1), (0x023A, 0x023A, 1, 10795),
    (0x023B, 0x023B, 1, 1), (0x023D, 0x023D, 1, -163), (0x023E, 0x023E, 1, 10792), (0x0241, 0x0241, 1, 1),
    (0x0243, 0x0243, 1, -195), (0x0244, 0x0244, 1, 69), (0x0245, 0x0245, 1, 71), (0x0246, 0x024E, 2, 1),
    (0x0253, 0x0253, 1, -497), (0x0257, 0x0257, 1, -499), (0x02BB, 0x02BB, 1, -660), (0x02BC, 0x02BC, 1, -661),
    (0x0370, 0x0372, 2, 1), (0x0376, 0x0376, 1, 1), (0x037F, 0x037F, 1, 116), (0x0391, 0x03A1, 1, 32),
    (0x03A3, 0x03A9, 1, 32), (0x03C2, 0x03C2, 1, 1), (0x03CF, 0x03CF, 1, 8), (0x03D8, 0x03EE, 2, 1),
    (0x03F7, 0x03F7, 1, 1), (0x03FA, 0x03FA, 1, 1), (0x03FD, 0x03FF, 1, -130), (0x0402, 0x0404, 2, 80),
    (0x0405, 0x0406, 1, 80), (0x0408, 0x040B, 1, 80), (0x040F, 0x040F, 1, 80), (0x0410, 0x0418, 1, 32),
    (0x041A, 0x042F, 1, 32), (0x0460, 0x0474, 2, 1), (0x0478, 0x0480, 2, 1), (0x048A, 0x04BE, 2, 1),
    (0x04C0, 0x04C0, 1, 15), (0x04C3, 0x04CD, 2, 1), (0x04D4, 0x04D4, 1, 1), (0x04D8, 0x04D8, 1, 1),
    (0x04E0, 0x04E0, 1, 1), (0x04E8, 0x04E8, 1, 1), (0x04F6, 0x04F6, 1, 1), (0x04FA, 0x052E, 2, 1),
    (0x0531, 0x0556, 1, 48), (0x0649, 0x0649, 1, 1), (0x0660, 0x0669, 1, -1584), (0x06A9, 0x06A9, 1, -102),
    (0x06CC, 0x06CC, 1, -130), (0x06F0, 0x06F9, 1, -1728), (0x10A0, 0x10C5, 1, 7264), (0x10C7, 0x10C7, 1, 7264),
    (0x10CD, 0x10CD, 1, 7264), (0x13F8, 0x13FD, 1, -8), (0x1C80, 0x1C80, 1, -6222), (0x1C81, 0x1C81, 1, -6221),
    (0x1C82, 0x1C82, 1, -6212), (0x1C83, 0x1C84, 1, -6210), (0x1C85, 0x1C85, 1, -6211), (0x1C86, 0x1C86, 1, -6204),
    (0x1C87, 0x1C87, 1, -6180), (0x1C88, 0x1C88, 1, 35267), (0x1C90, 0x1CBA, 1, -3008), (0x1CBD, 0x1CBF, 1, -3008),
    (0x1EFA, 0x1EFE, 2, 1), (0x2010, 0x2010, 1, -8163), (0x2012, 0x2012, 1, -8165), (0x2013, 0x2013, 1, -8166),
    (0x2014, 0x2014, 1, -8167), (0x2015, 0x2015, 1, -8168), (0x2018, 0x2018, 1, -8177), (0x2019, 0x2019, 1, -8178),
    (0x201B, 0x201B, 1, -8180), (0x201C, 0x201C, 1, -8186), (0x201D, 0x201D, 1, -8187), (0x201F, 0x201F, 1, -8189),
    (0x2132, 0x2132, 1, 28), (0x2183, 0x2183, 1, 1), (0x2212, 0x2212, 1, -8677), (0x2C00, 0x2C2F, 1, 48),
    (0x2C60, 0x2C60, 1, 1), (0x2C62, 0x2C62, 1, -10743), (0x2C63, 0x2C63, 1, -3814), (0x2C64, 0x2C64, 1, -10727),
    (0x2C67, 0x2C6B, 2, 1), (0x2C6D, 0x2C6D, 1, -10780), (0x2C6E, 0x2C6E, 1, -10749), (0x2C6F, 0x2C6F, 1, -10783),
    (0x2C70, 0x2C70, 1, -10782), (0x2C72, 0x2C72, 1, 1), (0x2C75, 0x2C75, 1, 1), (0x2C7E, 0x2C7F, 1, -10815),
    (0x2C80, 0x2CE2, 2, 1), (0x2CEB, 0x2CED, 2, 1), (0x2CF2, 0x2CF2, 1, 1), (0xA640, 0xA66C, 2, 1),
    (0xA680, 0xA69A, 2, 1), (0xA722, 0xA72E, 2, 1), (0xA732, 0xA76E, 2, 1), (0xA779, 0xA77B, 2, 1),
    (0xA77D, 0xA77D, 1, -35332), (0xA77E, 0xA786, 2, 1), (0xA78B, 0xA78B, 1, 1), (0xA78D, 0xA78D, 1, -42280),
    (0xA790, 0xA792, 2, 1), (0xA796, 0xA7A8, 2, 1), (0xA7AA, 0xA7AA, 1, -42308), (0xA7AB, 0xA7AB, 1, -42319),
    (0xA7AC, 0xA7AC, 1, -42315), (0xA7AD, 0xA7AD, 1, -42305), (0xA7AE, 0xA7AE, 1, -42308),
    (0xA7B0, 0xA7B0, 1, -42258), (0xA7B1, 0xA7B1, 1, -42282), (0xA7B2, 0xA7B2, 1, -42261), (0xA7B3, 0xA7B3, 1, 928),
    (0xA7B4, 0xA7C2, 2, 1), (0xA7C4, 0xA7C4, 1, -48), (0xA7C5, 0xA7C5, 1, -42307), (0xA7C6, 0xA7C6, 1, -35384),
    (0xA7C7, 0xA7C9, 2, 1), (0xA7D0, 0xA7D0, 1, 1), (0xA7D6, 0xA7D8, 2, 1), (0xA7F5, 0xA7F5, 1, 1),
    (0xAB70, 0xABBF, 1, -38864), (0x10400, 0x10427, 1, 40), (0x104B0, 0x104D3, 1, 40), (0x10570, 0x1057A, 1, 39),
    (0x1057C, 0x1058A, 1, 39), (0x1058C, 0x10592, 1, 39), (0x10594, 0x10595, 1, 39), (0x10C80, 0x10CB2, 1, 64),
    (0x118A0, 0x118BF, 1, 32), (0x16E40, 0x16E5F, 1, 32), (0x1E900, 0x1E921, 1, 34),
)
# fmt: on
