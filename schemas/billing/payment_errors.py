class ProviderUnavailable(Exception):
    """No answer, or none that says what became of the request: it may have been done."""


class PaymentMethodError(Exception):
    """The provider does not take this payment method."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
