"""HTTP only: who asks, what they may, what came in, what goes out. No rules live here."""
