"""Tests of a policy's edges to take away: a file for pytest, or one for Playwright, that holds the policy itself."""

import json
from collections.abc import Iterable

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND, Policy
from nightlatch.testing.boundaries import Asked, Boundary, Untested

PERSON = "tester"

_PYTEST = '''\
"""The edges of the policy {name} (version {version}): a second before a limit, at it, and a second after it.

Written by `nightlatch policy tests`; needs pytest and nightlatch, and an application (docs/pytest.md).{people}
{left}"""

import pytest

POLICY = {policy}

pytestmark = pytest.mark.nightlatch(policy=POLICY)

EDGES = [
    # rule, clock, limit in seconds, request, user, verdict from the limit on, what keeps them active, every so often
{edges}
]


@pytest.mark.parametrize("late", [-1, 0, 1], ids=["a second before", "at the limit", "a second after"])
@pytest.mark.parametrize(
    ("rule", "clock", "limit", "asked", "user", "verdict", "keep", "every"),
    EDGES,
    ids=[f"{{edge[0]}} {{edge[1]}} {{edge[2]}}s" for edge in EDGES],
)
def test_edge(nightlatch, rule, clock, limit, asked, user, verdict, keep, every, late):
    nightlatch.freeze()
    login = nightlatch.login(user=user)
    left = limit + late
    while keep and left > every:
        nightlatch.warp(seconds=every)
        left -= every
        assert nightlatch.ask(keep[1], login, method=keep[0]).verdict == "allow"
    nightlatch.warp(seconds=left)
    answer = nightlatch.ask(asked[1], login, method=asked[0])
    if late < 0:
        assert answer.verdict == "allow", nightlatch.explain(login)
    else:
        assert (answer.verdict, answer.clock) == (verdict, clock), nightlatch.explain(login)
'''

_PLAYWRIGHT = """\
// The edges of the policy {name} (version {version}): a second before a limit, at it, and a second after it.
//
// Written by `nightlatch policy tests`; needs @playwright/test and @nightlatch/client, and a guard with --control:
//   nightlatch run http://localhost:3000 --control 127.0.0.1:0 --ready-file ready.json{people}
//   NIGHTLATCH_READY_FILE=ready.json npx playwright test --workers 1
{left}
import {{ test as base, expect }} from "@playwright/test";
import {{ fixtures }} from "@nightlatch/client/playwright";

const test = base.extend(fixtures);

const POLICY = {policy};

const EDGES = [
{edges}
];

const verdict = (answer) => (answer.headers()["nightlatch-verdict"] ?? "allow").split("; ");

for (const edge of EDGES) {{
  for (const [late, when] of [[-1, "a second before"], [0, "at the limit"], [1, "a second after"]]) {{
    test(`${{edge.rule}}: ${{edge.clock}} ${{edge.limit}}s, ${{when}}`, async ({{ nightlatch, context }}) => {{
      const usual = (await nightlatch.policy()).text;
      await nightlatch.setPolicy(POLICY);
      try {{
        await nightlatch.freeze();
        await nightlatch.loginAs(edge.user, context);
        const {{ url }} = await nightlatch.version();
        const ask = ([method, path]) => context.request.fetch(url + path, {{ method, maxRedirects: 0 }});
        let left = edge.limit + late;
        for (; edge.keep && left > edge.every; left -= edge.every) {{
          await nightlatch.warp(edge.every);
          expect(verdict(await ask(edge.keep))[0]).toBe("allow");
        }}
        await nightlatch.warp(left);
        const [word, clock] = verdict(await ask(edge.asked));
        expect([word, clock]).toEqual(late < 0 ? ["allow", undefined] : [edge.verdict, `clock=${{edge.clock}}`]);
      }} finally {{
        await nightlatch.setPolicy(usual);
      }}
    }});
  }}
}}
"""


def pytest_file(policy: Policy, edges: Iterable[Boundary], left: Iterable[Untested]) -> str:
    """A module for pytest."""
    edges = list(edges)
    written = "\n".join(
        f"    ({_quoted(edge.rule or '[session]')}, {_quoted(edge.clock)}, {edge.limit}, {_pair(edge.asked)}, "
        f"{_quoted(person(edge))}, {_quoted(edge.verdict)}, {_pair(edge.keep) if edge.keep else None}, {edge.every}),"
        f"  # {format_duration(edge.limit * SECOND)}"
        for edge in edges
    )
    people = needed(policy, edges)
    said = f"\nThe guard must be told more: nightlatch_options = {' '.join(people)}\n" if people else "\n"
    return _PYTEST.format(
        name=_plain(policy.name),
        version=policy.version,
        people=said,
        left="".join(f"{line}\n" for line in _not_tested(left)),
        policy=_python_text(policy.text),
        edges=written,
    )


def playwright_file(policy: Policy, edges: Iterable[Boundary], left: Iterable[Untested]) -> str:
    """An ES module for Playwright."""
    edges = list(edges)
    written = "\n".join(
        "  "
        + json.dumps(
            {
                "rule": edge.rule or "[session]",
                "clock": edge.clock,
                "limit": edge.limit,
                "asked": list(edge.asked[:2]),
                "user": person(edge),
                "verdict": edge.verdict,
                "keep": list(edge.keep[:2]) if edge.keep else None,
                "every": edge.every,
            }
        )
        + ","
        for edge in edges
    )
    people = "".join(f" {option}" for option in needed(policy, edges))
    return _PLAYWRIGHT.format(
        name=_plain(policy.name),
        version=policy.version,
        people=people,
        left="".join(f"// {line}\n" for line in _not_tested(left)),
        policy=json.dumps(policy.text),
        edges=written,
    )


def person(edge: Boundary) -> str:
    """Who asks: somebody in the group that the rule is for."""
    return f"{PERSON}-{edge.asked.group}" if edge.asked.group else PERSON


def needed(policy: Policy, edges: Iterable[Boundary]) -> list[str]:
    """Options of `nightlatch run` without which the dev login cannot meet `policy`: who is in its groups, and a second
    factor where one is asked for, be it of nobody here."""
    groups = dict.fromkeys(edge.asked.group for edge in edges if edge.asked.group)
    people = [f"--dev-user {PERSON}", *(f"--dev-user {PERSON}-{group}:{group}" for group in groups)]
    factor = ["--dev-second-factor 000000"] if any(rule.require.amr for rule in policy.rules) else []
    return [*(people if groups else ()), *factor]


def _not_tested(left: Iterable[Untested]) -> list[str]:
    return [f"Not tested: {_plain(each.rule or '[session]')}: {each.why}." for each in left]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


def _pair(asked: Asked) -> str:
    return f"({_quoted(asked.method)}, {_quoted(asked.path)})"


def _plain(text: str) -> str:
    """A name in a comment, which it must not leave."""
    return "".join(each if each.isprintable() and each not in '"\\*/' else "?" for each in text)


def _python_text(text: str) -> str:
    """`text` as a literal that can be read: lines stay lines where nothing has to be escaped."""
    plain = all(each.isprintable() or each == "\n" for each in text) and '"""' not in text and "\\" not in text
    return f'"""\\\n{text}"""' if plain and not text.endswith('"') else repr(text)
