"""Reads Markdown as far as the documents here use it: code blocks, code in lines, links."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]


@dataclass
class Block:
    document: Path
    line: int
    language: str  # after the fence; empty for an indented block
    text: str

    @property
    def place(self):
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks(document):
    """Fenced blocks, and indented ones after an empty line that are no part of a list."""
    found, lines = [], document.read_text().splitlines()
    at = 0
    while at < len(lines):
        fence = re.match(r"( *)```(\w*)", lines[at])
        start = at
        if fence:
            at += 1
            while not lines[at].strip().startswith("```"):
                at += 1
            body = [line.removeprefix(fence[1]) for line in lines[start + 1:at]]
            found.append(Block(document, start + 2, fence[2], "\n".join(body)))
        elif lines[at].startswith("    ") and start > 0 and not lines[start - 1].strip():
            while at < len(lines) and lines[at].startswith("    "):
                at += 1
            found.append(Block(document, start + 1, "", "\n".join(line[4:] for line in lines[start:at])))
        at += 1
    return found


def prose(document):
    """The text without its blocks."""
    lines = document.read_text().splitlines()
    for block in blocks(document):
        for at in range(block.line - 1, block.line - 1 + len(block.text.splitlines())):
            lines[at] = ""
    return "\n".join(line for line in lines if not line.strip().startswith("```"))


def code(document):
    """What stands between backquotes in the text, each once."""
    spans = re.findall(r"(?<!`)`([^`]+)`", prose(document))
    return sorted({" ".join(span.split()) for span in spans})


def links(document):
    return re.findall(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>", prose(document))


def commands(block):
    """The command lines of a shell's block: continued lines joined, comments dropped."""
    joined = block.text.replace("\\\n", " ")
    words = (shlex.split(line, comments=True) for line in joined.splitlines())
    return [shlex.join(line) for line in words if line]
