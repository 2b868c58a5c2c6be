"""The SQL of contacts: policies, claims, facts in sets, the ledger."""
