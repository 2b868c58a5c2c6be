"""Files that belong to complaints, appeals and issues: sealed, checked by content, shown to staff alone."""
