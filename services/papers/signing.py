"""The party's signature as it was drawn on the screen: fetched by its hash, and set into the paper it signed."""

from __future__ import annotations

from base64 import b64encode

from documents.errors import PaperError
from documents.paper import Paper
from ledger.readers.paging import Found
from models.errors import Conflict, NotFound
from services.context import Services


async def signed(services: Services, paper: Paper, picture: Found | None) -> Paper:
    """The paper with the party's signature on it, where it has one. Raises PaperError for a picture that is gone."""
    if picture is None:
        return paper
    try:
        stored = await services.vault.open(picture.object_key, picture.sha256)
        data = b"".join([chunk async for chunk in stored.chunks])
    except (NotFound, Conflict) as error:
        raise PaperError(
            paper.kind, "当事人现场签名的图片无法读取", "the picture of the signature cannot be read"
        ) from error
    return paper.model_copy(update={"hand": f"data:{picture.media_type};base64,{b64encode(data).decode()}"})
