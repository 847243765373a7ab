"""A dev login over HTTP: a credential for a script or a test, without a browser."""

from nightlatch.web.asking import Answer, Ask, given
from nightlatch.web.problems import Refusal


async def log_in(ask: Ask) -> Answer:
    """Log somebody in where the guard's login is the dev login, which asks for no password either."""
    try:
        name, value, session = await ask.control.log_in(given(ask.body.user), ask.body.remember)
    except ValueError as error:
        raise Refusal(409, str(error)) from None
    return Answer({"name": name, "value": value, "session": session}, 201)
