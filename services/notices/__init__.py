"""In-app notices (站内通知)."""
