"""Notices to the world (通知外发): one protocol, several channels, and the relay that sends."""
