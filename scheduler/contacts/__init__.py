"""Contact policy, decisions, the contact ledger, simulator and auditor."""
