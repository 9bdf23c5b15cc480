"""Imported PyTorch generators are exported bit for bit, and generators without a PyTorch implementation are refused."""

import hashlib
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from copyart.errors import ExportError
from copyart.export.torch_export import torch_weights
from copyart.models.cyclegan import CycleGAN
from copyart.models.keras_example import KerasExampleSpec
from copyart.models.light import LightSpec
from copyart.painting.loading import load
from copyart.styles.networks import load_style, save_style
from copyart.weights import import_torch
from tests.formats.pth_files import read_state_dict
from tests.painting.networks import negative, small_generator

ORACLES = Path(__file__).parent.parent / "oracles"
BALLAST = ("running_mean", "running_var", "num_batches_tracked")


def refuse(model, path, match):
    with pytest.raises(ExportError, match=match) as raised:
        torch_weights(model, path)
    assert "\n" not in str(raised.value)
    assert not [*path.parent.glob(".copyart*")]


@pytest.mark.parametrize("pattern", ["generator_6*", "generator_9*_legacy", "cut_both*", "cut_down*", "cut_up*"])
def test_every_tensor_goes_through_a_style_and_back_bit_for_bit(pattern, tmp_path):
    (path,) = ORACLES.glob(f"{pattern}.pth")
    save_style(tmp_path / "style", import_torch(path), {"name": "Round"})
    report = torch_weights(load_style(tmp_path / "style")[0], tmp_path / "latest_net_G.pth")
    read = read_state_dict(path)
    came = {key.removeprefix("module."): array for key, array in read.items() if not key.endswith(BALLAST)}
    went = read_state_dict(report.path)
    assert list(went) == list(came)
    assert {key: array.tobytes() for key, array in went.items()} == {key: a.tobytes() for key, a in came.items()}
    assert (report.tensors, report.size) == (len(came), report.path.stat().st_size)


def test_dropout_is_kept_in_the_names(tmp_path):
    torch_weights(small_generator(dropout=0.5), tmp_path / "g.pth")
    assert "model.10.conv_block.6.weight" in read_state_dict(tmp_path / "g.pth")


def test_a_painter_is_exported(tmp_path):
    source = ORACLES / "generator_6blocks_filters8.pth"
    report = torch_weights(load(source), tmp_path / "new" / "g.pth")
    assert report.path == tmp_path / "new" / "g.pth"
    assert report.architecture == "resnet, 8 filters, 6 blocks"


def test_a_cyclegan_is_exported_with_what_it_paints_with(tmp_path):
    model = CycleGAN(32, blocks=1, filters=2, discriminator_filters=2, pool_size=0, ema_decay=0.5)
    model.painter_network.set_weights([weight + 0.1 for weight in model.photo_to_art.get_weights()])
    torch_weights(model, tmp_path / "g.pth")
    again = import_torch(tmp_path / "g.pth")
    for ours, theirs in zip(again.get_weights(), model.painter_network.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("network", "kind"),
    [
        (LightSpec(2, 1).build, "light"),
        (KerasExampleSpec(2, 1).build, "keras_example"),
        (lambda: small_generator(upsampling="resize"), "resnet with resized features"),
        (negative, "another network"),
        (lambda: keras.layers.Layer(), "another network"),
    ],
)
def test_what_pytorch_cannot_build_is_refused(network, kind, tmp_path):
    refuse(network(), tmp_path / "g.pth", rf"Received: {kind}\. Export it with --to saved-model")
    assert not (tmp_path / "g.pth").exists()


@pytest.mark.parametrize("taken", ["g.pth", "g.pth.report.json"])
def test_what_is_there_stays(tmp_path, taken):
    (tmp_path / taken).write_text("mine")
    refuse(small_generator(), tmp_path / "g.pth", "must have a new path")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(taken, "mine")]


def test_the_card_says_whose_it_is_and_what_was_compared(tmp_path):
    save_style(tmp_path / "style", small_generator(), {"name": "Monet", "licence": "CC0"})
    report = torch_weights(load(tmp_path / "style"), tmp_path / "g.pth")
    written = json.loads(report.report_file.read_text())
    assert report.report_file == tmp_path / "g.pth.report.json"
    assert (written["form"], written["file"], written["bytes"]) == ("torch", "g.pth", report.size)
    assert written["style"] == {"name": "Monet", "licence": "CC0"}
    assert written["sha256"] == hashlib.sha256(report.path.read_bytes()).hexdigest()
    assert (written["compared"]["tensors"], written["compared"]["tensors_that_differ"]) == (report.tensors, 0)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    refuse(small_generator(), tmp_path / "file" / "g.pth", "must be writable")


def test_weights_that_are_not_numbers_are_refused(tmp_path):
    network = small_generator()
    network.set_weights([np.full(weight.shape, np.nan) for weight in network.get_weights()])
    refuse(network, tmp_path / "g.pth", "finite")
