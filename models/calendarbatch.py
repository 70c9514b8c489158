"""How far a published calendar has been carried to the open cases (重新推算的进度)."""

from __future__ import annotations

from enum import StrEnum


class BatchState(StrEnum):
    """What became of a batch."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REPLACED = "replaced"  # a later publication took over what it had not done


BATCH_LABELS: dict[BatchState, tuple[str, str]] = {
    BatchState.WAITING: ("等待开始", "waiting"),
    BatchState.RUNNING: ("正在推算", "under way"),
    BatchState.DONE: ("已完成", "done"),
    BatchState.REPLACED: ("由后来的公布接替", "taken over by a later publication"),
}


class PublishEffect(StrEnum):
    """What publishing a notice did."""

    ADDED = "added"
    CORRECTED = "corrected"
    SAME = "same"


PUBLISH_LABELS: dict[PublishEffect, tuple[str, str]] = {
    PublishEffect.ADDED: ("已公布", "published"),
    PublishEffect.CORRECTED: ("已更正", "corrected"),
    PublishEffect.SAME: ("内容与已公布的相同，没有变动", "the same as published already: nothing changed"),
}
