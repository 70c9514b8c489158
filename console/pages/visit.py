"""What an enterprise without an account does by the link of an order (扫码办理): its cases, and nothing else.

Plain pages for any browser in a telephone: no script, no frame of an office.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from console.forms.files import is_file
from console.forms.giving import MAX_FORM_BYTES, Act, answer, show
from console.forms.sources import Sources, of_case
from console.forms.widgets import widgets_of
from console.page import Page, client_ip, see_other
from console.pages.assets import sent
from console.pages.cases import offered, pressing, turns
from console.parts import part
from console.posted import read
from console.refusals import record, wrongs_of
from models.actors import Visitor
from models.commands import COMMANDS
from models.errors import NotAuthenticated, XiaohaoError
from models.lifecycle import FINAL
from models.orderlinks import BY_LINK, Use
from services.accounts.cookies import LINK_PATH, link_cookie_name
from services.accounts.views import Signed
from services.asking import asking
from services.cases import reads
from services.cases.views import CaseDetail, EventQuery
from services.cases.writes import body_of
from services.context import Services
from services.desk import Desk, bare_desk
from services.evidence import reads as evidence
from services.evidence.sending import coming
from services.evidence.views import Variant
from services.evidence.writes import Said, Stored, Upload
from services.labels import command_label
from services.links import writes
from services.links.reads import cases_of_visit
from services.missing import missing

router = part(LINK_PATH)

HOME = f"{LINK_PATH}/cases"
_MOST_FILES = 6
_UPLOAD = "upload_evidence"


class VisitPage(Page):
    """One page for somebody who came by the link of an order."""

    def __init__(self, request: Request, services: Services, signed: Signed, who: Visitor) -> None:
        super().__init__(request, services, signed)
        self.who = who

    async def keep(self, case_id: str, upload: Upload, key: str) -> Stored:
        """Add a file that came with a form to a case."""
        return await writes.add_evidence(self.services, self.who, case_id, upload, key, ip=self.ip)

    async def used(self, what: Use, case_id: str | None = None) -> None:
        """Keep and record what was done by the link."""
        await writes.used(self.services, self.who, what, self.ip, case_id)

    async def _desk(self) -> Desk:
        return await bare_desk(self.services, self.actor)

    async def known(self) -> dict[str, Any]:
        """What every template of this page knows: it has no menu."""
        return await super().known() | {"shell": "outside.html", "root": LINK_PATH, "menu": ()}


async def visit_of(request: Request) -> VisitPage:
    """The page of a visit. Raises NotAuthenticated for whoever came by no link that opens."""
    signed = getattr(request.state, "signed", None)
    if not isinstance(signed, Signed) or not isinstance(signed.actor, Visitor):
        raise NotAuthenticated(
            "请重新扫描指令书上的二维码", "Scan the code of the order again", rule="links.visit"
        )
    return VisitPage(request, request.app.state.services, signed, signed.actor)


VisitDep = Annotated[VisitPage, Depends(visit_of)]


@router.get("/cases")
async def list_cases(page: VisitDep) -> Response:
    """The cases of the order: what must be put right, until when."""
    found = await cases_of_visit(page.services, page.who)
    return await page.show("visit.html", cases=found.items)


@router.get("/cases/{case_id}")
async def show_case(case_id: str, page: VisitDep) -> Response:
    """One case: what must be put right until when and why, what may be done now, photographs."""
    shown = await _case(page, case_id)
    await page.used(Use.READ, case_id)
    return shown


async def _case(page: VisitPage, case_id: str, refusal: XiaohaoError | None = None) -> Response:
    services, who = page.services, page.who
    case = await reads.show_case(services, who, case_id)
    told = await reads.explain_case(services, who, case_id)
    events = (await reads.list_events(services, who, case_id, EventQuery(limit=200))).items
    groups = offered([one for one in told.commands if one.command in BY_LINK], pressing(told))
    done = page.query.get("done")
    return await page.show(
        "visit_case.html",
        refusal.status if refusal else 200,
        case=case,
        told=told,
        turns=turns(told),
        groups=groups,
        done=[one for one in events if done and one.command_id == done],
        files=(await evidence.list_of_case(services, who, case_id)).items,
        over=case.state in FINAL,
        key=str(uuid.uuid4()),
        most_files=_MOST_FILES,
        summary=wrongs_of(page.words, refusal) if refusal else [],
        refusal=refusal,
    )


@router.post("/cases/{case_id}/photos", max_body_size=MAX_FORM_BYTES)
async def add_photos(case_id: str, page: VisitDep) -> Response:
    """Add photographs and papers to the case, and back to it."""
    async with read(page.request, files=_MOST_FILES, fields=20) as form:
        files = [one for _, one in form.multi_items() if is_file(one)]
        purpose = str(form.get("purpose") or "").strip()[:100] or "整改照片"
        key = str(form.get("_key") or uuid.uuid4())[:64]
        try:
            for no, file in enumerate(files):
                await page.keep(case_id, Upload(*coming(file), Said(purpose)), f"{key}/{no}")
        except XiaohaoError as refusal:
            await record(page, refusal, _UPLOAD, case_id)
            return await _case(page, case_id, refusal)
    return see_other(f"{HOME}/{case_id}#photos")


@router.get("/cases/{case_id}/do/{command}")
async def command_form(case_id: str, command: str, page: VisitDep) -> Response:
    """The form of a command; what is not allowed now is told with its reasons instead."""
    case = await reads.show_case(page.services, page.who, case_id)
    act, sources = await _command(page, case, command)
    told = await reads.explain_case(page.services, page.who, case_id)
    view = next(one for one in told.commands if one.command == command)
    if not view.allowed:
        return await page.show("refused.html", title=act.title, view=view, back=act.back, case=case)
    return await show(page, act, sources)


@router.post("/cases/{case_id}/do/{command}", max_body_size=MAX_FORM_BYTES)
async def give_command(case_id: str, command: str, page: VisitDep) -> Response:
    """Give the command, and back to the case with what happened."""
    case = await reads.show_case(page.services, page.who, case_id)
    act, sources = await _command(page, case, command)
    return await answer(page, act, sources)


async def _command(page: VisitPage, case: CaseDetail, command: str) -> tuple[Act, Sources]:
    if command not in BY_LINK:
        raise missing("command")
    shape = body_of(command, COMMANDS[command])
    widgets, back = widgets_of(shape), f"{HOME}/{case.case_id}"

    async def give(key: str, body: BaseModel) -> str:
        ask = asking(page.services, page.who, key, command, case.case_id, body)
        await page.services.under_way.once(
            ask, lambda: writes.give_command(ask, page.who, case.case_id, command, body, ip=page.ip)
        )
        return f"{back}?done={ask.command_id}"

    act = Act(
        title=command_label(command),
        shape=shape,
        widgets=widgets,
        back=back,
        action=command,
        give=give,
        case_id=case.case_id,
        around={"case": case, "firm": None, "measure": None},
    )
    return act, await of_case(page, case, widgets)


@router.get("/evidence/{evidence_id}/{variant}")
async def show_evidence(evidence_id: str, variant: Variant, page: VisitDep) -> Response:
    """One file as copy or thumbnail."""
    file = await evidence.open_file(page.services, page.who, evidence_id, variant, ip=page.ip)
    return sent(file, kept=False)


@router.post("/end")
async def leave(page: VisitDep) -> Response:
    """Leave: the visit ends now."""
    await writes.leave(page.services, page.who, page.signed.session_hash or "", ip=page.ip)
    response = await page.show("visit_end.html")
    secure = page.services.settings.cookie_secure
    response.delete_cookie(
        link_cookie_name(secure), path=LINK_PATH, secure=secure, httponly=True, samesite="lax"
    )
    return response


@router.get("/{token}")
async def enter(token: str, request: Request) -> Response:
    """Come by a link: its token becomes a visit, and the address one goes on to no longer holds it."""
    services: Services = request.app.state.services
    secret, seconds = await writes.enter(services, token, ip=client_ip(request))
    response = see_other(HOME)
    secure = services.settings.cookie_secure
    response.set_cookie(
        link_cookie_name(secure),
        secret,
        max_age=seconds,
        path=LINK_PATH,
        httponly=True,
        samesite="lax",
        secure=secure,
    )
    return response
