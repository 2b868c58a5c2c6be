"""The programme of experience officers."""
