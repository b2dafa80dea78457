"""The text of a pull request: all a reviewer needs, from a proposal's trees and commits."""

from bootstrap.body.page import BEGIN, END, page, replaced
from bootstrap.body.review import Review, why_of

__all__ = ['BEGIN', 'END', 'Review', 'page', 'replaced', 'why_of']
