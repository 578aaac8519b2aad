"""Travel times and lengths between points, and the ways behind them."""
