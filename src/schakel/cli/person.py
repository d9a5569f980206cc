"""`schakel person`: an account for somebody, with a role."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from schakel.cli.terminal import near, refuse, with_tables

app = typer.Typer(help="People and their roles.", no_args_is_help=True)


@app.callback()
def person() -> None:
    """People and their roles."""


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="What the person types to log in.")],
    name: Annotated[str, typer.Option(help="First and last name, as colleagues see it.")],
    role: Annotated[str, typer.Option(help="Such as triagist, dispatcher, crew or partner.")],
    organisation: Annotated[str, typer.Option(help="Its key in the region file, such as zcc or altrecht.")],
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="Ask for the password, instead of making one up and showing it.")
    ] = False,
) -> None:
    """Add somebody with a role for an organisation; or give a role to somebody who is there."""
    with_tables()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from schakel.accounts.models import Membership, Organisation, Person
    from schakel.domain.vocabulary import Role
    from schakel.operations import clock

    roles = {one.value: one for one in Role}
    if role not in roles:
        refuse(f"There is no role {role}.{near(role, roles)} Known: {', '.join(roles)}.")
    partner = Organisation.objects.filter(code=organisation).first()
    if partner is None:
        known = list(Organisation.objects.order_by("code").values_list("code", flat=True))
        if not known:
            refuse("There are no organisations yet. Run `schakel region load` first.")
        refuse(f"There is no organisation {organisation}.{near(organisation, known)} Known: {', '.join(known)}.")
    first, _, last = name.strip().partition(" ")
    if not first or len(name) > 150:
        refuse("A name has a first name, and holds at most 150 characters.")
    found = Person.objects.filter(username=username).first()
    made_up = ""
    if found is None:
        if ask_password:
            password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            password = made_up = secrets.token_urlsafe(12)
        one = Person(username=username, first_name=first, last_name=last)
        try:
            one.full_clean(exclude=["password"])
            validate_password(password, one)
        except ValidationError as wrong:
            refuse(" ".join(wrong.messages))
    with transaction.atomic():
        if found is None:
            one.set_password(password)
            one.save()
            found = one
        now = clock.now_ms()
        if Membership.objects.valid(now).filter(person=found, organisation=partner, role=role).exists():
            refuse(f"{username} has the role {role} for {organisation} already.")
        Membership.objects.create(person=found, organisation=partner, role=roles[role], starts_at=now)
        if roles[role] is Role.ADMINISTRATOR:
            found.is_staff = True
            found.save(update_fields=["is_staff"])
    typer.echo(f"{username} is {role} for {partner.name}.")
    if made_up:
        typer.echo(f"Password: {made_up}")
