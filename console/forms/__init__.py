"""Forms made from the commands: a widget for every field, what was posted, and the giving of it."""
