"""Evidence photographs (证据照片): small drawn pictures with a camera's name and the time they were taken."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from models.clocks import SHANGHAI

SIZE = (480, 360)
_EXIF_IFD = 0x8769
_MAKE, _MODEL, _DATE_TIME = 0x010F, 0x0110, 0x0132
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
_STEEL = ((120, 130, 140), (96, 110, 104), (134, 120, 106), (108, 112, 132))


def photo(seed: str, taken_at: datetime) -> bytes:
    """A JPEG taken at ``taken_at``; the same seed and time give the same bytes."""
    noise = hashlib.sha256(seed.encode()).digest()
    local = taken_at.astimezone(SHANGHAI)
    picture = Image.new("RGB", SIZE, (206, 208, 204))
    draw = ImageDraw.Draw(picture)
    _hall(draw, noise)
    _specks(draw, noise)
    caption = f"DEMO {local:%Y-%m-%d %H:%M:%S}"
    draw.text((SIZE[0] - 12, SIZE[1] - 10), caption, (250, 220, 60), ImageFont.load_default(18), "rs")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80, exif=_exif(local))
    return out.getvalue()


def _hall(draw: ImageDraw.ImageDraw, noise: bytes) -> None:
    """A floor, a wall with a pipe along it, and three machines."""
    width, height = SIZE
    horizon = 200 + noise[0] % 40
    draw.rectangle((0, horizon, width, height), (148 + noise[1] % 20, 146, 140))
    draw.line((0, 60 + noise[2] % 60, width, 50 + noise[3] % 60), (90, 96, 100), 14)
    for place in range(3):
        left = 30 + place * 150 + noise[4 + place] % 30
        top = horizon - 60 - noise[7 + place] % 70
        colour = _STEEL[noise[10 + place] % len(_STEEL)]
        draw.rectangle((left, top, left + 90, horizon + 40), colour, (60, 62, 66), 2)
        draw.ellipse((left + 30, top + 20, left + 60, top + 50), (230, 232, 228), (40, 40, 40), 2)
        draw.rectangle((left + 10, horizon + 10, left + 80, horizon + 20), (214, 170, 40))


def _specks(draw: ImageDraw.ImageDraw, noise: bytes) -> None:
    for first, second in pairwise(noise):
        x, y = first * 480 // 256, 220 + second * 120 // 256
        draw.ellipse((x, y, x + 4 + first % 9, y + 3 + second % 4), (112, 104, 92))


def _exif(taken: datetime) -> Image.Exif:
    exif = Image.Exif()
    stamp = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif[_MAKE], exif[_MODEL], exif[_DATE_TIME] = "Xiaohao", "Demo camera", stamp
    exif.get_ifd(_EXIF_IFD).update({_TAKEN: stamp, _TAKEN_OFFSET: "+08:00"})
    return exif
