"""What is paid, when, in every draw: money, prices, training, shared cost."""
