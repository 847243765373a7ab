"""Other systems' session settings, read into a policy of nightlatch's that behaves as they do, with a note for each
thing that behaves otherwise than its name says. Text in, text out; one module a system, `systems` is the table."""
