"""Small words that templates cannot form."""

from collections.abc import Sequence
from decimal import Decimal

NUMBERS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")


def number(count: int) -> str:
    """Up to twelve in words, as in running text."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def capitalised(text: str) -> str:
    """The first letter as at the start of a sentence, where Dutch drops the accents of a stressed één."""
    return f"Eén{text[3:]}" if text.startswith("één") else text[:1].upper() + text[1:]


def counted(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def all_of(count: int) -> str:
    return {1: "één", 2: "beide"}.get(count, f"alle {number(count)}")


def listed(words: Sequence[str]) -> str:
    """ "a, b en c"."""
    return " en ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def sentence(text: str) -> str:
    """With a capital, and one mark at its end."""
    return capitalised(text if text.endswith((".", "!", "?", "…")) else f"{text}.") if text else ""


def decimal(value: Decimal) -> str:
    """ "4.637.084" or "7,77": as Dutch readers write it, without zeros that say nothing."""
    whole, _, rest = f"{value.normalize():,f}".partition(".")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")
