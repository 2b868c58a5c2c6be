"""The append-only audit trail, sealed into a hash chain."""
