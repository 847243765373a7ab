"""Before anything listens: does the identity provider offer the classes (`acr`) that the policy's rules demand?

Asked only where a rule demands one. A provider that does not say what it offers, or cannot be reached, is given the
benefit of the doubt: then a login that falls short is refused with a page when it happens.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from nightlatch.core.policy import Policy
from nightlatch.identity.provider import Directory, ProviderUnavailable
from nightlatch.proxy.settings import Settings
from nightlatch.proxy.settings_values import SettingsInvalid

log = logging.getLogger(__name__)


def refuse_unoffered(settings: Settings) -> None:
    """A class that the provider never gives would send people to it for nothing: a mistake of the policy.

    Raises:
        SettingsInvalid: names the rule, the class, and what is offered.
    """
    demands = [rule for rule in settings.policy.rules if rule.require.acr and not rule.public]
    if settings.oidc is None or not demands:
        return
    offered = _offered(settings.oidc.issuer)
    if offered is not None:
        check(settings.policy, settings.oidc.issuer, offered)


def check(policy: Policy, issuer: str, offered: tuple[str, ...]) -> None:
    """Raises:
    SettingsInvalid: a rule accepts none of the classes that are `offered`.
    """
    for rule in policy.rules:
        if rule.require.acr and not rule.public and not set(rule.require.acr) & set(offered):
            raise SettingsInvalid(
                f"policy {policy.name}: rule `{rule.name}` requires acr {' or '.join(rule.require.acr)}, which "
                f"{issuer} does not offer; it offers {', '.join(offered) or 'none'}"
            )


def _offered(issuer: str) -> tuple[str, ...] | None:
    """In a thread with a loop of its own: mitmproxy's may be running already."""
    with ThreadPoolExecutor(1) as thread:
        try:
            return thread.submit(lambda: asyncio.run(Directory(issuer).provider())).result().acr_values
        except ProviderUnavailable as problem:
            log.warning("whether the provider offers what the policy demands is not known: %s", problem)
            return None
