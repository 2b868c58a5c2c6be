"""Points and growth: ledger, lots, budgets, benefits and redemptions."""
