"""`nightlatch login`: a session for curl, without a browser. Only where the guard's own login is the dev login, which
asks for no password either."""

from difflib import get_close_matches
from typing import Annotated

import typer

from nightlatch.core.events import Event, EventType
from nightlatch.core.headers import HTTPS_COOKIE
from nightlatch.core.remembering import created_detail
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint, new_credential, new_session_id
from nightlatch.ledger.port import Guard
from nightlatch_cli import login_crowd
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import Bench, bench, writing
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, say, tell

AGENT = "nightlatch login"
"""What such a session says of the program that it began with."""
ANYBODY = "alice"
"""Who it is where the guard knows nobody by name and nobody is asked for."""


def login(
    user: Annotated[
        str | None, typer.Option(metavar="U", help="Who to be; the first of the guard's dev users.")
    ] = None,
    site: Annotated[
        str, typer.Option(metavar="URL", help="Which guard, by its URL (also https://…) or its application's.")
    ] = "",
    remember: Annotated[bool, typer.Option("--remember", help="Be remembered, where the policy allows it.")] = False,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Log in, and print the cookie: curl -H "$(nightlatch login)" http://127.0.0.1:8080/"""
    with bench(ledger) as at:
        guard = _guard(at, site)
        name, groups = _user(guard, user)
        session = _session(at, guard, name, groups)._replace(remembered=remember and _may_be_remembered(at, guard))
        credential = new_credential()
        by_https = site.startswith("https:") and _answers_at(guard, _loopback(site.rstrip("/")))
        cookie = HTTPS_COOKIE if by_https else guard.cookie
        mark = fingerprint(at.reader.key(), guard.site, "nightlatch", credential)
        with writing(ledger) as writer:
            login_crowd.refuse_if_full(at, writer, session)
            writer.create(session, mark, _events(at, session))
            login_crowd.make_room(at, writer, session)
        runs = at.reader.runs(guard.pid)
    if not runs:
        say(f"note: the guard at {guard.url} is not running; the session holds once it is again")
    if json:
        print_json({"name": cookie, "value": credential, "session": session.id})
    else:
        tell(f"Cookie: {cookie}={credential}")


def _guard(at: Bench, site: str) -> Guard:
    """The newest guard (of that site) that has the dev login, one that runs before one that has stopped.

    Raises:
        Failure: there is none, or people do not log in to it this way (exit code 1).
    """
    wanted = _loopback(site.rstrip("/"))
    known = at.reader.guards()
    meant = [guard for guard in known if not wanted or wanted == _loopback(guard.site) or _answers_at(guard, wanted)]
    meant.sort(key=lambda guard: (guard.login == "dev", at.reader.runs(guard.pid)), reverse=True)
    guard = next(iter(meant), None)
    if guard is None:
        there = ", ".join(guard.url for guard in known)
        where = f"for {site} " if site else ""
        hint = f"those that did: {there}" if there else "start one: nightlatch run UPSTREAM"
        fail(ExitCode.FINDING, f"no guard {where}has announced itself on this ledger", hint)
    if guard.login != "dev":
        fail(
            ExitCode.FINDING,
            f"the guard at {guard.url} does not use the dev login (its login is {guard.login})",
            "log in as its users do" + ("" if site else ", or name another guard with --site"),
        )
    return guard


def _loopback(url: str) -> str:
    """`url` with one name for this machine, which has several."""
    return url.replace("://localhost", "://127.0.0.1", 1)


def _answers_at(guard: Guard, url: str) -> bool:
    """Whether `url` is the guard's own, by http or by https, which its port takes as well."""
    return url.replace("https:", "http:", 1) == _loopback(guard.url).replace("https:", "http:", 1)


def _user(guard: Guard, name: str | None) -> tuple[str, tuple[str, ...]]:
    """A dev user's name and groups; where none are configured anybody may be named, as on the login page.

    Raises:
        Failure: nobody of that name (exit code 1), or no name at all (2).
    """
    people = {who: groups for who, _, groups in (text.partition(":") for text in guard.users)}
    chosen = next(iter(people), ANYBODY) if name is None else name
    if not chosen:
        fail(ExitCode.USAGE, "--user is empty", "name somebody, or leave it out for the first user there is")
    if chosen in people:
        return chosen, tuple(group for group in people[chosen].split(",") if group)
    if people:
        near = get_close_matches(chosen, people, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(people)}"
        fail(ExitCode.FINDING, f"the guard at {guard.url} knows no user `{chosen}`", hint)
    if len(chosen) > 128 or not chosen.isprintable() or any(character.isspace() for character in chosen):
        fail(ExitCode.USAGE, f"`{chosen}` is no user's name", "at most 128 characters, no white space")
    return chosen, ()


def _may_be_remembered(at: Bench, guard: Guard) -> bool:
    """True.

    Raises:
        Failure: the policy in force remembers nobody (exit code 1).
    """
    policy = at.policy(guard.site)
    if not policy.remember:
        hint = 'it needs a table for that: [remember] absolute = "30d"'
        fail(ExitCode.FINDING, f"the policy {policy.name} of {guard.url} remembers nobody", hint)
    return True


def _session(at: Bench, guard: Guard, name: str, groups: tuple[str, ...]) -> Session:
    return Session(
        id=new_session_id(),
        site=guard.site,
        subject=name,
        source="nightlatch",
        started_at=at.now,
        authenticated_at=at.now,
        last_active_at=at.now,
        gap_from_at=at.now,
        groups=groups,
        amr=("dev",),
        agent=AGENT,
    )


def _events(at: Bench, session: Session) -> tuple[Event, ...]:
    whose = (at.now, session.id, session.subject, session.network, session.agent, at.policy(session.site).version)
    return (
        Event(EventType.LOGIN_SUCCEEDED, *whose, {"login": "dev"}),
        Event(EventType.SESSION_CREATED, *whose, created_detail(session)),
    )
