"""`/.nightlatch/form`: what was kept of the person who is back, where it goes, and whether to send it.

`GET` shows it, `POST` discards it. Sending is a POST to the very place that the form goes to, so that the answer is
shown under its own address: see `form_sending`.
"""

from mitmproxy import http

from nightlatch.core.headers import Header
from nightlatch.core.kept_form import KEPT_FOR, FormField
from nightlatch.core.policy import MINUTE
from nightlatch.core.redirect import safe_return_to
from nightlatch.core.respond import ResponseSpec
from nightlatch.core.session import Session
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.form_keeping import mark_of, waiting
from nightlatch.proxy.form_sending import gone, with_nonce
from nightlatch.proxy.kept_forms import KeptForm
from nightlatch.proxy.own_answers import page_answer, see_other
from nightlatch.proxy.own_session import live
from nightlatch.proxy.service import Service

_SHOWN = 2000
"""Characters of a value that are shown; all of them are sent."""


def show(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """The question, or that there is nothing to ask."""
    form = _form(service, arrival)
    if form is None:
        answer(flow, gone(service, arrival, 404))
        return
    left = max(1, (form.kept_at + KEPT_FOR - arrival.now) // MINUTE)
    fields = {
        "where": arrival.origin + form.target,
        "action": with_nonce(form),
        "fields": [*map(_shown, form.fields)],
        "minutes": left,
    }
    answer(flow, _may_lead_abroad(page_answer(service, arrival, 200, "kept_form", fields)))


async def discard(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """The person does not want it any more: back to the page that it was filled in on."""
    form = _form(service, arrival)
    service.kept.forget(mark_of(arrival) if form else "")
    answer(flow, see_other(arrival, safe_return_to(form.referer or "/", arrival.origin) if form else "/"))


def forget(service: Service, arrival: Arrival, session: Session) -> None:
    """The person of `session` logs out: what was kept for them is theirs to give up, somebody else's is not."""
    if waiting(service, arrival, session) is not None:
        service.kept.forget(mark_of(arrival))


def _form(service: Service, arrival: Arrival) -> KeptForm | None:
    session = live(service, arrival) if service.kept else None
    return None if session is None else waiting(service, arrival, session)


def _shown(field: FormField) -> FormField:
    cut = len(field.value) > _SHOWN
    return field._replace(value=field.value[:_SHOWN] + "…") if cut else field


def _may_lead_abroad(spec: ResponseSpec) -> ResponseSpec:
    """The application may answer the form with a redirect to another site, which `form-action` would forbid."""
    headers: tuple[Header, ...] = tuple(
        (name, value.replace("form-action 'self'", "form-action http: https:")) for name, value in spec.headers
    )
    return spec._replace(headers=headers)
