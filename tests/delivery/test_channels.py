"""Each channel against a real server: what it says, and what it makes of every answer."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from delivery.channels import senders
from delivery.hooks import Hook, enveloped, signed
from delivery.mail import Mail
from delivery.messages import Message, Voice, of_code, of_notices
from delivery.outward import Outward, answer_of, is_outside
from delivery.robots import Robots
from delivery.sms import TextMessages
from models.deliveries import Answer, Channel, Line, Result, Trouble, checked_address, masked
from models.errors import RequirementMissing
from models.labels import Label
from runtime.contacts import Contact, offered
from runtime.settings import Settings
from tests.delivery.conftest import MORNING, SECRET, Mailbox, Receiver, free_port, mail_server, receiving

ZH, EN = Voice("zh", "https://xh.example.gov.cn"), Voice("en", None)


def line(no: int = 1, **fields: object) -> Line:
    shape = {
        "notice_id": f"n{no}",
        "kind": "reminded",
        "label": Label(zh="到期提醒", en="reminder"),
        "number": f"应急隐〔2026〕{no}号",
        "title": "<b>除尘风管</b>\r\nBcc: x@y.cn",
        "clock": Label(zh="完成整改", en="rectify"),
        "due_at": datetime(2026, 11, 30, 16, 0, tzinfo=UTC),
        "at": MORNING,
        "path": f"/cases/{no}",
    }
    return Line(**(shape | fields))  # type: ignore[arg-type]


def message(*lines: Line, voice: Voice = ZH) -> Message:
    return of_notices("d-1", MORNING, lines or (line(),), voice, MORNING, 2)


def settings(**fields: object) -> Settings:
    plain = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "mail_from": "xh@example.gov.cn"}
    return Settings(**{**plain, "delivery_timeout_seconds": 10, "secret_key": "k" * 40, **fields})  # type: ignore[arg-type]


# -- what it says ---------------------------------------------------------------------------------------------
def test_a_message_says_what_waits_until_which_day_and_where() -> None:
    one = message()
    assert one.subject == "【销号】到期提醒：<b>除尘风管</b> Bcc: x@y.cn"
    assert "2026年11月30日 止" in one.plain
    assert "https://xh.example.gov.cn/cases/1" in one.plain
    assert "&lt;b&gt;" in one.html
    assert "<b>除尘" not in one.html
    assert "不代替法律文书的送达" in one.plain
    assert "除尘" not in one.short
    many = message(*(line(no) for no in range(5)), line(9, due_at=MORNING))
    assert many.subject == "【销号】6 条通知待查看，其中 1 条已逾期"
    assert many.plain.index("9号") < many.plain.index("0号")
    assert "另有 4 条" in many.plain
    assert (many.data["count"], len(many.data["notices"]), many.data["more"]) == (6, 2, 4)
    english = message(voice=EN)
    assert "Rectify: 2026-11-30" in english.plain
    assert "http" not in english.plain


# -- e-mail ---------------------------------------------------------------------------------------------------
async def test_a_mail_server_takes_chinese_and_its_refusals_are_told_apart() -> None:
    box, port = Mailbox(), free_port()
    mail = Mail(settings(smtp_port=port))
    assert (await mail.send(Contact("a@b.cn"), message(), MORNING)).result is Result.NOT_YET
    async with mail_server(box, port):
        assert await mail.send(Contact("a@b.cn"), message(), MORNING) == Answer(Result.SENT)
        (taken,) = box.mails
        assert taken["Subject"] == message().subject
        assert taken["Message-ID"] == "<d-1@example.gov.cn>"
        assert taken["From"].addresses[0].display_name == "销号"
        assert [part.get_content_type() for part in taken.iter_parts()] == ["text/plain", "text/html"]
        box.refuses = {"no@b.cn": "550 no such user", "full@b.cn": "452 full"}
        gone = await mail.send(Contact("no@b.cn"), message(), MORNING)
        assert gone == Answer(Result.NEVER, Trouble.NOBODY, "550")
        full = await mail.send(Contact("full@b.cn"), message(), MORNING)
        assert full == Answer(Result.NOT_YET, Trouble.BUSY, "452")
        box.data = "554 spam"
        spam = await mail.send(Contact("a@b.cn"), message(), MORNING)
        assert spam == Answer(Result.NOT_YET, Trouble.REFUSED, "554")
        untold = Mail(settings(smtp_port=port, smtp_tls="starttls"))
        assert (await untold.send(Contact("a@b.cn"), message(), MORNING)).result is Result.NOT_YET
    assert len(box.mails) == 1


async def test_a_mail_server_that_falls_silent_after_the_data_may_have_taken_it() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        while said := await reader.readline():
            if said == b".\r\n":
                break
            if said.upper().startswith((b"EHLO", b"MAIL", b"RCPT")):
                writer.write(b"250 ok\r\n")
            if said.upper().startswith(b"DATA"):
                writer.write(b"354 go\r\n")
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answer = await Mail(settings(smtp_port=port)).send(Contact("a@b.cn"), message(), MORNING)
    server.close()
    assert (answer.result, answer.trouble) == (Result.UNSURE, Trouble.HUNG)


# -- webhooks -------------------------------------------------------------------------------------------------
def test_a_receiver_verifies_what_is_ours_and_nothing_else() -> None:
    now = datetime.now(UTC)
    body = enveloped(message(), "https://xh.example.gov.cn", message().data)
    headers = signed(SECRET, "d-1", body, now)
    event = Webhook(SECRET).verify(body, headers)
    assert (event["id"], event["specversion"], event["type"]) == ("d-1", "1.0", "cn.xiaohao.notices")
    for bad, said in ((body + b" ", headers), (body, headers | {"webhook-id": "d-2"})):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(bad, said)


@pytest.mark.parametrize(
    ("result", "statuses"),
    [
        (Result.SENT, (200, 202, 204)),
        (Result.UNSURE, (302, 401, 404, 409, 429, 500, 503)),
        (Result.NEVER, (410,)),
    ],
)
def test_a_status_says_whether_it_was_taken(result: Result, statuses: tuple[int, ...]) -> None:
    assert {answer_of(status).result for status in statuses} == {result}


INSIDE = (
    "127.0.0.1 10.1.2.3 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1"
    " ::1 fd00::1 fe80::1%eth0 ::ffff:10.0.0.1 2002:7f00:1::"
)


def test_addresses_inside_are_known() -> None:
    assert [one for one in INSIDE.split() if is_outside(one)] == []
    assert is_outside("93.184.216.34")
    assert is_outside("2606:4700::1111")


async def test_nothing_inside_is_asked_nor_followed_to() -> None:
    async with receiving(Receiver(plans={"/moved": ["302"]})) as receiver:
        outside = Outward(10, private=False)
        for host in ("127.0.0.1", "localhost", "[::1]"):
            answer = await outside.post(f"https://{host}:{receiver.port}/", b"{}", {})
            assert answer.trouble in (Trouble.PRIVATE, Trouble.UNREACHABLE), host
        plain = await outside.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {})
        assert plain == Answer(Result.NEVER, Trouble.PRIVATE, "http")
        assert receiver.taken == []
        hook = Hook(settings(webhooks_private=True))
        contact = Contact(f"http://127.0.0.1:{receiver.port}/moved", SECRET)
        moved = await hook.send(contact, message(), MORNING)
        assert moved == Answer(Result.UNSURE, Trouble.REDIRECTED, "302")
        assert [path for path, _, _ in receiver.taken] == ["/moved"]
        gateway = TextMessages(settings(sms_url=f"http://127.0.0.1:{receiver.port}/sms", sms_secret=SECRET))
        assert await gateway.send(Contact("13800000000"), message(), MORNING) == Answer(Result.SENT)
        assert receiver.taken[-1][2]["data"] == {"to": "13800000000", "text": "【销号】1 条通知待查看"}


# -- the others -----------------------------------------------------------------------------------------------
async def test_a_bot_says_how_many_and_nothing_of_what(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    robots = Robots(settings(public_url="https://xh.example.gov.cn"))

    class Mouth:
        def add(self, to: str) -> bool:
            return to.startswith("wecombot:")

        async def async_notify(self, body: str) -> bool:
            said.append(body)
            return len(said) == 1

    monkeypatch.setattr(robots._apprise, "Apprise", Mouth)
    contact = Contact("wecombot://key12345")
    assert await robots.send(contact, message(), MORNING) == Answer(Result.SENT)
    assert (await robots.send(contact, message(), MORNING)).result is Result.UNSURE
    assert (await robots.send(Contact("json://x"), message(), MORNING)).result is Result.NEVER
    assert said[0] == "【销号】1 条通知待查看\nhttps://xh.example.gov.cn/notices"


def test_only_what_is_set_is_offered() -> None:
    assert offered(Settings()) == ()
    assert offered(settings(smtp_host=None)) == ()
    whole = settings(webhooks=True, robots=True, sms_url="http://sms.local/", sms_secret=SECRET)
    assert {*senders(whole)} == {*offered(whole)} == {*Channel}
    assert "whsec" not in repr(whole)
    assert "13800000000" not in repr(Contact("13800000000", SECRET))


@pytest.mark.parametrize(
    ("channel", "given", "shown"),
    [
        (Channel.EMAIL, " wang@example.gov.cn ", "w***@example.gov.cn"),
        (Channel.SMS, "13800001234", "138****1234"),
        (Channel.ROBOT, "wecombot://abcdef-123456", "wecombot://abc…"),
        (Channel.WEBHOOK, "https://example.gov.cn:8443/a?k=1", "https://example.gov.cn:8443/…"),
    ],
)
def test_an_address_has_its_shape_and_is_shown_in_part(channel: Channel, given: str, shown: str) -> None:
    assert masked(channel, checked_address(channel, given)) == shown


@pytest.mark.parametrize(
    ("channel", "bad"),
    [
        (Channel.EMAIL, "a@b"),
        (Channel.EMAIL, "a@b.cn\r\nBcc: c@d.cn"),
        (Channel.EMAIL, "a b@c.cn"),
        (Channel.SMS, "12345678901"),
        (Channel.SMS, "+8613800000000"),
        (Channel.ROBOT, "json://127.0.0.1/"),
        (Channel.ROBOT, "file:///etc/passwd"),
        (Channel.WEBHOOK, "ftp://example.cn/"),
        (Channel.WEBHOOK, "https://user:pw@example.cn/"),
        (Channel.WEBHOOK, "https://example.cn/a b"),
    ],
)
def test_what_has_another_shape_is_refused(channel: Channel, bad: str) -> None:
    with pytest.raises(RequirementMissing):
        checked_address(channel, bad)


def test_a_code_is_said_in_words() -> None:
    one = of_code("d-2", MORNING, "012345", 30, ZH)
    assert "012345" in one.subject
    assert json.dumps(one.data) == '{"code": "012345"}'
