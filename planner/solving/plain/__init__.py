"""The integer model of expected worth under project rules."""
