"""Readers of captures: one module a file format, and `sniff`, which tells them apart by content."""
