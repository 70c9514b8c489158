"""A thousand reminders while the mail server is away for a day: one digest a person, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict

from sqlalchemy import select

from ledger.tables import deliveries, delivery_items
from models.clocks import SHANGHAI
from tests.delivery.conftest import Mailbox, Post, Receiver, mail_server, receiving
from tests.ledger.looking import past_locks

PEOPLE = 25
CASES = 40


async def test_a_thousand_reminders_in_an_outage_become_one_digest_a_person(post: Post) -> None:
    people = await post.people("email", [f"p{no}@example.gov.cn" for no in range(PEOPLE)])
    relays = [post.relay() for _ in range(3)]
    for no in range(CASES):  # every case reminds them all, through the day
        await post.remind(people)
        if no % 10 == 0:
            await asyncio.gather(*(relay.once() for relay in relays))
        post.clock.pass_(minutes=25)
    box = Mailbox()
    post.clock.pass_(hours=8)  # it is morning again
    async with mail_server(box, post.settings.smtp_port):
        for _ in range(3):
            await asyncio.gather(*(relay.once() for relay in relays))
            post.clock.pass_(minutes=30)
    assert Counter(mail["To"] for mail in box.mails) == {f"p{no}@example.gov.cn": 1 for no in range(PEOPLE)}
    assert len({mail["Message-ID"] for mail in box.mails}) == PEOPLE
    for mail in box.mails:
        assert mail["Subject"].startswith(f"【销号】{CASES} 条通知待查看")
        plain = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert plain.count("https://xh.example.gov.cn/cases/") == CASES
    async with past_locks(post.database) as connection:
        rows = (await connection.execute(select(deliveries).where(deliveries.c.user_id.in_(people)))).all()
        items = (
            await connection.execute(select(delivery_items).where(delivery_items.c.user_id.in_(people)))
        ).all()
    assert {(row.state, row.notices, row.unsure) for row in rows} == {("sent", CASES, False)}
    assert len(items) == PEOPLE * CASES
    assert all(8 <= row.settled_at.astimezone(SHANGHAI).hour < 20 for row in rows)


async def test_a_receiver_that_fails_hangs_or_is_late_gets_everything_once(post: Post) -> None:
    plans = {
        "/fails": ["500", "500", "200"],
        "/hangs": ["hang", "hang", "200"],
        "/late": ["late", "200"],
        "/busy": ["503", "200"],
        "/moved": ["302", "200"],
        "/well": ["200"],
    }
    async with receiving(Receiver(plans={path: [*plan] for path, plan in plans.items()})) as receiver:
        homes = {path: f"http://127.0.0.1:{receiver.port}{path}" for path in plans}
        made = await post.people("webhook", [*homes.values()], pace="at_once")
        people = dict(zip(homes, made, strict=True))
        relays = [post.relay(), post.relay()]
        reminded = []
        for _ in range(4):
            reminded.append(await post.remind([*people.values()]))
            await asyncio.gather(*(relay.once() for relay in relays))
            post.clock.pass_(minutes=70)
        for _ in range(6):
            await asyncio.gather(*(relay.once() for relay in relays))
            post.clock.pass_(minutes=70)
    told: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for path, delivery_id, event in receiver.taken:
        seen = sorted(one["path"] for one in event["data"]["notices"])
        assert told[path].setdefault(delivery_id, seen) == seen  # the same id always says the same
        assert event["id"] == delivery_id
    for path in plans:
        said = sorted(one for lines in told[path].values() for one in lines)
        assert said == sorted(f"/cases/{case_id}" for case_id in reminded), path
    assert len([one for one in receiver.taken if one[0] == "/hangs"]) > len(told["/hangs"])
    async with past_locks(post.database) as connection:
        wanted = select(deliveries.c.state).where(deliveries.c.user_id.in_([*people.values()]))
        assert {*(await connection.scalars(wanted)).all()} == {"sent"}
