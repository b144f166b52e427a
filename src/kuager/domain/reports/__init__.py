"""What people outside tell us, sealed: reports, messages, subscriptions (built by a later issue)."""
