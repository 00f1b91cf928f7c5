"""What pickers are made of: one `value` of plain Python, told once per change; the list to choose from."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from omnipandas.errors import ArgumentError

_LABEL_WIDTH = "5.5em"


def labelled(width: str = "auto") -> dict[str, Any]:
    """Return the settings of a control whose label stands before it, in line with the others."""
    return {"layout": {"width": width}, "style": {"description_width": _LABEL_WIDTH}}


class Keys(anywidget.AnyWidget):
    """An invisible part that keeps the keys typed in its group from the notebook's own commands."""

    _esm = Path(__file__).with_name("keys.js")


class Picker(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A group of controls with one value; `observe` it by the name ``"value"``.

    Attributes
    ----------
    value
        What is chosen, in plain Python; assign to choose. It is never synced: a saved notebook holds
        what the controls show and nothing else.
    """

    def __init__(self, children: Sequence[ipywidgets.Widget]) -> None:
        self._is_quiet = False
        super().__init__(children=(*children, Keys()))
        self.add_class("omnipandas-keys")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.value!r}>"

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Change the controls without taking that for a choice of the user's."""
        before, self._is_quiet = self._is_quiet, True
        try:
            yield
        finally:
            self._is_quiet = before


class Chosen(traitlets.TraitType):  # type: ignore[type-arg]  # the stubs' parameters differ by version
    """A tuple, made of one value or of any iterable."""

    default_value: tuple[Hashable, ...] = ()
    info_text = "one value or any iterable of them"

    def validate(self, obj: Any, value: Any) -> tuple[Hashable, ...]:  # noqa: ARG002 - traitlets' names
        """Return the value as a tuple."""
        if isinstance(value, str) or not isinstance(value, Iterable):
            return (value,)
        return tuple(value)


class ListPicker(Picker):
    """A list of which any number may be chosen, with the keyboard or the mouse.

    A click or an arrow key chooses one; with Ctrl or Shift, several.

    Parameters
    ----------
    options : iterable of (str, value)
        What can be chosen: its words and its value.
    value : optional
        What is chosen at first, one or several.
    description : str
        The list's label.
    rows : int, default 6
        Its height in lines.

    Attributes
    ----------
    value : tuple
        The chosen values, in the list's order.

    Raises
    ------
    ArgumentError
        A chosen value is not among the options.
    """

    value = Chosen()

    def __init__(
        self,
        options: Iterable[tuple[str, Hashable]],
        value: Hashable | Iterable[Hashable] = (),
        *,
        description: str,
        rows: int = 6,
    ) -> None:
        self._options = list(options)
        self._list = ipywidgets.SelectMultiple(
            options=self._options, rows=rows, description=description, **labelled()
        )
        super().__init__([*self._above(), self._list])
        self._list.observe(self._on_list, "value")
        self.value = value

    @property
    def known(self) -> list[Any]:
        """All values that can be chosen."""
        return [value for _, value in self._options]

    def offer(self, options: Iterable[tuple[str, Hashable]]) -> None:
        """Put other options in the list; what is chosen stays chosen where it is among them."""
        options = list(options)
        offered = {value for _, value in options}
        kept = tuple(value for value in self.value if value in offered)
        self._options = options
        self.value = kept
        self._show()

    @traitlets.validate("value")
    def _checked(self, proposal: dict[str, Any]) -> tuple[Hashable, ...]:
        order = {value: place for place, (_, value) in enumerate(self._options)}
        chosen = set(proposal["value"])
        if unknown := [value for value in proposal["value"] if value not in order]:
            raise ArgumentError(f"{unknown[0]!r} is not among the {len(order)} that can be chosen.")
        return tuple(sorted(chosen, key=order.__getitem__))

    @traitlets.observe("value")
    def _on_value(self, _: object) -> None:
        if not self._is_quiet:
            self._show()

    def _on_list(self, change: dict[str, Any]) -> None:
        if not self._is_quiet:
            with self._quiet():
                self.value = change["new"]

    def _show(self) -> None:
        """Bring the list in line with options and value."""
        shown = self._shown()
        with self._quiet():
            if shown != tuple(self._list.options):
                self._list.index = ()  # the page would look for what was chosen in the new list
                self._list.options = shown
            self._list.value = self.value

    def _shown(self) -> tuple[tuple[str, Hashable], ...]:
        return tuple(self._options)

    def _above(self) -> list[ipywidgets.Widget]:
        """Return the controls over the list."""
        return []


class SearchedList(ListPicker):
    """A list with a field whose words narrow it; what is chosen stays in it. Parameters are a list's."""

    def __init__(
        self,
        options: Iterable[tuple[str, Hashable]],
        value: Hashable | Iterable[Hashable] = (),
        *,
        description: str,
        rows: int = 6,
    ) -> None:
        self._words = ipywidgets.Text(description="Find", placeholder="any words", **labelled())
        super().__init__(options, value, description=description, rows=rows)
        self._words.observe(lambda _: self._show(), "value")

    def _above(self) -> list[ipywidgets.Widget]:
        return [self._words]

    def _shown(self) -> tuple[tuple[str, Hashable], ...]:
        words, chosen = self._words.value.casefold().split(), set(self.value)
        return tuple(
            (label, value)
            for label, value in self._options
            if value in chosen or all(word in f"{label} {value}".casefold() for word in words)
        )
