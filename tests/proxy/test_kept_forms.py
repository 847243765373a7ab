"""What is kept is kept for one browser, one session, ten minutes, and is taken once."""

import pytest
from tests.ledger.samples import OTHER_SITE, SITE, T0, a_session

from nightlatch.core.kept_form import KEPT_FOR
from nightlatch.core.session import reauthenticated
from nightlatch.proxy.kept_forms import KeptForm, KeptForms, belongs, new_nonce


def a_form(session: str = "s1", at: int = T0, body: bytes = b"a=1") -> KeptForm:
    return KeptForm(session, "alice", SITE, at, "/order", "text/x", body, None, (), new_nonce())


def kept(forms: KeptForms, form: KeptForm) -> str:
    mark = forms.keep(form)
    assert mark is not None
    return mark


def test_only_the_mark_opens_it() -> None:
    forms, form = KeptForms(), a_form()
    mark = kept(forms, form)
    assert forms and forms.of(mark, T0) is form
    assert forms.of(mark[:-1], T0) is None and forms.of("", T0) is None and forms.of("\udcff", T0) is None


def test_the_mark_itself_is_not_held() -> None:
    forms = KeptForms()
    assert kept(forms, a_form()) not in repr(forms)


def test_marks_and_nonces_are_long_and_differ() -> None:
    forms = KeptForms()
    marks = {kept(forms, a_form(f"s{number}")) for number in range(20)}
    assert len(marks) == 20 and all(len(mark) >= 43 for mark in marks)
    assert len({new_nonce() for _ in range(20)}) == 20 and len(new_nonce()) >= 22


@pytest.mark.parametrize(("age", "there"), [(0, True), (KEPT_FOR - 1, True), (KEPT_FOR, False), (-1, False)])
def test_for_ten_minutes_and_never_from_a_time_that_was_taken_back(age: int, there: bool) -> None:
    forms = KeptForms()
    mark = kept(forms, a_form())
    assert (forms.of(mark, T0 + age) is not None) is there
    forms.sweep(T0 + age)
    assert bool(forms) is there


def test_one_a_session_and_the_later_one() -> None:
    forms = KeptForms()
    first, other, second = kept(forms, a_form()), kept(forms, a_form("s2")), kept(forms, a_form(body=b"a=2"))
    assert forms.of(first, T0) is None and forms.of(other, T0) is not None
    form = forms.of(second, T0)
    assert form is not None and form.body == b"a=2"


def test_it_is_taken_once() -> None:
    forms, form = KeptForms(), a_form()
    mark = kept(forms, form)
    assert [forms.take(mark, form), forms.take(mark, form)] == [True, False]
    forms.put_back(mark, form)
    assert forms.take(mark, form)


def test_another_form_is_not_taken_for_it() -> None:
    forms, form = KeptForms(), a_form()
    assert not forms.take(kept(forms, a_form()), form)


def test_memory_has_an_end() -> None:
    forms = KeptForms(most=10)
    assert forms.keep(a_form(body=b"123456")) and forms.keep(a_form("s2", body=b"12345")) is None
    assert forms.keep(a_form(body=b"1234567890")), "the earlier one of the same session makes room"


def test_it_is_forgotten_when_nobody_wants_it() -> None:
    forms = KeptForms()
    mark = kept(forms, a_form())
    forms.forget("")
    assert forms
    forms.forget(mark)
    assert not forms


def test_it_is_offered_once() -> None:
    forms = KeptForms()
    mark = kept(forms, a_form())
    assert [forms.first_offer(mark), forms.first_offer(mark)] == [True, False]


def test_whose_it_is() -> None:
    form, old = a_form(at=T0), a_session(at=T0 - 1)
    assert belongs(form, a_session("s2", at=T0))
    assert belongs(form, reauthenticated(old, T0))
    assert not belongs(form, old), "a session from before has proved nothing"
    assert not belongs(form, a_session("s2", at=T0, subject="bob"))
    assert not belongs(form, a_session("s2", at=T0, subject=None))
    assert not belongs(form, a_session("s2", at=T0, site=OTHER_SITE))
