"""What a case is: the pure core. No IO, no clock, no environment."""
