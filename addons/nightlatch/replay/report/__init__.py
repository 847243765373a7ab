"""Reports of a study: a page to look at, and what pipelines, editors and pull requests read. Values in, bytes out."""
