"""A paper as it will be set: text, tables and signatures in order, with nothing left to look up."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Block(BaseModel):
    """A piece of the body: lines of text, a heading, labelled values, numbered rows below a head, or lines to
    write on (``ruled``: empty ``lines``)."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["text", "heading", "pairs", "items", "ruled"]
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Paper(BaseModel):
    """One paper; equal papers give equal bytes. ``check`` is the address its QR code leads to."""

    model_config = ConfigDict(frozen=True)

    kind: str
    title: str
    authority: str
    number: str = ""
    to: str = ""
    blocks: tuple[Block, ...]
    signatures: tuple[str, ...] = ()
    seal: bool = False
    on: date
    copies: str = ""
    check: str = ""
    draft: bool = False
    """A preview: not issued, without a number, marked across every page."""
    hand: str = ""
    """The party's signature as it was drawn on the screen (a ``data:`` address of a picture), set below the signatures."""
    blank: bool = False
    """A form that is written on by hand: dated when it is signed."""
