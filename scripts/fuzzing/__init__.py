"""Nonsense for every input of nightlatch's, and what must hold whatever it is.

`targets` holds a small module a family of readers, `table` finds them, `attempts` tries one input, `mutation` makes
inputs; `plain`, `guided` and `with_hypothesis` are the engines, `growth` looks for time that grows faster than the
input. `wire` and its like speak HTTP to a guard that runs.
"""
