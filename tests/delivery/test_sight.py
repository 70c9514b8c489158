"""What a message says is what its reader may know when it goes; who is told is who finds it in the console."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from ledger import deliveries, tables
from ledger.append import append
from models.batch import Notice
from models.deliveries import Channel
from services.notices.telling import lines_for
from tests.delivery.conftest import MORNING, Mailbox, Post, mail_server
from tests.ledger.looking import add, change, past_locks
from tests.ledger.makers import first, fresh

FIRM = {"role": "enterprise", "enterprise_id": "e-a", "org_id": None}
RIVAL = {"role": "enterprise", "enterprise_id": "e-b", "org_id": None}
TOWN = {"role": "territory", "territory_id": "t-east", "org_id": None}


def notice(post: Post, role: str, kind: str = "deadline_passed", **fields: object) -> Notice:
    shape = {"notice_id": fresh(), "seq": 1, "kind": kind, "audience_role": role, "at": post.clock()}
    return Notice(**shape, **fields)  # type: ignore[arg-type]


async def states(post: Post, *people: str) -> dict[str, list[str]]:
    async with past_locks(post.database) as connection:
        wanted = select(tables.deliveries.c.user_id, tables.deliveries.c.state)
        rows = (await connection.execute(wanted.where(tables.deliveries.c.user_id.in_(people)))).all()
    return {one: [row.state for row in rows if row.user_id == one] for one in people}


async def test_everybody_is_told_what_their_own_console_shows_them_and_nobody_anything_else(
    post: Post,
) -> None:
    homes = ("firm@x.cn", "rival@x.cn", "town@x.cn", "boss@x.cn", "mover@x.cn", "reader@x.cn", "gone@x.cn")
    roles = (FIRM, RIVAL, TOWN, {"role": "section_head"}, FIRM, FIRM, FIRM)
    _, rival, _, _, mover, reader, gone = [
        await post.person("email", to, pace="at_once", **who) for to, who in zip(homes, roles, strict=True)
    ]
    left = await post.person("email", "left@x.cn", active=False)
    open_one, hidden = fresh(), fresh()
    told = (
        notice(post, "enterprise", enterprise_id="e-a"),
        notice(post, "territory", territory_id="t-east"),
        notice(post, "territory", kind="transferred", territory_id="t-east"),
        notice(post, "inspector", user_id=left),
    )
    await append(post.database, first(open_one, notices=told))
    secret = notice(post, "enterprise", enterprise_id="e-a")
    await append(post.database, first(hidden, notices=(secret,), source="tip", told_seq=None, told_at=None))
    relay = post.relay()
    await relay.once()  # the mail server is away
    async with past_locks(post.database) as connection:
        await change(connection, tables.users, {"enterprise_id": "e-b"}, user_id=mover)
        await change(connection, tables.users, {"active": False}, user_id=gone)
        await add(connection, tables.notice_reads, {"notice_id": told[0].notice_id, "user_id": reader})
    post.clock.pass_(hours=2)
    box = Mailbox()
    async with mail_server(box, post.settings.smtp_port):
        await relay.once()
    said = {mail["To"]: mail.get_body(("plain",)).get_content() for mail in box.mails}  # type: ignore[union-attr]
    assert {*said} == {"firm@x.cn", "town@x.cn", "boss@x.cn"}
    assert all(f"/cases/{open_one}" in text for text in said.values())
    assert hidden not in str(said)
    assert said["town@x.cn"].count("/cases/") == 1, "what is copied to the territory, and no more"
    assert await states(post, rival, left) == {rival: [], left: []}
    dropped = await states(post, mover, reader, gone)
    assert dropped == {mover: ["dropped"], reader: ["dropped"], gone: ["dropped"]}
    assert await lines_for(post.database, gone, [told[0].notice_id], post.clock()) is None


async def test_what_comes_before_an_address_is_confirmed_is_not_told(post: Post) -> None:
    late = await post.person("email", "late@x.cn", pace="at_once")
    async with past_locks(post.database) as connection:
        later = {"confirmed_at": MORNING + timedelta(hours=1)}
        await change(connection, tables.addresses, later, user_id=late)
    await post.remind([late])
    await post.relay().once()
    post.clock.pass_(hours=2)
    after = await post.remind([late])
    box = Mailbox()
    async with mail_server(box, post.settings.smtp_port):
        await post.relay().once()
    (mail,) = [one for one in box.mails if one["To"] == "late@x.cn"]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.count("/cases/") == 1
    assert after in text


async def test_nothing_is_sent_while_it_is_quiet_but_what_breaks_through(post: Post) -> None:
    who = await post.person("email", "night@x.cn", pace="at_once")
    other = await post.person("email", "asleep@x.cn", pace="at_once")
    post.clock.pass_(hours=13)  # ten at night
    box = Mailbox()
    async with mail_server(box, post.settings.smtp_port):
        await post.remind([who], kind="major_reported")
        await post.remind([other], kind="deadline_passed")
        await post.relay().once()
        assert [mail["To"] for mail in box.mails] == ["night@x.cn"]
        post.clock.pass_(hours=10, minutes=30)
        await post.relay().once()
    assert [mail["To"] for mail in box.mails] == ["night@x.cn", "asleep@x.cn"]


async def test_a_relay_that_died_with_a_message_leaves_it_to_the_next_under_the_same_id(post: Post) -> None:
    who = await post.person("email", "once@x.cn", pace="at_once")
    await post.remind([who])
    relay = post.relay()
    await relay._spread(post.clock(), await relay._calendar(post.clock()))
    await deliveries.gather(post.database, post.clock(), post.clock(), 10)
    lease = post.clock() + timedelta(minutes=1)
    mine = [
        one
        for one in await deliveries.take(post.database, Channel.EMAIL, post.clock(), lease, 50)
        if one.user_id == who
    ]
    assert len(mine) == 1
    await post.remind([who])  # comes while the first may have arrived
    box = Mailbox()
    async with mail_server(box, post.settings.smtp_port):
        await relay.once()
        assert box.mails == []
        post.clock.pass_(minutes=2)
        await relay.once()
        assert [mail["Message-ID"] for mail in box.mails if mail["To"] == "once@x.cn"] == [
            f"<{mine[0].delivery_id}@example.gov.cn>"
        ]
        await relay.once()
    assert len([mail for mail in box.mails if mail["To"] == "once@x.cn"]) == 2
    assert not await deliveries.settle(post.database, mine[0], state="sent", now=post.clock())


async def test_a_message_that_never_goes_is_given_up_and_shown(post: Post) -> None:
    who = await post.person("email", "never@x.cn", pace="at_once")
    await post.remind([who])
    for _ in range(5):
        await post.relay().once()
        post.clock.pass_(hours=24)
    assert (await states(post, who))[who] == ["failed"]
    async with past_locks(post.database) as connection:
        wanted = select(tables.addresses).where(tables.addresses.c.user_id == who)
        address = (await connection.execute(wanted)).one()
    assert (address.trouble, address.confirmed_at is None) == ("unreachable", False)
