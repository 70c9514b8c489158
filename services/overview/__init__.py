"""The overview (总览) of a district or a territory, in numbers that open their lists."""
