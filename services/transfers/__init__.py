"""What was handed to other departments, and their answers."""
