from bus.company import LATELY_SECONDS, Company


def test_one_tenant_alone_is_one_however_often_it_comes() -> None:
    company = Company()
    for second in range(3):
        company.came("a", float(second))
    assert company.size(2.0) == 1


def test_two_tenants_are_until_one_has_not_come_for_a_while() -> None:
    company = Company()
    company.came("a", 0.0)
    company.came("b", 0.5)
    company.came("a", 1.0)
    assert company.size(0.5 + LATELY_SECONDS) == 2
    assert company.size(0.6 + LATELY_SECONDS) == 1
