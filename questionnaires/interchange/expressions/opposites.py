"""Our conditions without `not`: the opposite of each test, where blank stays unknown and so never holds."""

from portal.foundation.conditions import AllOf, AnyOf, Not, Op, Parsed, Test

INVERSE = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.LE: Op.GT,
    Op.GT: Op.LE,
    Op.IN: Op.NOT_IN,
    Op.NOT_IN: Op.IN,
    Op.PRESENT: Op.ABSENT,
    Op.ABSENT: Op.PRESENT,
}


def without_not(one: Parsed, turned: bool = False) -> Parsed:
    """The same condition with every `not` resolved into the tests below it."""
    if isinstance(one, Not):
        return without_not(one.not_, not turned)
    if isinstance(one, Test):
        if not turned:
            return one
        if one.op is Op.CONTAINS:  # of several choices; of a text nothing else says it
            return Test(field=one.field, op=Op.NOT_IN, value=(one.value,))
        return Test(field=one.field, op=INVERSE.get(one.op, one.op), value=one.value)
    parts = tuple(without_not(part, turned) for part in (one.all if isinstance(one, AllOf) else one.any))
    every = isinstance(one, AllOf) is not turned
    return AllOf(all=parts) if every else AnyOf(any=parts)
