"""Testing session timeouts with pytest: a plugin that starts a guard in front of an application, and speaks to it as
any other client of the control API does. Nothing here imports mitmproxy; the guard is a process of its own."""
