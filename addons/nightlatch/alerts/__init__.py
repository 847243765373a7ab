"""Alerts on their way out of here: channels (a webhook, apprise, security event tokens), and the dispatcher that takes
them from the ledger, sends them, and sends them again while a receiver is down. And who runs a network (`asn`).

Knows the ledger's port, no SQL, no mitmproxy and nothing of how an alert comes about.
"""
