"""The API's own addresses of what services only name."""

from __future__ import annotations

from services.approvals.views import Target

API = "/api/v1"


def case(case_id: str) -> str:
    """A case."""
    return f"{API}/cases/{case_id}"


def measure(case_id: str, measure_id: str) -> str:
    """A measure of a case."""
    return f"{API}/cases/{case_id}/measures/{measure_id}"


def standing(enterprise_id: str) -> str:
    """How an enterprise stands."""
    return f"{API}/enterprises/{enterprise_id}/standing"


def inspection(inspection_id: str) -> str:
    """An inspection."""
    return f"{API}/inspections/{inspection_id}"


def order(order_id: str) -> str:
    """An order to rectify."""
    return f"{API}/orders/{order_id}"


def tip(tip_id: str) -> str:
    """A tip of the public."""
    return f"{API}/tips/{tip_id}"


def transfer(transfer_id: str) -> str:
    """Something handed to another department."""
    return f"{API}/transfers/{transfer_id}"


def self_check(check_id: str) -> str:
    """A check an enterprise made itself."""
    return f"{API}/self-checks/{check_id}"


def self_finding(finding_id: str) -> str:
    """Something an enterprise found itself."""
    return f"{API}/self-findings/{finding_id}"


def double_reports() -> str:
    """The quarterly double reports."""
    return f"{API}/double-reports"


def double_report(report_id: str) -> str:
    """A double report."""
    return f"{API}/double-reports/{report_id}"


def evidence(evidence_id: str) -> str:
    """A piece of evidence."""
    return f"{API}/evidence/{evidence_id}"


def notices() -> str:
    """The asker's notices."""
    return f"{API}/notices"


def addresses() -> str:
    """The asker's addresses."""
    return f"{API}/addresses"


def deliveries() -> str:
    """The messages of the district."""
    return f"{API}/deliveries"


def delegations() -> str:
    """The asker's delegations."""
    return f"{API}/delegations"


def saved_filters() -> str:
    """The asker's saved filters."""
    return f"{API}/saved-filters"


def answer(target: Target) -> str:
    """Where an answer of an approval is given: a step of a measure, a command to a case or to an enterprise."""
    if target.measure_id is not None:
        return f"{measure(str(target.case_id), target.measure_id)}/{target.step}"
    if target.case_id is not None:
        return f"{case(target.case_id)}/commands/{target.command}"
    return f"{API}/enterprises/{target.enterprise_id}/commands/{target.command}"


def enterprises() -> str:
    """The register of enterprises."""
    return f"{API}/enterprises"


def register(noun: str, entry_id: str = "") -> str:
    """The entries of a noun, or one of them."""
    return f"{API}/register/{noun}/{entry_id}" if entry_id else f"{API}/register/{noun}"


def old_ledger(import_id: str) -> str:
    """An import of an old ledger."""
    return f"{API}/imports/{import_id}"
