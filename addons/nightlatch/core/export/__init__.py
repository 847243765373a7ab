"""Audit events in the shapes that other systems read: the Elastic Common Schema and the Open Cybersecurity Schema."""
