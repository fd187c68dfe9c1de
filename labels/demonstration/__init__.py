"""The demonstration: one open call over real territories, an account per role, candidatures in every state."""

PASSWORD = "coeur-des-territoires"  # for the demonstration only: `seed_demo` refuses to run elsewhere
