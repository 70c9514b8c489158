"""What an operator runs on a living installation: verification, replay."""
