"""The words of the audit log are closed: the service's own actions, the commands and the steps; nothing else."""

from __future__ import annotations

from models.audit import ACTIONS, AuditAction, action_of
from models.commands import COMMANDS
from models.measures.procedures import PROCEDURES
from services.oversight.wording import action_label, values_of


def test_a_refusal_is_recorded_under_the_name_of_its_command_or_step() -> None:
    for name in (*COMMANDS, *(row.key for procedure in PROCEDURES.values() for row in procedure.rows)):
        assert action_of(name) == name


def test_what_is_no_action_is_a_plain_request() -> None:
    assert action_of("'; drop table audit_log") == AuditAction.REQUEST
    assert action_of(AuditAction.LOGIN) == "login"
    assert set(AuditAction) < ACTIONS


def test_every_action_that_is_recorded_has_words() -> None:
    assert [one for one in ACTIONS if action_label(one).zh == one] == []


def test_a_key_means_what_the_detail_says_it_stands_in() -> None:
    assert values_of("credential", "code")["code"][0] == "动态口令"
    assert values_of("channel", "code")["code"][0] == "发送验证码"
    for name, words in (
        ("case-bundle", "案卷数据包"),
        ("report-monthly", "报表"),
        ("dump-cases", "开放数据"),
    ):
        assert values_of("what", name)[name][0] == words
    assert "nothing-known" not in values_of("what", "nothing-known")
