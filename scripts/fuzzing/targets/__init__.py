"""The targets, a module a family. Each says in `TARGETS` what is tried, with which inputs to begin with."""
