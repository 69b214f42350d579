"""Modules of the page that need no page, in Node.js."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.http.application import create_app
from scripts.devkit.local import npm
from scripts.devkit.local.paths import ROOT, local
from tests.http.stubs import SETTINGS, StubBackend

_TYPES = ROOT / "tests/web/types"
_CLIENTS = ROOT / "tests/http/docs/clients"


# Seen to fail: with a Refusal of two arguments, and with a name that texts does not export.
@pytest.mark.timeout(600)  # what it needs may have to be fetched
def test_the_types_in_its_comments_hold():
    try:
        folder, node = npm.installed("web-types", _TYPES), npm.require_node(_TYPES)
        _write_contract(npm.installed("clients", _CLIENTS), npm.require_node(_CLIENTS))
    except npm.UnavailableError as missing:
        pytest.skip(str(missing))
    compiler = folder / "node_modules/typescript/bin/tsc"
    done = subprocess.run(
        [node.program, compiler, "--project", _TYPES], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def _write_contract(programs: Path, node: npm.Node) -> None:
    """Types of the answers, from the API's description as it is, where tsconfig.json looks for them."""
    described = create_app(SETTINGS, StubBackend()).test_client().get("/openapi.json").data
    folder = local() / "web-contract"
    folder.mkdir(exist_ok=True)
    (folder / "openapi.json").write_bytes(described)
    program = programs / "node_modules/openapi-typescript/bin/cli.js"
    command = [node.program, program, folder / "openapi.json", "-o", folder / "openapi.d.ts"]
    done = subprocess.run(command, cwd=programs, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _run(script: str) -> Any:
    """What the script leaves in `found`; modules are imported from ./."""
    node = npm.node()
    if not node:
        pytest.skip("Node.js is not installed")
    program = f"let found;\n{script}\nconsole.log(JSON.stringify(found));"
    command = [node.program, "--input-type=module", "--eval", program]
    done = subprocess.run(command, cwd=ROOT / "app/web", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# Seen to fail: with lines split at \n alone, and with data that is kept after its message.
def test_events_are_read_however_they_are_cut():
    text = "retry: 5\n\n: heartbeat\r\n\r\nevent: open\r\ndata: {}\r\n\r\n"
    text += "data: a\ndata:  b\nid: x.1\n\ndata: cut"
    found = _run(
        f"""
        import {{ Reader }} from "./sse.js";
        const text = {json.dumps(text)};
        found = [];
        for (let size = 1; size <= text.length; size += 1) {{
          const reader = new Reader();
          const got = [];
          for (let at = 0; at < text.length; at += size) got.push(...reader.take(text.slice(at, at + size)));
          found.push(got);
        }}
        """
    )
    wanted = [{"event": "open", "data": "{}", "id": ""}, {"event": "message", "data": "a\n b", "id": "x.1"}]
    assert all(one == wanted for one in found)
    assert len(found) == len(text)


_ROWS = """
import { take, shown, stateOf } from "./fleet.js";
const now = Date.parse("2026-01-31T12:00:00Z");
const row = (code, more) => ({ cdDispositivo: code, dtRegistro: "2026-01-31T11:59:00Z", dsLat: null,
  dsLong: null, dsEndereco: null, dsBairro: null, dsCidade: null, nrBat: null, nrCodigo: null,
  dsProduto: null, dsDescricao: null, blArea: true, dtAlteracao: "2026-01-31T11:59:00Z", ...more });
const view = { text: "", state: "", column: "state", descending: false };
"""


# Seen to fail: with blArea before the time in stateOf.
def test_a_device_is_silent_before_it_is_inside_or_outside():
    found = _run(
        _ROWS
        + """
        const long = { blArea: false, dtRegistro: "2026-01-31T11:44:59Z" };
        found = [{}, { blArea: false }, { blArea: null }, long].map((more) => stateOf(row(1, more), now));
        """
    )
    assert found == ["inside", "outside", "unfenced", "silent"]


# Seen to fail: without plain() in shown; without the code as the last thing to sort by.
def test_devices_are_found_without_accents_and_sorted_the_same_each_time():
    found = _run(
        _ROWS
        + """
        const fleet = [row(3, { dsCidade: "São Paulo", nrBat: 3.5 }), row(1, { nrBat: null }),
          row(2, { blArea: false, nrBat: 3.1, nrCodigo: "A10" }), row(4, { nrCodigo: "A9" })];
        const wanted = [{}, { text: "sao PAULO" }, { state: "outside" }, { column: "nrBat" },
          { column: "nrCodigo" }];
        found = wanted.map((one) => shown(fleet, { ...view, ...one }, now))
          .map((rows) => rows.map((one) => one.row.cdDispositivo));
        """
    )
    assert found == [[2, 1, 3, 4], [3], [2], [2, 3, 1, 4], [1, 3, 4, 2]]


# Seen to fail: with a take that always takes.
def test_an_older_row_does_not_replace_a_newer_one():
    found = _run(
        _ROWS
        + """
        const fleet = new Map();
        const older = row(1, { nrBat: 3.1, dtAlteracao: "2026-01-31T11:58:00Z" });
        found = [take(fleet, [row(1, { nrBat: 3.6 })]), take(fleet, [older]), fleet.get(1).nrBat];
        """
    )
    assert found == [True, False, 3.6]


# Seen to fail: with metres / EARTH_M in degrees; with arcs that are not turned round.
def test_fences_are_circles_on_the_ground_and_countries_closed_rings():
    found = _run(
        """
        import { circle, fences, unpacked } from "./geometry.js";
        const ring = circle(-23.5, -46.6, 300);
        const site = { cdDestinatario: 1, dsNome: "A", nrRaio: 300, cdEndereco: 5, dsCerca: null };
        const polygon = { type: "Polygon", coordinates: [] };
        const made = fences([site, { ...site, dsCerca: polygon }, { ...site, cdEndereco: 6 }],
          [{ cdEndereco: 5, dsLat: -23.5, dsLong: -46.6 }]);
        const topology = { transform: { scale: [1, 1], translate: [10, 20] },
          arcs: [[[0, 0], [1, 0], [0, 1]], [[0, 0], [1, 1]]],
          objects: { land: { geometries: [{ type: "Polygon", arcs: [[0, -2]] }] } } };
        found = [ring[0][1], ring.length, made.features.map((one) => one.geometry.coordinates.length),
          unpacked(topology, "land").features[0].geometry.coordinates];
        """
    )
    assert found[0] == pytest.approx(-23.5 + 300 / 111_195, abs=1e-6)
    assert found[1:3] == [65, [1, 0]]
    assert found[3] == [[[10, 20], [11, 20], [11, 21], [10, 20]]]
