"""A property that is worked out once."""

from index.once import once


class Counted:
    """Counts how often its property is worked out."""

    def __init__(self):
        self.times = 0

    @once
    def twice(self):
        """Say what the property is."""
        self.times += 1
        return 2 * self.times


def test_a_property_is_worked_out_once_for_each_object():
    one, other = Counted(), Counted()
    assert [one.twice, one.twice, other.twice] == [2, 2, 2]
    assert (one.times, other.times) == (1, 1)
