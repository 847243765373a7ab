"""The description of the control API, by the control API."""

from nightlatch.web.asking import Answer, Ask


async def show(ask: Ask) -> Answer:
    """This document: OpenAPI 3.1."""
    from nightlatch.web.openapi import document  # it describes the table that this function is in

    return Answer(document())
