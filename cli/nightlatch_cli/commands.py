"""Every command of `nightlatch`, by name: where its function is, and what it does in one line.

Names only: a command's module is imported when the command is used, so that `nightlatch sessions` never waits for
what only `nightlatch run` needs.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Entry(NamedTuple):
    """A command: `module:function` of a Typer function."""

    target: str
    short_help: str


class Family(NamedTuple):
    """Commands that belong together; without a name the `default` one is meant (`sessions` is `sessions list`)."""

    entries: Mapping[str, Entry]
    default: str
    short_help: str


COMMANDS: Mapping[str, Entry | Family] = {
    "run": Entry("nightlatch_cli.run:run", "Guard an application: the proxy in front of it."),
    "demo": Entry(
        "nightlatch_cli.demo:demo", "See it work: an application, the guard and a login, ready to play with."
    ),
    "sessions": Family(
        {
            "list": Entry("nightlatch_cli.sessions:list_sessions", "The sessions, newest first."),
            "show": Entry("nightlatch_cli.sessions:show", "One session: its clocks, and why it ended."),
            "watch": Entry("nightlatch_cli.sessions_watch:watch", "The live sessions, as they run out of time."),
            "end": Entry("nightlatch_cli.sessions:end", "End a session, at once and for ever."),
        },
        "list",
        "Who is logged in, for how long still, and why others are not.",
    ),
    "expire": Entry("nightlatch_cli.expire:expire", "Have a session expire on purpose, at the worst moment."),
    "explain": Entry("nightlatch_cli.explain:explain", "Why a session ended, or a request was refused."),
    "events": Entry("nightlatch_cli.events:events", "The audit trail."),
    "audit": Family(
        {
            "verify": Entry("nightlatch_cli.audit_commands:verify", "Whether the trail is whole."),
            "checkpoint": Entry("nightlatch_cli.audit_commands:checkpoint", "Proof of it, to be kept elsewhere."),
            "export": Entry("nightlatch_cli.audit_commands:export", "For other systems: JSON lines, ECS, OCSF."),
            "review": Entry("nightlatch_cli.audit_review:audit_review", "The regular review, on one page."),
            "prune": Entry("nightlatch_cli.audit_prune:prune", "Remove what is older than it must be kept."),
        },
        "verify",
        "Proof that the audit trail is whole, and its export.",
    ),
    "alerts": Entry("nightlatch_cli.alerts:alerts", "What the detectors found."),
    "clock": Family(
        {
            "show": Entry("nightlatch_cli.clock_commands:show", "Wall time and nightlatch's time."),
            "advance": Entry("nightlatch_cli.clock_commands:advance", "Move time forward, for every session."),
            "freeze": Entry("nightlatch_cli.clock_commands:freeze", "Let time stand still."),
            "resume": Entry("nightlatch_cli.clock_commands:resume", "Let time go on from where it stands."),
            "reset": Entry("nightlatch_cli.clock_commands:reset", "Return to wall time; ends every session."),
        },
        "show",
        "Move nightlatch's clock, to see a timeout without waiting for it.",
    ),
    "replay": Entry("nightlatch_cli.replay:replay", "What a policy would have done to recorded traffic."),
    "rerun": Entry("nightlatch_cli.rerun:rerun", "Send captured requests again, to a live target."),
    "policy": Family(
        {
            "list": Entry("nightlatch_cli.policy_commands:list_policies", "The presets."),
            "show": Entry("nightlatch_cli.policy_commands:show", "A policy, as TOML and in words."),
            "check": Entry("nightlatch_cli.policy_lint:check", "Mistakes, and what standards object to."),
            "explain": Entry("nightlatch_cli.policy_compare:explain", "Which rule a request meets."),
            "diff": Entry("nightlatch_cli.policy_compare:diff", "What changes between two policies."),
            "tests": Entry("nightlatch_cli.policy_tests:policy_tests", "Tests of a policy's limits, to take away."),
            "history": Entry("nightlatch_cli.policy_history:history", "Who changed it when, and to what."),
            "rollback": Entry("nightlatch_cli.policy_history:rollback", "Bring an earlier one back into force."),
            "import": Entry("nightlatch_cli.policy_import:import_policy", "Other systems' settings as a policy."),
            "schema": Entry("nightlatch_cli.policy_commands:schema", "The JSON Schema of policies, for editors."),
        },
        "list",
        "Presets, and checking a policy of one's own.",
    ),
    "login": Entry("nightlatch_cli.login:login", "Print a credential for curl (dev login only)."),
    "doctor": Entry("nightlatch_cli.doctor:doctor", "What is wrong here, and what would let requests through."),
}
