"""``python -m rehearsal``: a :class:`models.rehearsal.RehearsalRequest` on stdin, the answer on stdout, as JSON.

Exit code 0 with a ``Rehearsal``; 1 with ``{"error": …}``, the refusal as :meth:`XiaohaoError.as_dict` gives it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys

from models.errors import Malformed, XiaohaoError
from models.rehearsal import Rehearsal, RehearsalRequest
from rehearsal.run import rehearse
from workflows.messages import Carried


async def answer(text: str) -> Rehearsal:
    """The rehearsal that ``text`` asks for."""
    try:
        asked = RehearsalRequest.model_validate_json(text)
        carried = Carried.model_validate(asked.carried)
    except ValueError as error:
        raise Malformed("预演请求无法读取", f"malformed request: {error}", rule="rehearsal.shape") from None
    return await rehearse(carried, days=asked.days, assumptions=asked.assumptions, number=asked.number)


def main() -> int:
    """Read, rehearse, write."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    try:
        told = asyncio.run(answer(sys.stdin.read()))
    except XiaohaoError as error:
        sys.stdout.write(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
        return 1
    sys.stdout.write(told.model_dump_json())
    return 0


if __name__ == "__main__":
    sys.exit(main())
