"""Pure rules of answering: where a link stands, and what a page can show without a script."""
