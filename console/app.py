"""The console as a door: its pages, what of them needs nobody signed in, how it answers refusals."""

from __future__ import annotations

from fastapi import APIRouter

from console.pages import (
    account,
    accounts,
    addresses,
    admin,
    assets,
    calendars,
    cases,
    commands,
    delegations,
    deliveries,
    desk,
    doublereports,
    enterprises,
    exports,
    field,
    hazards,
    imports,
    inspections,
    intake,
    measures,
    openings,
    orderlinks,
    overview,
    photos,
    programs,
    register,
    rehearsals,
    reports,
    rules,
    saved,
    selfchecks,
    serving,
    signon,
    sso,
    styleguide,
    tip,
    tips,
    visit,
)
from console.refusals import render
from console.rendering import load

ROUTERS: tuple[APIRouter, ...] = (
    desk.router,
    signon.router,
    sso.router,
    account.router,
    addresses.router,
    deliveries.router,
    register.router,
    accounts.router,
    programs.router,
    assets.router,
    cases.router,
    commands.router,
    measures.router,
    enterprises.router,
    openings.router,
    orderlinks.router,
    visit.router,
    tip.router,
    intake.router,
    tips.router,
    overview.router,
    delegations.router,
    admin.router,
    field.router,
    styleguide.router,
    photos.router,
    inspections.router,
    rehearsals.router,
    calendars.router,
    rules.router,
    exports.router,
    saved.router,
    selfchecks.router,
    doublereports.router,
    serving.router,
    reports.router,
    imports.router,
    hazards.router,
)
"""Every page; a new part of the console adds its router here."""

PUBLIC: tuple[tuple[str, str], ...] = (
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/login/with/{provider}"),
    ("GET", "/login/back/{provider}"),
    ("POST", "/language"),
    ("GET", "/l/{token}"),
    ("GET", "/tip"),
    ("POST", "/tip"),
    ("POST", "/tip/look"),
    ("GET", "/tip/{code}"),
    ("GET", "/static/{version}/{name}"),
    ("GET", "/field"),
    ("GET", "/field/version"),
    ("GET", "/field/sw.js"),
    ("GET", "/field/manifest.webmanifest"),
)
"""Method and path of everything that works without signing in."""
PAYING: tuple[tuple[str, str], ...] = (
    ("POST", "/logout"),
    ("GET", "/account/owed"),
    ("POST", "/account/owed"),
    *(("GET", "/account/factor"), ("POST", "/account/factor")),
)
"""What works while a sign-in owes something: one page that asks for it."""

__all__ = ["PAYING", "PUBLIC", "ROUTERS", "load", "render"]
