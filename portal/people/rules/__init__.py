"""Pure rules of people: roles, scopes and masking."""
