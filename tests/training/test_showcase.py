import pytest

from copyart.training.showcase import last_parts


@pytest.mark.parametrize(
    ("path", "told"),
    [("/home/anna/runs/monet", "runs/monet"), ("runs/monet/best", "monet/best"), ("monet", "monet"), (None, None)],
)
def test_a_card_says_how_a_run_was_called_and_not_where_it_lies(path, told):
    assert last_parts(path) == told
