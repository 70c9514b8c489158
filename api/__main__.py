"""``python -m api``: the OpenAPI description on standard output, without a service."""

from __future__ import annotations

import json
import sys

from api.app import build_app

if __name__ == "__main__":
    sys.stdout.buffer.write(json.dumps(build_app(https=True).openapi(), ensure_ascii=False).encode())
