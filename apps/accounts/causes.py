"""Why a token was refused, in words for staff; the log has the names of PyJWT's errors, which stand behind them."""

WORDS = {
    "DecodeError": "no token at all",
    "ImmatureSignatureError": "not good yet",
    "InvalidAlgorithmError": "signed in a way that is not taken",
    "InvalidAudienceError": "made for another application",
    "InvalidIssuedAtError": "issued in the future",
    "InvalidIssuerError": "made by somebody else",
    "InvalidSignatureError": "wrong signature",
    "InvalidSubjectError": "names no person",
    "InvalidTokenError": "broken",
    "MissingRequiredClaimError": "lacks a claim",
}


def in_words(cause: str) -> str:
    return f"{WORDS[cause]} ({cause})" if cause in WORDS else cause
