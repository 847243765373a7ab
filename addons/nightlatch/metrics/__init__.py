"""What a guard counts and measures, for monitoring: as Prometheus reads it, and as OpenTelemetry wants it sent.

Values in, text or measurements out. Who counts is not known here.
"""
