"""The replay of logs too large for a value a request: arrays of numbers, the same verdicts. Needs the extra `bulk`."""
