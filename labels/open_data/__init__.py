"""The laureates as open data: one record for each, in several formats, with the schema that describes it."""
