"""Why a login did not let somebody in, in words: one sentence for the person whom it concerns.

It may not hold anything that a client or a provider sent.
"""

from nightlatch.core import freshness

_REASONS = {
    "unknown_user": "There is nobody of that name here.",
    "second_factor": "That is not the code of the second factor.",
    "second_factor_missing": "This page needs a second factor: give its code.",
    "no_state": "This answer belongs to no login that was begun here.",
    "unknown_state": "This login was completed already, or it took too long.",
    "foreign_state": "This login was begun in another browser.",
    "issuer": "The answer came from another identity provider than the one that was asked.",
    "no_code": "The identity provider sent neither a code nor an error.",
    "provider_error": "The identity provider did not log you in.",
    "access_denied": "The identity provider says that you declined, or are not allowed in.",
    "provider_down": "The identity provider cannot be reached at the moment.",
    "code_refused": "The identity provider does not know the code that it gave out.",
    "id_token": "What the identity provider says of you cannot be verified.",
    "nonce": "What the identity provider says of you was meant for another login.",
    "no_subject": "The identity provider does not say who you are.",
    "too_many_sessions": "You are logged in elsewhere as often as this site allows. Log out there first.",
    "barred": "The identity provider has ended this session of yours.",
    "acr": "You are logged in, but not as strongly as this page needs, and the identity provider did not offer more.",
    "amr": "You are logged in, but not by the method that this page needs, and the identity provider did not use it.",
    "still_asked": "You logged in, and the page that you came from asks for a login all the same. Its rule may ask "
    "for more than can be given.",
    freshness.MISSING: "You were to prove anew who you are, and the identity provider does not say whether you did.",
    freshness.FUTURE: "The identity provider says that you proved who you are at a time that has not come: "
    "its clock, or this one's, is wrong.",
    freshness.STALE: "You were to prove anew who you are, and the identity provider sent you back without asking.",
    freshness.SPENT: "You were to prove anew who you are, and the identity provider sent you back without asking: "
    "it is still the login of a session that has ended.",
}

SILENT = frozenset({freshness.MISSING, freshness.STALE, freshness.SPENT})
"""Reasons that mean: no fresh authentication was given (`login.silent`)."""


def login_sentence(reason: str) -> str:
    """The sentence for a login that failed for `reason`, a short code."""
    return _REASONS.get(reason, "The login did not succeed.")
