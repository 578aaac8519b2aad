"""Plans to look at: one self-contained page with map, timeline and lists."""
