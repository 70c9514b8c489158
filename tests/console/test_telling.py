"""How somebody is told outside the house: by the page and by the API, confirmed by a code, seen by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import pytest

from delivery.messages import Message
from delivery.sending import Deliverer
from ledger import tables
from models.deliveries import Answer, Channel, Result, Trouble
from policies import delivery_rules
from runtime.contacts import Contact
from services.notices.telling import lines_for
from tests.api.support import key, ok, refused
from tests.console.conftest import House
from tests.console.reading import read

ON = {
    "smtp_host": "mail.example.gov.cn",
    "mail_from": "xh@example.gov.cn",
    "webhooks": True,
    "public_url": "https://xh.example.gov.cn",
}
AT = "wsh@aqjg.example.cn"


class Taken:
    """A sender that keeps what it was given."""

    def __init__(self, *answers: Answer) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.answers = [*answers]

    async def send(self, contact: Contact, message: Message, now: datetime) -> Answer:
        self.sent.append((contact.to, message))
        return self.answers.pop(0) if self.answers else Answer(Result.SENT)


def relay(house: House, senders: Mapping[Channel, Taken]) -> Deliverer:
    services = house.office.world.services
    tell = partial(lines_for, services.database)
    rules = delivery_rules()
    return Deliverer(
        services.database, services.settings, rules, senders, tell, clock=services.clock, luck=lambda: 0.5
    )


@pytest.fixture
def offering(house: House) -> House:
    """The house with mail and webhooks on."""
    services = house.office.world.services
    services.settings = services.settings.model_copy(update=ON)
    return house


async def test_nothing_is_offered_without_settings_and_it_says_so(house: House) -> None:
    page = await house.get("wang", "/account/notices")
    read(page.text)
    assert "本服务没有开通站外通知" in page.text
    body = {"channel": "email", "address": AT}
    refused(await house.office.post("wang", "/addresses", body), 409, "conflict", "addresses.offered")
    admin = await house.get("u-admin", "/admin/deliveries")
    read(admin.text)
    assert "没有开通任何方式" in admin.text
    assert not any(
        one["offered"] for one in ok(await house.office.get("u-admin", "/deliveries/channels"))["items"]
    )


async def test_an_address_is_confirmed_by_the_code_that_came_there_and_then_used(offering: House) -> None:
    house, office = offering, offering.office
    mail = Taken()
    post = relay(house, {Channel.EMAIL: mail})
    given = await house.post(
        "wang", "/account/notices/email", _key=key(), address=AT, pace="at_once", language="zh"
    )
    assert given.status_code == 303, given.text
    page = (await house.get("wang", "/account/notices")).text
    read(page)
    assert "w***@aqjg.example.cn" in page
    assert AT not in page
    assert "待确认" in page
    await office.case()  # tells the handler of it
    await post.once()
    (to, code), *more = mail.sent
    assert (to, more) == (AT, [])
    assert code.type == "cn.xiaohao.address.code"
    digits = str(code.data["code"])
    wrong = "000000" if digits != "000000" else "111111"
    answer = await house.post("wang", "/account/notices/email/confirm", _key=key(), code=wrong)
    assert answer.status_code == 409
    assert "验证码不对" in answer.text
    read(answer.text)
    done = await house.post("wang", "/account/notices/email/confirm", _key=key(), code=digits)
    assert done.status_code == 303, done.text
    office.world.clock.pass_(minutes=5)
    case_id = await office.case()
    await post.once()
    assert [message.type for _, message in mail.sent[1:]] == ["cn.xiaohao.notices"]
    assert f"https://xh.example.gov.cn/cases/{case_id}" in mail.sent[1][1].plain
    assert mail.sent[1][1].plain.count("/cases/") == mail.sent[1][1].data["count"], (
        "nothing from before it was confirmed"
    )
    kept = await office.world.rows(tables.addresses)
    assert AT.encode() not in kept[0]["sealed"]
    actions = [row["details"] for row in await office.world.audit() if row["action"] == "change_address"]
    assert {"channel": "email", "what": "given"} in actions
    assert {"channel": "email", "what": "confirmed"} in actions
    assert AT not in str(await office.world.audit())


async def test_a_code_comes_while_the_clock_runs(offering: House) -> None:
    """Between two looks at a real clock some time passes: the code is still the one that was asked for."""
    office, mail = offering.office, Taken()
    services, clock = office.world.services, office.world.clock

    def running() -> datetime:
        clock.pass_(milliseconds=1)
        return clock()

    services.clock = running
    post = relay(offering, {Channel.EMAIL: mail})
    ok(await office.post("wang", "/addresses", {"channel": "email", "address": AT}), 201)
    await post.once()
    clock.pass_(minutes=2)
    ok(await office.post("wang", "/addresses/email/code"))
    await post.once()
    first, second = (str(message.data["code"]) for _, message in mail.sent)
    assert first != second
    assert ok(await office.post("wang", "/addresses/email/confirm", {"code": second}))["confirmed_at"]


async def test_a_code_is_tried_a_few_times_and_asked_for_with_patience(offering: House) -> None:
    office = offering.office
    ok(await office.post("wang", "/addresses", {"channel": "email", "address": AT}), 201)
    for _ in range(delivery_rules().code_tries):
        answer = await office.post("wang", "/addresses/email/confirm", {"code": "000000"})
        assert answer.status_code == 409
    tried = await office.post("wang", "/addresses/email/confirm", {"code": "000000"})
    refused(tried, 409, "conflict", "addresses.code_over")
    refused(await office.post("wang", "/addresses/email/code"), 429, "too_many_requests", "addresses.wait")
    office.world.clock.pass_(minutes=2)
    ok(await office.post("wang", "/addresses/email/code"))
    office.world.clock.pass_(seconds=90)
    refused(await office.post("wang", "/addresses/email/code"), 429, "too_many_requests")
    ok(await office.post("wang", "/addresses/email/remove"))
    again = await office.post("wang", "/addresses", {"channel": "email", "address": "x@example.cn"})
    refused(again, 429, "too_many_requests", "addresses.wait")
    refused(await office.post("wang", "/addresses/email/remove"), 404, "not_found")


async def test_addresses_are_each_persons_own_and_of_their_shape(offering: House) -> None:
    office = offering.office
    ok(await office.post("firm", "/addresses", {"channel": "email", "address": AT}), 201)
    for who in ("rival", "wang", "u-admin", "town"):
        items = ok(await office.get(who, "/addresses"))["items"]
        assert all(one["address"] is None for one in items), who
        refused(await office.post(who, "/addresses/email/code"), 404, "not_found", "scope.address")
    for channel, bad in (
        ("email", "no at"),
        ("email", "a@b\nBcc: c@d.cn"),
        ("webhook", "http://example.gov.cn/hook"),
        ("webhook", "file:///etc/passwd"),
    ):
        answer = await office.post("wang", "/addresses", {"channel": channel, "address": bad})
        assert answer.status_code in (409, 422), bad
    hook = {"channel": "webhook", "address": "https://example.gov.cn/hook?a=1"}
    idem = key()
    first = ok(await office.post("wang", "/addresses", hook, idem=idem), 201)
    assert first["secret"].startswith("whsec_")
    assert first["address"] == "https://example.gov.cn/…"
    assert ok(await office.post("wang", "/addresses", hook, idem=idem)) == first
    shown = (await house_page(offering)).text
    assert first["secret"] not in shown


async def house_page(house: House):  # type: ignore[no-untyped-def]
    return await house.get("wang", "/account/notices")


async def test_what_failed_is_shown_to_the_person_and_the_administrator_who_sends_it_again(
    offering: House,
) -> None:
    house, office = offering, offering.office
    mail = Taken(Answer(Result.NEVER, Trouble.NOBODY, "550"))
    post = relay(house, {Channel.EMAIL: mail})
    ok(await office.post("wang", "/addresses", {"channel": "email", "address": AT}), 201)
    await post.once()
    page = (await house_page(house)).text
    assert "地址无效或已停用" in page
    for who in ("wang", "chief", "firm", "u-auditor"):
        refused(await office.get(who, "/deliveries"), 403, "not_authorised", "deliveries.admin")
        refused(await office.get(who, "/deliveries/channels"), 403, "not_authorised")
        assert (await house.get(who, "/admin/deliveries")).status_code == 403
    (failed,) = ok(await office.get("u-admin", "/deliveries?state=failed"))["items"]
    assert (failed["notices"], failed["detail"]) == (0, "550")
    shown = await house.get("u-admin", "/admin/deliveries")
    read(shown.text)
    assert "重发" in shown.text
    assert AT not in shown.text
    path = f"/deliveries/{failed['delivery_id']}/again"
    refused(await office.post("wang", path), 403, "not_authorised")
    refused(await office.post("u-admin", "/deliveries/nothing/again"), 404, "not_found", "scope.delivery")
    again = await house.post("u-admin", f"/admin{path}", _key=key())
    assert again.status_code == 303, again.text
    twice = await house.post("u-admin", f"/admin{path}", _key=key())
    assert twice.status_code == 409
    read(twice.text)
    await post.once()
    assert [message.delivery_id for _, message in mail.sent] == [failed["delivery_id"]] * 2
    (email,) = (
        one for one in ok(await office.get("u-admin", "/deliveries/channels"))["items"] if one["sent"]
    )
    assert (email["channel"], email["waiting"], email["failed"], email["sent"]) == ("email", 0, 0, 1)
    assert any(row["action"] == "resend_delivery" for row in await office.world.audit())
