"""Who calls: tokens, public keys, API keys."""
