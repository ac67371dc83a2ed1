"""Words, colours and next steps for the pages; no query is made here."""
