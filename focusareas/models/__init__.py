"""Who and where, and what the sources hold about them."""

from focusareas.models.facts import AreaFact
from focusareas.models.figures import Figure, FigureTable, Indicator, KeyIndicator, Region
from focusareas.models.money import Amount, BudgetLine
from focusareas.models.national import NationalElement
from focusareas.models.organisation import Body, Goal, ProgrammeTheme, Seat
from focusareas.models.places import AuditOffice, CouncilTerm, FocusArea, Municipality, QuestionArticle
from focusareas.models.timeline import Event

__all__ = [
    "Amount",
    "AreaFact",
    "AuditOffice",
    "Body",
    "BudgetLine",
    "CouncilTerm",
    "Event",
    "Figure",
    "FigureTable",
    "FocusArea",
    "Goal",
    "Indicator",
    "KeyIndicator",
    "Municipality",
    "NationalElement",
    "ProgrammeTheme",
    "QuestionArticle",
    "Region",
    "Seat",
]
