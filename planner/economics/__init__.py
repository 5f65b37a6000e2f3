"""What is paid, when, in every draw: money, prices, training, data, shared cost, carbon."""
