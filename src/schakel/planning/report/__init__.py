"""What was found, for people: one page with charts and tables, the figures as files, and what was read.

from schakel.planning.report import write

write(results, Path("reports/station-vleuten"))
"""

from schakel.planning.report.files import NotOurs, facts, why_not, write
from schakel.planning.report.page import page
from schakel.planning.report.words import Language

__all__ = ["Language", "NotOurs", "facts", "page", "why_not", "write"]
