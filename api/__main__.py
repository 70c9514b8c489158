"""``python -m api``: the OpenAPI description on standard output, without a service."""

from __future__ import annotations

import gc
import json
import sys

if __name__ == "__main__":
    gc.disable()  # nothing of what is loaded is garbage, and the process ends with its answer
    from api.app import build_app

    sys.stdout.buffer.write(json.dumps(build_app(https=True).openapi(), ensure_ascii=False).encode())
