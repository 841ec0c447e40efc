"""Prints text as it comes, indented, and breaks lines between words."""

from rich.markup import escape

from api.cli.look import out


class Typist:
    def __init__(self, margin: str, width: int) -> None:
        self._margin, self._width = margin, width
        self._column = 0
        self._word = ""

    def type(self, text: str) -> None:
        for letter in text:
            if letter.isspace():
                self._put_word()
                self._space(letter)
            else:
                self._word += letter

    def end(self) -> None:
        self._put_word()
        if self._column:
            self._break()

    def _put_word(self) -> None:
        if not self._word:
            return
        if self._column + len(self._word) > self._width:
            self._break()
        if not self._column:
            self._write(f"[quiet]{self._margin}[/]")
        self._write(escape(self._word))
        self._column += len(self._word)
        self._word = ""

    def _space(self, letter: str) -> None:
        if letter == "\n" and self._column:
            self._break()
        elif self._column:
            self._write(" ")
            self._column += 1

    def _break(self) -> None:
        self._write("\n")
        self._column = 0

    def _write(self, text: str) -> None:
        out.print(text, end="", soft_wrap=True)
