"""Shapes of real public files, in own words: what each reader makes of them."""

from __future__ import annotations

import pytest

from pmlint.parsing.source import Malformed
from pmlint.project.registry.reader import decode_foreign
from pmlint.project.registry.readers import reader_for

READ: dict[str, tuple[str, bytes, list[object]]] = {
    "a comment that looks like the end of front matter": (
        "agents/search.agent.md",
        b"---\nname: search\nmcp-servers:\n  search:\n    args: [\n        # ---\n        # put your address here\n        # ---\n        'https://x'\n"
        b"      ]\npermissions: write-all # ---\n---\n\nText.\n\n---\nnot: this\n---\n",
        [
            {
                "name": "search",
                "mcp-servers": {"search": {"args": ["https://x"]}},
                "permissions": "write-all",
            }
        ],
    ),
    "expressions in JSON": (
        "n8n/a.json",
        b'{"nodes": [{"value": "={{ $json.name }}"}]}',
        [{"nodes": [{"value": "={{ $json.name }}"}]}],
    ),
    "a byte order mark and Windows' line ends": (
        "flags.flagd.json",
        b'\xef\xbb\xbf{\r\n"flags": {}\r\n}\r\n',
        [{"flags": {}}],
    ),
    "on as a key": ("a.yaml", b"on: {push: null}\ny: 1\n", [{"on": {"push": None}, "y": 1}]),
    "documents, an empty one among them": (
        "k8s/a.yaml",
        b"---\n# head\n---\nkind: Agent\n---\nkind: Role\n",
        [{"kind": "Agent"}, {"kind": "Role"}],
    ),
    "anchors and merge keys": (
        "compose.yaml",
        b"x-base: &base\n  image: a\nservices:\n  desk:\n    <<: *base\n    ports: ['80:80']\n",
        [{"x-base": {"image": "a"}, "services": {"desk": {"image": "a", "ports": ["80:80"]}}}],
    ),
    "comments and closing commas": (
        ".mcp.json",
        b'{\n  // local\n  "mcpServers": {"a": {"args": ["-y",],},},\n}\n',
        [{"mcpServers": {"a": {"args": ["-y"]}}}],
    ),
    "emoji in pairs": ("a.json", b'{"name": "\\ud83d\\udd0d"}', [{"name": "\U0001f50d"}]),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name: str) -> None:
    path, data, documents = READ[name]
    reader = reader_for(path)
    assert reader is not None
    found = [document.data for document in reader.read(decode_foreign(path, data)).documents]
    assert [one for one in found if one is not None] == documents


@pytest.mark.parametrize(
    ("path", "data", "message"),
    [
        ("a.md", b"---\nname: x\n# ---\n", "the front matter is not closed"),
        ("n8n/a.json", b'{"a": 1}\n{"b": 2}\n', "this is not JSON: extra data"),
        (
            ".claude/agents/a.md",
            b"---\ndescription: Use it. Examples: <example>\n---\n",
            "this is not YAML: mapping values are not allowed in this context",
        ),
    ],
)
def test_what_no_reader_reads(path: str, data: bytes, message: str) -> None:
    reader = reader_for(path)
    assert reader is not None
    with pytest.raises(Malformed) as raised:
        reader.read(decode_foreign(path, data))
    assert raised.value.message == message
