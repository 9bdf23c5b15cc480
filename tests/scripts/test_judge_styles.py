import pytest

from copyart.evaluation import attribution
from copyart.styles.networks import save_style
from scripts import judge_styles
from tests.evaluation.test_validation import colours
from tests.painting.networks import small_generator
from tests.pictures import photo, store


class Colours:
    """A feature network that counts how often it is asked."""

    name = "Colours"

    def __init__(self):
        self.sets = 0

    def __call__(self, pictures, progress=None):
        self.sets += 1
        return colours(pictures)


@pytest.fixture
def network(monkeypatch):
    network = Colours()
    monkeypatch.setattr(judge_styles, "feature_networks", lambda: (network,))
    monkeypatch.setattr(judge_styles, "load_classifier", attribution.load_classifier.__wrapped__)
    return network


@pytest.fixture
def judge(tmp_path, monkeypatch, capsys, network):
    for place, folder in enumerate(("photos", "people", "paintings/Claude_Monet", "paintings/Paul_Klee")):
        for number in range(20 if place > 1 else 3):
            store(tmp_path / folder / f"{number}.png", photo(64, 64, seed=100 * place + number))
    for seed, name in enumerate(("one", "two")):
        save_style(tmp_path / name, small_generator(seed), {"name": "Claude Monet"})

    def run(*names, **folders):
        named = {"photos": "photos", "people": "people", "paintings": "paintings", "cache": "cache", **folders}
        options = [part for option, folder in named.items() for part in (f"--{option}", str(tmp_path / folder))]
        monkeypatch.setattr("sys.argv", ["judge_styles", *(str(tmp_path / name) for name in names), *options])
        judge_styles.main()
        return capsys.readouterr().out.splitlines()

    return run


def test_each_style_has_a_row(judge, tmp_path):
    head, _, *rows = judge("one", "two", reports="reports")
    assert len(rows) == 2
    assert {row.count("|") for row in rows} == {head.count("|")}
    assert rows[0].startswith(f"| {tmp_path / 'one'} |")
    assert (tmp_path / "reports" / "two" / "contact_sheet.jpg").is_file()


def test_what_was_looked_at_once_is_not_looked_at_again(judge, network):
    judge("one")
    first = network.sets
    judge("one")
    assert network.sets == first
    judge("two")
    assert network.sets == first + 2  # its paintings of photos and of people


def test_paintings_are_those_of_the_artist_and_no_details(tmp_path):
    for name in ("Claude_Monet/1.png", "Claude_Monet/tile_1.png", "Ukiyo-e/1.png", "Katsushika_Hokusai/1.png"):
        store(tmp_path / name, photo(16, 16))
    found = {name: judge_styles.find_paintings(tmp_path, name) for name in ("Claude Monet", "Ukiyo-e", "Titian")}
    assert [path.parent.name for path in found["Claude Monet"]] == ["Claude_Monet"]
    assert [path.parent.name for path in found["Ukiyo-e"]] == ["Katsushika_Hokusai", "Ukiyo-e"]
    assert found["Titian"] is None
