"""The problem: depots, vehicles, orders, what counts, and the solution that an engine gives."""
