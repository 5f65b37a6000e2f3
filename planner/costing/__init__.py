"""What an option costs: data, training, their random prices, and the carbon of training."""
