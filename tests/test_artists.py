import subprocess
import sys
import unicodedata

import pytest

from copyart.artists import Artist, all_artists, find, fold
from copyart.errors import ArtistError


@pytest.mark.parametrize(
    "name",
    ["Van Gogh", "vangogh", "van-gogh", "Vincent_van_Gogh", "VINCENT VAN GOGH", " vincent  van gogh "],
)
def test_every_spelling_finds_van_gogh(name):
    assert find(name).name == "Vincent van Gogh"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Cézanne", "cezanne"),
        ("Paul Cezanne", "cezanne"),
        ("Dürer", "durer"),
        (unicodedata.normalize("NFD", "Albrecht_Dürer"), "durer"),
        ("Duerer", "durer"),
        ("Pierre-Auguste_Renoir", "renoir"),
        ("Henri de Toulouse Lautrec", "toulouse-lautrec"),
        ("da Vinci", "leonardo"),
        ("Wassily Kandinsky", "kandinsky"),
        ("J.M.W. Turner", "turner"),
        ("Joan Miró", "miro"),
        ("El Greco", "elgreco"),
        ("Ukiyo-e", "ukiyoe"),
    ],
)
def test_accents_aliases_and_odd_names_are_found(name, slug):
    assert find(name).slug == slug


def test_an_artist_is_its_own_name():
    assert find(find("monet")) is find("Claude Monet")


def test_the_table_holds_the_fifty_folders_of_the_kaggle_set():
    folders = {artist.kaggle_folder for artist in all_artists()} - {None}
    assert len(folders) == 50
    assert {"Albrecht_Dürer", "Pierre-Auguste_Renoir", "Henri_de_Toulouse-Lautrec"} <= folders
    assert {"Vasiliy_Kandinskiy", "Giotto_di_Bondone", "El_Greco", "Rembrandt", "Jan_van_Eyck"} <= folders


def test_the_durer_folder_is_spelt_composed():
    assert unicodedata.is_normalized("NFC", find("durer").kaggle_folder)


def test_ukiyoe_comes_from_tfds_and_not_from_kaggle():
    assert find("ukiyoe").kaggle_folder is None
    assert find("ukiyoe").sources == ("tfds", "folders")


def test_four_artists_have_a_tfds_config():
    configs = {artist.slug: artist.tfds_config for artist in all_artists() if artist.tfds_config}
    assert configs == {slug: f"{slug}2photo" for slug in ("monet", "vangogh", "cezanne", "ukiyoe")}


def test_no_two_artists_answer_to_one_name():
    owners = {}
    for artist in all_artists():
        for name in (artist.slug, artist.name, *artist.aliases):
            assert owners.setdefault(fold(name), artist) is artist


def test_slugs_are_lower_case_ascii_without_spaces():
    for artist in all_artists():
        assert artist.slug.isascii()
        assert artist.slug.replace("-", "").isalpha()
        assert artist.slug == artist.slug.lower()


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("Monnet", "Claude Monet"),
        ("Van Gog", "Vincent van Gogh"),
        ("rembrant", "Rembrandt"),
        ("Cesanne", "Cezanne"),
    ],
)
def test_a_misspelt_name_gets_the_nearest_ones(wrong, meant):
    with pytest.raises(ArtistError, match=f"Received: '{wrong}'.*Did you mean.*{meant}.*copyart artists"):
        find(wrong)


@pytest.mark.parametrize("wrong", ["Hokusai", "", "???", "x" * 5000])
def test_a_name_near_nobody_gets_the_list_as_remedy(wrong):
    with pytest.raises(ArtistError) as caught:
        find(wrong)
    assert "copyart artists" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_artist_cannot_be_changed():
    with pytest.raises(AttributeError):
        find("monet").slug = "manet"
    assert isinstance(find("monet"), Artist)


def test_the_table_loads_without_tensorflow():
    code = "import sys, copyart.artists; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
