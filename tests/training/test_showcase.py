import pytest

from copyart.training.showcase import name_of_run


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/home/anna/monet", "monet"),
        ("/home/anna/runs/monet/best", "monet/best"),
        ("starts/monet.keras", "monet.keras"),
        ("/monet", "monet"),
        ("best", "best"),
        (None, None),
    ],
)
def test_a_card_says_how_a_run_was_called_and_not_where_it_lies(path, told):
    assert name_of_run(path) == told
