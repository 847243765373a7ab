"""What is questionable in a policy that can come into force: relations between its limits, and what standards say.

Values in, findings out. Where the standards are kept and how findings are shown is not known here.
"""
