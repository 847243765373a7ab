"""Nonsense for every input of nightlatch's, and what must hold whatever it is."""
