import re
import subprocess
import sys
import unicodedata

import pytest

from copyart.artists import Artist, all_artists, find, find_movement, fold_name, possible_spellings
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


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Le Caravage", "caravaggio"),
        ("Caravage", "caravaggio"),
        ("Michel-Ange", "michelangelo"),
        ("Michel Ange", "michelangelo"),
        ("Bruegel l'Ancien", "bruegel"),
        ("Pieter Brueghel l’Ancien", "bruegel"),
        ("Léonard de Vinci", "leonardo"),
        ("Raphaël", "raphael"),
        ("Le Greco", "elgreco"),
        ("Titien", "titian"),
        ("Le Titien", "titian"),
        ("Vélasquez", "velazquez"),
        ("Jérôme Bosch", "bosch"),
        ("Andreï Roublev", "rublev"),
        ("Roublev", "rublev"),
        ("Vroubel", "vrubel"),
        ("Malévitch", "malevich"),
        ("Malevitch", "malevich"),
        ("Vassily Kandinsky", "kandinsky"),
        ("le Douanier Rousseau", "rousseau"),
        ("Édouard Manet", "manet"),
        ("Albert Dürer", "durer"),
        ("Pierre Paul Rubens", "rubens"),
    ],
)
def test_french_names_find_the_artist(name, slug):
    assert find(name).slug == slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Degas", "degas"),
        ("Bruegel", "bruegel"),
        ("Brueghel", "bruegel"),
        ("Bruegel the Elder", "bruegel"),
        ("van Gogh", "vangogh"),
        ("Gogh", "vangogh"),
        ("de Toulouse-Lautrec", "toulouse-lautrec"),
        ("Lautrec", "toulouse-lautrec"),
        ("Leonardo", "leonardo"),
        ("van Rijn", "rembrandt"),
        ("Kandinskiy", "kandinsky"),
        ("Vasily Kandinsky", "kandinsky"),
        ("de Goya", "goya"),
        ("Greco", "elgreco"),
        ("van Eyck", "vaneyck"),
        ("Douanier Rousseau", "rousseau"),
        ("Hokusai", "hokusai"),
        ("Hiroshige", "hiroshige"),
        ("Andō Hiroshige", "hiroshige"),
    ],
)
def test_first_names_may_be_left_out(name, slug):
    assert find(name).slug == slug


def test_every_artist_is_found_by_every_name_and_every_surname():
    for artist in all_artists():
        for name in (*artist.names, artist.kaggle_folder or artist.name):
            assert find(name) is artist
            assert find(name.split(" the ")[0].split(" l'")[0].split()[-1]) is artist


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("page", ["cp437", "latin-1"])
def test_the_durer_folder_is_found_as_unzipping_mangles_it(page, form, times):
    mangled = unicodedata.normalize(form, "Albrecht_Dürer")
    for _ in range(times):
        mangled = mangled.encode().decode(page)
    assert find(mangled).slug == "durer"


def test_spellings_leave_a_plain_name_alone():
    assert list(possible_spellings("Claude_Monet")) == ["Claude_Monet"]


@pytest.mark.parametrize("text", ["runs/monet", "monet.keras", "the Elder", "l'Ancien", "Elder", "Grandma"])
def test_a_path_or_an_epithet_is_no_name(text):
    with pytest.raises(ArtistError):
        find(text)


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


@pytest.mark.parametrize("slug", ["hiroshige", "hokusai"])
def test_the_masters_of_ukiyoe_come_from_folders_only(slug):
    assert find(slug).sources == ("folders",)
    assert find(slug).movement == find("ukiyoe").movement


def test_every_artist_has_years_in_order_and_a_movement():
    for artist in all_artists():
        first, last = re.fullmatch(r"(?:c\. )?(\d{4})s?-(\d{4})s?", artist.years).groups()
        assert 15 < int(last) - int(first) <= 200
        assert artist.movement


def test_out_of_copyright_are_those_who_died_seventy_years_before_2026_but_for_kahlo_whom_mexico_protects():
    protected = {artist.slug for artist in all_artists() if not artist.public_domain}
    assert protected == {"kahlo", "rivera", "magritte", "dali", "picasso", "chagall", "miro", "warhol", "pollock"}


@pytest.mark.parametrize("name", ["post-impressionism", "POST IMPRESSIONISM", "Post-Impressionism"])
def test_a_movement_is_found_in_any_spelling(name):
    assert find_movement(name) == "Post-Impressionism"
    assert find_movement("naive art") == "Naïve Art"


def test_a_wrong_movement_lists_all_in_one_line():
    with pytest.raises(
        ArtistError, match=r"must be one of Abstract Expressionism, .*Ukiyo-e\. Received: 'dadaism'"
    ) as caught:
        find_movement("dadaism")
    assert all(artist.movement in str(caught.value) for artist in all_artists())


def test_four_artists_have_a_tfds_config():
    configs = {artist.slug: artist.tfds_config for artist in all_artists() if artist.tfds_config}
    assert configs == {slug: f"{slug}2photo" for slug in ("monet", "vangogh", "cezanne", "ukiyoe")}


def test_no_two_artists_answer_to_one_name():
    owners = {}
    for artist in all_artists():
        for name in (artist.slug, artist.name, *artist.aliases):
            assert owners.setdefault(fold_name(name), artist) is artist


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


def test_a_first_name_that_several_have_lists_them_all():
    with pytest.raises(ArtistError, match=r"must be unambiguous.*Received: 'henri'") as caught:
        find("henri")
    listed = str(caught.value).split("Did you mean ")[1].split("?")[0]
    assert set(listed.split(", ")) == {"Henri Matisse", "Henri de Toulouse-Lautrec", "Henri Rousseau"}


def test_a_first_name_of_one_artist_is_a_hint():
    with pytest.raises(ArtistError, match=r"must be in Copyart.s table.*Did you mean Gustav Klimt\?"):
        find("Gustav")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("Malevitsch", "Kazimir Malevich"), ("Caravagge", "Caravaggio"), ("Jerome Bosh", "Hieronymus Bosch")],
)
def test_a_misspelt_french_name_gets_a_hint_too(wrong, meant):
    with pytest.raises(ArtistError, match=f"Did you mean.*{meant}"):
        find(wrong)


@pytest.mark.parametrize("wrong", ["Banksy", "", "???", "x" * 5000])
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
