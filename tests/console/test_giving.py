"""A command by its form: given once, told what happened; refused, the form is there again with everything in it."""

from __future__ import annotations

import html
import io
import re
import uuid
from datetime import timedelta

import httpx2
from PIL import Image

from console.rendering import EDITION
from ledger import tables
from models.clocks import SHANGHAI
from models.commands import COMMANDS
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.errors import EngineUnavailable, Pending
from models.explain import NOT_OFFERED
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from tests.api.support import ledger
from tests.console.conftest import House
from tests.console.reading import read


def key_of(page: httpx2.Response) -> str:
    """The hidden key of a form."""
    assert page.status_code in (200, 202, 403, 409, 422, 503), page.text
    found = re.search(r'name="_key" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def photo() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 60)).save(stream, "JPEG")
    return stream.getvalue()


async def test_a_command_is_given_by_its_form_and_the_case_tells_what_happened(house: House) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/report_progress"
    form = await house.get("firm", path)
    read(form.text)
    given = await house.post("firm", path, _key=key_of(form), text="已清理一半", percent="50")
    assert given.status_code == 303, given.text
    after = await house.get("firm", given.headers["location"])
    read(after.text)
    assert 'role="status"' in after.text
    assert "报告整改进展" in after.text
    told = await ledger(house.office, case_id)
    assert told[-1]["texts"]["text"] == "已清理一半"


async def test_a_form_sent_twice_acts_once(house: House) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/report_progress"
    key = key_of(await house.get("firm", path))
    answers = [await house.post("firm", path, _key=key, text="进展", percent="10") for _ in range(3)]
    assert {one.headers["location"] for one in answers} == {answers[0].headers["location"]}
    told = await ledger(house.office, case_id)
    assert [one["texts"]["text"] for one in told if (one["texts"] or {}).get("text")] == ["进展"]


async def test_whoever_goes_back_and_changes_what_was_sent_reads_so_and_sends_it_anew(house: House) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/report_progress"
    key = key_of(await house.get("firm", path))
    assert (await house.post("firm", path, _key=key, text="进展一", percent="10")).status_code == 303
    changed = await house.post("firm", path, _key=key, text="进展二", percent="20")
    assert changed.status_code == 409
    assert "这份表单已经提交过" in changed.text
    assert "这一次没有办理" in changed.text
    assert "重新提交一次" in changed.text
    assert "Idempotency" not in changed.text
    assert "幂等" not in changed.text
    assert "idempotency" not in changed.text
    assert ">进展二</textarea>" in changed.text
    anew = await house.post("firm", path, _key=key_of(changed), text="进展二", percent="20")
    assert anew.status_code == 303
    told = await ledger(house.office, case_id)
    texts = [one["texts"]["text"] for one in told if (one["texts"] or {}).get("text")]
    assert texts == ["进展一", "进展二"]


async def test_what_is_malformed_comes_back_filled_in_with_a_summary_that_leads_to_the_fields(
    house: House,
) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/report_progress"
    key = key_of(await house.get("firm", path))
    answer = await house.post("firm", path, _key=key, text="", percent="150")
    assert answer.status_code == 422
    page = read(answer.text)
    assert "<title>错误：" in answer.text
    assert 'role="alert"' in answer.text
    assert {"#f-text", "#f-percent"} <= set(page.links)
    assert {"f-text", "f-percent", "e-text", "e-percent"} <= set(page.ids)
    assert 'value="150"' in answer.text
    assert "“进展情况”：必填" in html.unescape(answer.text)
    put_right = await house.post("firm", path, _key=key_of(answer), text="好", percent="15")
    assert put_right.status_code == 303


async def test_a_refusal_by_rule_says_rule_article_and_remedy_and_keeps_the_text(house: House) -> None:
    case_id = await house.office.submitted()
    path = f"/cases/{case_id}/do/reinspect"
    form = await house.get("wang", path)
    assert "清理除尘风管积尘" in form.text
    head = form.text.split('<form class="card form"')[0]
    assert "整改复查</span>" in head, "until when, and under which article"
    assert "还剩 10 天" in head
    assert "应急管理部令第18号" in head
    assert form.text.index("标 * 的必须填写") < form.text.index('id="f-officers"')
    empty = await house.post("wang", path, **{"_key": key_of(form), "findings.0.no": "1"})
    assert empty.status_code == 422
    assert {"#f-officers", "#f-findings.0.passed"} == {
        one for one in read(empty.text).links if one.startswith("#f-")
    }
    assert "“复查情况”第1项“是否通过”：必填" in html.unescape(empty.text)
    told = {"findings.0.no": "1", "findings.0.passed": "true", "findings.0.note": "风管已清理"}
    told |= {"officers": ["wang"], "opinion": "同意<b>销号"}
    answer = await house.post("wang", path, _key=key_of(form), **told)
    assert answer.status_code in (403, 409), answer.text
    page = html.unescape(answer.text)
    assert "规则 <code>" in page
    assert "怎样才可以" in page
    assert "同意<b>销号</textarea>" in page
    assert "&lt;b&gt;" in answer.text
    audited = (await house.office.world.audit())[-1]
    assert (audited["action"], audited["outcome"], audited["case_id"]) == ("reinspect", "refused", case_id)
    good = await house.post("wang", path, _key=key_of(answer), **told | {"officers": ["wang", "li"]})
    assert good.status_code == 303, good.text
    kept = (await house.get("wang", f"/cases/{case_id}/timeline")).text
    assert "<dt>复查情况</dt>" in kept
    assert "<dt>检查发现</dt>" not in kept


async def test_a_moment_beyond_its_bounds_leads_to_its_field(house: House) -> None:
    office = house.office
    case_id = await office.case()
    measure_id = await office.proposed(case_id, "supervision_letter")
    await office.stepped("chief", case_id, measure_id, "approve")
    path = f"/cases/{case_id}/measures/{measure_id}/serve"
    form = await house.get("wang", path)
    later = (office.now + timedelta(days=3)).astimezone(SHANGHAI)
    told = {"service.served_at": f"{later:%Y-%m-%dT%H:%M}", "service.method": "in_person"}
    answer = await house.post("wang", path, _key=key_of(form), **told)
    assert answer.status_code == 409, answer.text
    assert "#f-service.served_at" in read(answer.text).links


async def test_who_may_not_reads_why_instead_of_a_form(house: House) -> None:
    case_id = await house.office.case()
    answer = await house.get("firm", f"/cases/{case_id}/do/sign_off")
    assert answer.status_code == 200
    assert "现在还不能办理" in answer.text
    assert 'name="_key"' not in answer.text
    forced = await house.post("firm", f"/cases/{case_id}/do/sign_off", opinion="我自己销号")
    assert forced.status_code in (403, 409)
    assert all(one["event"] != "signed_off" for one in await ledger(house.office, case_id))


async def test_photographs_come_along_with_the_form_and_stay_when_it_is_refused(house: House) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/signal_completion"
    browser = await house.browser("firm")
    key = key_of(await browser.get(path))
    sent = {"_key": key, "text": "", "evidence@purpose": "整改后照片"}
    files = {"evidence@file": ("整改后.jpg", photo(), "image/jpeg")}
    refused = await browser.post(path, data=sent, files=files)
    assert refused.status_code == 422, refused.text
    kept = re.search(r'name="evidence" value="([^"]+)" checked', refused.text)
    assert kept is not None
    thumbnail = await browser.get(f"/evidence/{kept[1]}/thumbnail")
    assert (thumbnail.status_code, thumbnail.headers["content-type"]) == (200, "image/webp")
    assert (await (await house.browser("rival")).get(f"/evidence/{kept[1]}/copy")).status_code == 404
    again = {"_key": key_of(refused), "text": "已清理", "evidence": kept[1]}
    done = await browser.post(
        path, data=again, files={"evidence@file": ("", b"", "application/octet-stream")}
    )
    assert done.status_code == 303, done.text
    assert "已报整改完成" in (await house.get("wang", f"/cases/{case_id}")).text


async def test_rows_are_added_and_taken_away_without_javascript(house: House) -> None:
    case_id = await house.office.case()
    measure_id = await house.office.proposed(case_id, "supervision_letter")
    path = f"/cases/{case_id}/do/issue_order"
    shown = await house.post(
        "wang",
        path,
        **{"_add": "stated.requirements", "stated.requirements.0.text": "清理", "deadline_days": "7"},
    )
    assert shown.status_code == 200
    assert 'name="stated.requirements.1.text"' in shown.text
    assert ">清理</textarea>" in shown.text
    assert 'value="7"' in shown.text
    taken = await house.post(
        "wang",
        path,
        **{
            "_remove": "stated.requirements.0",
            "stated.requirements.0.text": "清理",
            "stated.requirements.1.text": "停用",
        },
    )
    assert ">停用</textarea>" in taken.text
    assert ">清理</textarea>" not in taken.text
    assert measure_id


async def test_while_it_is_unsure_whether_it_took_effect_the_same_key_is_sent_again(house: House) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/report_progress"
    for failure, status in (
        (Pending("已提交", "sent", rule="gateway.pending"), 202),
        (EngineUnavailable("引擎不可用", "away"), 503),
    ):
        key = key_of(await house.get("firm", path))
        house.office.gateway.failing.append(failure)
        unsure = await house.post("firm", path, _key=key, text=f"进展 {status}", percent="10")
        assert unsure.status_code == status
        assert key_of(unsure) == key
        assert f"进展 {status}" in unsure.text
        assert "只会办一次" in unsure.text
        again = await house.post("firm", path, _key=key, text=f"进展 {status}", percent="10")
        assert again.status_code == 303
    texts = [one["texts"] for one in await ledger(house.office, case_id) if one["texts"]]
    assert [one["text"] for one in texts if "进展" in str(one.get("text"))] == ["进展 202", "进展 503"]


async def test_a_measure_is_proposed_and_goes_on_by_its_steps(house: House) -> None:
    case_id = await house.office.case()
    kinds = await house.get("wang", f"/cases/{case_id}/measures/new")
    assert "提请哪一种措施" in kinds.text
    path = f"/cases/{case_id}/measures/new?kind=supervision_letter"
    key = key_of(await house.get("wang", path))
    given = await house.post("wang", path, _key=key, cause="到期前督促")
    assert given.status_code == 303, given.text
    case = await house.get("chief", given.headers["location"])
    found = re.search(rf'href="(/cases/{case_id}/measures/[0-9a-f-]{{36}})"', case.text)
    assert found is not None
    step = await house.get("chief", f"{found[1]}/approve")
    taken = await house.post("chief", f"{found[1]}/approve", _key=key_of(step), opinion="同意")
    assert taken.status_code == 303, taken.text
    after = await house.get("chief", taken.headers["location"])
    read(after.text)
    assert "已批准，办理中" in after.text
    assert "<dd>同意</dd>" in after.text, "what the step said stands in the ledger of the measure"


async def test_an_enterprise_command_is_given_by_its_form(house: House) -> None:
    path = "/enterprises/e-a/do/record_accident"
    form = await house.get("wang", path)
    told = {"happened_at": "2026-11-19T08:00", "stop": "true", "text": "机械伤害"}
    given = await house.post("wang", path, _key=key_of(form), **told)
    assert given.status_code == 303, given.text
    after = await house.get("wang", given.headers["location"])
    read(after.text)
    assert "已办理" in after.text


async def test_notices_are_marked_read_on_the_way_to_what_they_tell_of(house: House) -> None:
    await house.office.case()
    page = await house.get("firm", "/notices?unread=true")
    found = re.search(r'action="(/notices/[^"]+/read)"', page.text)
    assert found is not None
    on = await house.post("firm", found[1])
    assert on.status_code == 303
    assert on.headers["location"].startswith("/cases/")
    stay = await house.post("firm", found[1], next="/notices?unread=true")
    assert stay.headers["location"] == "/notices?unread=true"
    assert found[1] not in (await house.get("firm", "/notices?unread=true")).text


async def test_a_proposal_of_the_ladder_is_taken_up_once_however_often_the_form_is_sent(house: House) -> None:
    office = house.office
    case_id = await office.case()
    office.world.clock.pass_(days=25)
    await office.gateway.wake()
    page = await house.get("wang", f"/cases/{case_id}")
    found = re.search(rf'href="(/cases/{case_id}/measures/new\?[^"]*proposal=[^"]+)"', page.text)
    assert found is not None
    path = html.unescape(found[1])
    bare = re.sub(r"kind=[a-z_]+&", "", path)
    led = await house.get("wang", bare)
    assert (led.status_code, "kind=" in led.headers["location"]) == (303, True)
    form = await house.get("wang", path)
    read(form.text)
    told = {"_key": key_of(form), "cause": "逾期未改", "officers": ["wang", "li"], "amount": "20000"}
    answers = [await house.post("wang", path, **told) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303], answers[-1].text
    assert answers[0].headers["location"] == answers[1].headers["location"]


async def test_a_delegate_acts_for_another_only_where_the_page_says_so(house: House) -> None:
    office = house.office
    case_id = await office.case()
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    step = f"/cases/{case_id}/measures/{measure_id}/approve"
    refused = await house.get("deputy", f"{step}?for=head")
    assert refused.status_code == 403
    assert "没有有效的委托代理" in refused.text
    await office.world.add(
        tables.delegations,
        {"delegation_id": "g-1", "district_id": "d-1", "from_user_id": "head", "to_user_id": "deputy"}
        | {"starts_at": office.now - timedelta(days=1), "ends_at": office.now + timedelta(days=5)}
        | {"reason": "出差", "created_by": "head"},
    )
    assert 'name="_key"' not in (await house.get("deputy", step)).text
    inbox = html.unescape((await house.get("deputy", "/approvals")).text)
    assert f'href="{step}?for=head"' in inbox
    form = await house.get("deputy", f"{step}?for=head")
    assert "您正在代" in form.text
    assert "head同志" in form.text
    given = await house.post("deputy", f"{step}?for=head", _key=key_of(form), opinion="同意")
    assert given.status_code == 303, given.text
    assert "for=head" in given.headers["location"]
    told = (await ledger(office, case_id))[-1]["actor"]
    assert (told["user_id"], told["acting_for"]["id"]) == ("deputy", "head")


async def test_every_command_and_every_step_has_a_page_and_an_empty_form_is_answered_in_words(
    house: House,
) -> None:
    office = house.office
    case_id = await office.case()
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    here = f"/cases/{case_id}"
    steps = [row.key for row in PROCEDURES[MeasureKind.FINE].rows]
    paths = [f"{here}/do/{name}" for name in COMMANDS if name not in (*NOT_OFFERED, "propose_measure")]
    paths += [f"{here}/measures/new?kind={kind.value}" for kind in MeasureKind]
    paths += [f"{here}/measures/{measure_id}/{step}" for step in steps]
    paths += [f"/enterprises/e-a/do/{name}" for name in ENTERPRISE_COMMANDS]
    for path in paths:
        shown = await house.get("wang", path)
        assert shown.status_code == 200, f"{path}: {shown.text}"
        read(shown.text)
        sent = await house.post("wang", path, _key=str(uuid.uuid4()))
        assert sent.status_code in (403, 409, 422), f"{path}: {sent.status_code}"
        read(sent.text)
        assert 'role="alert"' in sent.text, path
    assert (await house.get("wang", f"{here}/do/take_step")).status_code == 404
    assert (await house.get("wang", f"{here}/measures/{measure_id}/no_such_step")).status_code == 404


async def test_a_form_from_before_an_upgrade_is_shown_again_with_its_text_and_not_given(house: House) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/report_progress"
    shown = await house.get("firm", path)
    assert f'name="_version" value="{EDITION}"' in shown.text
    told = {"_key": key_of(shown), "text": "已清理一半", "percent": "50", "since": "旧栏目里的话"}
    older = await house.post("firm", path, _version="0123456789ab", **told)
    assert older.status_code == 409
    read(older.text)
    assert "系统升级前打开的" in older.text
    assert ">已清理一半</textarea>" in older.text
    assert "旧栏目里的话" in older.text, "what the new form has no field for can be copied"
    assert key_of(older) == told["_key"]
    assert all(
        (one["texts"] or {}).get("text") != "已清理一半" for one in await ledger(house.office, case_id)
    )
    given = await house.post("firm", path, _version=EDITION, **told)
    assert given.status_code == 303, given.text
