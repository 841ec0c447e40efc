from contexts.kernel import Rejection


class ValuesDoNotFit(Rejection):
    code = "notifications.values_do_not_fit"
    kind = "invalid"


class LetterNotFound(Rejection):
    code = "notifications.letter_not_found"
    kind = "not_found"
