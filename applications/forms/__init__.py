"""What applicants fill in. Each form checks; the verbs of the models write."""
