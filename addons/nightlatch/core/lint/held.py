"""What standards ask of session handling that no policy can weaken, because the guard does it itself.

The relations that are left when those between limits are judged: said here once, so that a review can name them.
"""

from typing import NamedTuple


class Held(NamedTuple):
    """Something that nightlatch holds whatever the policy says, and the clauses that ask for it."""

    what: str
    clause: str


HELD = (
    Held("a refreshed token or a rotated credential never moves absolute", "RFC 9470, 6.1; OWASP ASVS 5.0.0, 10.4.8"),
    Held(
        "limits are kept in the ledger; nothing that a client sends lengthens a session",
        "OWASP SMCS, Idle Timeout; OWASP WSTG, WSTG-SESS-07; NIST SP 800-63B-4, 5.1.1(4)",
    ),
    Held("credentials are 256 random bits", "OWASP ASVS 5.0.0, 7.2.3; NIST SP 800-63B-4, 5.1(2)"),
    Held("every login brings a new credential", "OWASP ASVS 5.0.0, 7.2.4; OWASP WSTG, WSTG-SESS-03"),
    Held(
        "its cookie is HttpOnly, SameSite=Lax, Path=/, without Domain, and __Host- with Secure on https",
        "NIST SP 800-63B-4, 5.1.1; OWASP ASVS 5.0.0, 3.3.1 to 3.3.4; RFC 6265bis, 5.5",
    ),
    Held(
        "credentials are stored and logged as keyed hashes; every end is an event, in UTC",
        "OWASP ASVS 5.0.0, 16.2.2 and 16.2.5; OWASP SMCS, Logging; DISA ASD STIG V6R4, V-222445",
    ),
    Held("what cannot be judged is refused", "OWASP ASVS 5.0.0, 16.5.3"),
    Held("every 401 carries a challenge, with an error code only for a credential", "RFC 9110, 15.5.2; RFC 6750, 3.1"),
    Held("identity headers of clients are removed", "RFC 9700, 4.13"),
)
