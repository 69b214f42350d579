"""What tests share: databases made from a template, and identities."""
