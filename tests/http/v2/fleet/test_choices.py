"""What bodies may choose from is what columns take."""

from typing import get_args

import pytest

from app.http.kit.parameters import Status
from app.http.v2.fleet.schemas import Unit
from app.http.v2.people.schemas import Role
from tests._lib.legacy import query


# Seen to fail: with the units as they were before the types of the database were those of installations.
@pytest.mark.parametrize(
    ("choices", "type_name"),
    [(Status, "status"), (Unit, "unidade"), (Role.model_fields["role"].annotation, "role")],
)
def test_bodies_offer_what_the_type_has(fleet, choices, type_name):
    labels = query(fleet, f"select unnest(enum_range(null::public.{type_name}))::text")
    assert [(choice,) for choice in get_args(choices)] == labels
