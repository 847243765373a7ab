import re

from hypothesis import given
from hypothesis import strategies as st
from tests.replay.report.made import HOSTILE, morning, subject

from nightlatch.replay.report.markdown import code, form_shown, markdown


def test_what_a_pull_request_is_told() -> None:
    text = markdown(subject()).decode()
    assert text.startswith("## Session timeouts: `tight` against `loose`\n")
    assert "- ❌ `lost_writes>0: 1 under tight`" in text
    assert "- ✅ `relogins>99: " in text
    assert "|  | `tight` | `loose` |" in text
    assert "| writes lost | 1 | 0 |" in text
    assert re.search(r"\| 2023-11-14T22:28:20.000Z \| `\w{12}` \| `POST /form` \| 1234 \| 15m \| `idle 10m` \|", text)
    assert "(`conf/my policy.toml:5`)" in text
    assert '```toml\n[activity]\npassive = [\n    { method = "GET", path = "/poll" },' in text
    assert "| `idle` | logins again" in text
    assert "\n\n\n" not in text


def test_hostile_text_stays_in_its_span() -> None:
    text = markdown(subject(*morning(HOSTILE))).decode()
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<script>" not in outside
    assert "<img" not in outside
    assert "\x1b" not in text
    for line in text.splitlines():
        if line.startswith("| 2023"):
            assert line.count("|") == 7


@given(st.text())
def test_a_span_holds_everything_in_one_line_and_cell(text: str) -> None:
    written = code(text)
    fence = re.match("`+", written)
    assert fence is not None
    assert "\n" not in written
    assert "|" not in written
    inside = written[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in inside
    assert not inside.startswith("`")
    assert not inside.endswith("`")


def test_a_timer_fills_in_no_form() -> None:
    assert form_shown({"by_person": False, "form_seconds": None}) == "a timer"
    assert form_shown({"by_person": True, "form_seconds": None}) == ""
    assert form_shown({"by_person": True, "form_seconds": 61}) == "1m1s"
