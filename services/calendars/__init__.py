"""The State Council's yearly notice (放假调休安排): previewed, published, carried to the open cases."""
