"""The pages of a document as pictures, to look at. What is kept and hashed is the PDF."""

from infra.documents.pdf import SETTING, compiler, inputs_of
from infra.documents.sheet import Sheet

PIXELS_PER_INCH = 110.0


def pictures(sheet: Sheet, template: int) -> list[bytes]:
    """One PNG per page."""
    with SETTING:
        made = compiler(template).compile(sys_inputs=inputs_of(sheet, ""), format="png", ppi=PIXELS_PER_INCH)
    return made if isinstance(made, list) else [made] if isinstance(made, bytes) else []
