"""The timed plan: one clock, one checker, and the reasons for what is left out."""
