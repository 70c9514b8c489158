"""The leads of the demo district: tips, self-reports and hand-overs, and what became of each."""

from __future__ import annotations

from demo import measures as m
from demo import steps as do
from demo.findings import FINDINGS
from demo.script import FIRM, Chapter, Lead
from models.commands import Source
from models.lifecycle import CaseState

S = CaseState
A, B, C = "inspector", "inspector2", "inspector3"

LEADS: tuple[Lead, ...] = (
    Lead(
        "diecast",
        22,
        "committee",
        Source.TIP,
        Chapter(FINDINGS["lead.diecast"], S.REPORTED, (do.assign("inspector2"),)),
    ),
    Lead("cotton", 25, A, Source.TIP, Chapter(FINDINGS["lead.cotton"], S.UNFOUNDED, (do.unfounded((B, C)),))),
    Lead("wood", 1, FIRM, Source.SELF_REPORT, Chapter(FINDINGS["lead.wood"], S.REPORTED)),
    Lead(
        "paper",
        12,
        "territory2",
        Source.TRANSFER,
        Chapter(FINDINGS["lead.paper"], S.RECORDED, (do.verify((C, A)),)),
    ),
    Lead(
        "leather",
        23,
        "committee",
        Source.TIP,
        Chapter(
            FINDINGS["lead.leather"],
            S.TRANSFERRED,
            (do.transfer("示范区市场监督管理局", "厂内机动车辆属特种设备安全监督管理职责。"),),
        ),
    ),
    Lead(
        "pesticide",
        44,
        "committee",
        Source.TIP,
        Chapter(
            FINDINGS["lead.pesticide"],
            S.ORDERED,
            (
                do.verify(),
                do.sign_lead(),
                do.suspect(),
                do.determine(),
                do.order(90),
                do.serve(),
                *do.double_report(),
                *m.bad_faith(),
            ),
        ),
    ),
    Lead(
        "gas",
        47,
        FIRM,
        Source.SELF_REPORT,
        Chapter(FINDINGS["lead.gas"], S.SUBMITTED, (do.verify(), do.order(15), do.serve(), do.complete())),
    ),
)
