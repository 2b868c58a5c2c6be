"""Users, roles and scopes, the organisation tree, customers, consent, log-in and API keys."""
