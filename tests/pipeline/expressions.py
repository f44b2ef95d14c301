"""Works out what stands in ${{ }}, as far as the workflows here use it: names, texts, numbers, functions,
! == != && || and parentheses. What is not known of it is an error, never a guess."""

import re

TOKEN = re.compile(r"\s*(?:(==|!=|&&|\|\||[!(),])|'((?:[^']|'')*)'|(\d+)|([\w.-]+))")


class Unknown(Exception):
    """The expression has something that is not understood here."""


def tokens(text):
    at, found = 0, []
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise Unknown(f"{text!r} at {text[at:]!r}")
        operator, quoted, number, name = match.groups()
        found.append(("operator", operator) if operator else ("value", quoted.replace("''", "'")) if quoted is not None
                     else ("value", int(number)) if number else ("name", name))
        at = match.end()
    return found


def lookup(name, context):
    """Of `vars.NAME` and the like; what is not there is empty, as in a workflow, but not the context."""
    if name in ("true", "false"):
        return name == "true"
    first, *rest = name.split(".")
    if first not in context:
        raise Unknown(f"there is no {first!r} for {name!r}")
    value = context[first]
    for part in rest:
        value = value.get(part, "") if isinstance(value, dict) else ""
    return value


class Parser:
    def __init__(self, text, context, functions):
        self.rest, self.context, self.functions = tokens(text), context, functions

    def take(self, operator):
        if self.rest and self.rest[0] == ("operator", operator):
            self.rest.pop(0)
            return True
        return False

    def choice(self):
        value = self.conjunction()
        while self.take("||"):
            other = self.conjunction()
            value = value or other
        return value

    def conjunction(self):
        value = self.comparison()
        while self.take("&&"):
            other = self.comparison()
            value = value and other
        return value

    def comparison(self):
        value = self.single()
        if self.take("=="):
            return str(value).lower() == str(self.single()).lower()
        if self.take("!="):
            return str(value).lower() != str(self.single()).lower()
        return value

    def single(self):
        if self.take("!"):
            return not self.single()
        if self.take("("):
            value = self.choice()
            if not self.take(")"):
                raise Unknown("a parenthesis is not closed")
            return value
        if not self.rest or self.rest[0][0] == "operator":
            raise Unknown("something is missing")
        kind, value = self.rest.pop(0)
        if kind == "value":
            return value
        return self.call(value) if self.take("(") else lookup(value, self.context)

    def call(self, name):
        arguments = []
        while not self.take(")"):
            arguments.append(self.choice())
            self.take(",")
        if name == "startsWith":
            return str(arguments[0]).lower().startswith(str(arguments[1]).lower())
        if name not in self.functions:
            raise Unknown(f"there is no function {name!r}")
        return self.functions[name](*arguments)


def evaluate(text, context, **functions):
    parser = Parser(text, context, functions)
    value = parser.choice()
    if parser.rest:
        raise Unknown(f"{text!r}: what is {parser.rest[0][1]!r}?")
    return value


def fill_in(text, context):
    """A text with what its ${{ }} stand for."""
    def one(match):
        value = evaluate(match[1], context)
        return str(value).lower() if isinstance(value, bool) else str(value)
    return re.sub(r"\$\{\{(.*?)\}\}", one, str(text), flags=re.DOTALL)
