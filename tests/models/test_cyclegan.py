import keras
import numpy as np
import pytest
import tensorflow as tf

from copyart.errors import ConfigError
from copyart.models.cyclegan import CycleGAN
from copyart.models.generators import build_generator
from copyart.models.losses import checkerboard_energy

TINY = {"image_size": 32, "filters": 2, "discriminator_filters": 2, "blocks": 1, "pool_size": 3, "seed": 1}


def tiny(eager=True, **changes):
    """A small model; not compiled into a graph, which takes longer than the few steps of a test."""
    model = CycleGAN(**{**TINY, **changes})
    model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8), run_eagerly=eager)
    return model


def batches(count=1, size=32, batch=2, seed=0):
    rng = np.random.default_rng(seed)
    return [tuple(rng.uniform(-1, 1, (2, batch, size, size, 3)).astype("float32")) for _ in range(count)]


def dataset(count=3):
    photos, art = zip(*batches(count), strict=True)
    return tf.data.Dataset.from_tensor_slices((np.stack(photos), np.stack(art)))


def assert_same(first, second):
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)


def as_floats(logs):
    """Return logs as floats: Keras 3.12, the last for Python 3.10, returns arrays, which `pytest.approx` refuses."""
    return {name: float(value) for name, value in logs.items()}


def test_blocks_follow_the_paper_unless_said_otherwise():
    small, large = CycleGAN(128, filters=2, discriminator_filters=2), CycleGAN(256, filters=2, discriminator_filters=2)
    assert (small.blocks, large.blocks) == (6, 9)
    assert CycleGAN(**{**TINY, "blocks": 2}).blocks == 2
    assert CycleGAN(**{**TINY, "blocks": 0}).blocks == 0


def test_logs_of_a_step_are_the_weighted_terms_and_their_sum():
    logs = tiny(identity_weight=5.0).train_on_batch(*batches()[0], return_dict=True)
    terms = ["art_adversarial", "photo_adversarial", "photo_cycle", "art_cycle", "art_identity", "photo_identity"]
    assert set(logs) == {*terms, "generator_loss", "art_discriminator", "photo_discriminator"}
    assert logs["generator_loss"] == pytest.approx(sum(logs[name] for name in terms), rel=1e-6)


def test_the_checkerboard_is_a_term_where_it_has_a_weight():
    logs = tiny(checkerboard_weight=3.0).train_on_batch(*batches()[0], return_dict=True)
    terms = [
        "art_adversarial",
        "photo_adversarial",
        "photo_cycle",
        "art_cycle",
        "art_checkerboard",
        "photo_checkerboard",
    ]
    assert set(logs) == {*terms, "generator_loss", "art_discriminator", "photo_discriminator"}
    assert logs["generator_loss"] == pytest.approx(sum(logs[name] for name in terms), rel=1e-6)


def test_the_checkerboard_term_is_the_weighted_checkerboard_of_what_is_generated():
    model = CycleGAN(**TINY, checkerboard_weight=3.0)
    terms, painted, unpainted = model.generator_terms(*batches()[0])
    assert float(terms["art_checkerboard"]) == pytest.approx(3 * float(checkerboard_energy(painted)), rel=1e-6)
    assert float(terms["photo_checkerboard"]) == pytest.approx(3 * float(checkerboard_energy(unpainted)), rel=1e-6)


def test_without_identity_none_of_its_work_is_done():
    calls = []

    def count(**changes):
        calls.clear()
        model = CycleGAN(**{**TINY, **changes})
        generator = type(model.photo_to_art)
        original = generator.__call__

        def counted(self, inputs, **kwargs):
            if "discriminator" not in self.name:
                calls.append((self.name, int(inputs.shape[0])))
            return original(self, inputs, **kwargs)

        generator.__call__ = counted
        try:
            _, _, _ = model.generator_terms(*batches(batch=1)[0])
        finally:
            generator.__call__ = original
        return sorted(calls)

    assert count() == [("art_to_photo", 1)] * 2 + [("photo_to_art", 1)] * 2
    assert count(identity_weight=5.0) == [
        ("art_to_photo", 1),
        ("art_to_photo", 2),
        ("photo_to_art", 1),
        ("photo_to_art", 2),
    ]


def test_logs_over_an_epoch_are_means_of_the_steps():
    model = tiny(eager=False)
    steps = []
    keep = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(dict(logs)))
    history = model.fit(dataset(), epochs=1, verbose=0, shuffle=False, callbacks=[keep]).history
    for name, values in history.items():
        assert values[0] == pytest.approx(np.mean([step[name] for step in steps]), rel=1e-5)
    assert len({step["generator_loss"] for step in steps}) == 3


def test_training_moves_all_four_networks():
    model = tiny()
    names = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")
    before = {name: [v.numpy() for v in getattr(model, name).trainable_variables] for name in names}
    model.train_on_batch(*batches()[0])
    for name in names:
        moved = [
            not np.array_equal(old, new.numpy())
            for old, new in zip(before[name], getattr(model, name).trainable_variables, strict=True)
        ]
        assert all(moved), name


def test_evaluation_changes_nothing():
    model = tiny()
    model.train_on_batch(*batches()[0])
    before = [np.array(variable.numpy()) for variable in model.variables]
    logs = model.evaluate(dataset(), verbose=0, return_dict=True)
    assert all(np.isfinite(value) for value in logs.values())
    for old, new in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_calling_the_model_paints():
    model = CycleGAN(**TINY)
    photos = batches()[0][0]
    np.testing.assert_array_equal(model(photos).numpy(), model.photo_to_art(photos).numpy())
    assert model.predict(photos, verbose=0).shape == photos.shape


def test_saving_restores_networks_slots_pools_and_averages(tmp_path):
    model = tiny(identity_weight=5.0, ema_decay=0.9)
    for photos, art in batches(3):
        model.train_on_batch(photos, art)
    model.save(tmp_path / "model.keras")
    back = keras.saving.load_model(tmp_path / "model.keras")
    assert int(back.optimizer.iterations) == 3
    assert back.optimizer.epsilon == 1e-8
    assert_same(model.optimizer.variables, back.optimizer.variables)
    assert_same(
        [v for v in model.variables if "seed" not in v.path], [v for v in back.variables if "seed" not in v.path]
    )
    for name in ("photo_pool", "art_pool"):
        ours, theirs = getattr(model, name), getattr(back, name)
        assert int(theirs.count) == 3
        assert_same([ours.images, ours.seed_generator.state], [theirs.images, theirs.seed_generator.state])


def test_a_reloaded_model_trains_on_as_the_first_would_have(tmp_path):
    model = tiny(ema_decay=0.9)
    first, second = batches(2)
    model.train_on_batch(*first)
    model.save(tmp_path / "model.keras")
    back = keras.saving.load_model(tmp_path / "model.keras")
    back.run_eagerly = True
    ours, theirs = (as_floats(each.train_on_batch(*second, return_dict=True)) for each in (model, back))
    assert theirs == pytest.approx(ours, rel=1e-4)
    for one, other in zip(model.trainable_variables, back.trainable_variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-5)


def test_config_builds_the_same_model():
    model = CycleGAN(**{**TINY, "identity_weight": 2.5, "upsampling": "resize", "dropout": 0.1})
    again = CycleGAN.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    assert [v.shape for v in again.variables] == [v.shape for v in model.variables]


def test_the_machine_that_loads_decides_whether_xla_compiles():
    """Keras saves what it chose: a run would go on op by op under JAX where TensorFlow had begun it on a CPU."""
    model = tiny(eager=False)
    here = model.jit_compile
    config = {**model.get_compile_config(), "jit_compile": not here}
    model.compile_from_config(config)
    assert model.jit_compile == here


def test_a_ready_made_network_is_used_and_saved(tmp_path):
    network = build_generator("resnet", filters=3, blocks=2, name="mine")
    model = tiny(photo_to_art=network)
    assert model.photo_to_art is network
    model.train_on_batch(*batches()[0])
    model.save(tmp_path / "model.keras")
    back = keras.saving.load_model(tmp_path / "model.keras")
    photos = batches()[0][0]
    np.testing.assert_allclose(back(photos).numpy(), model(photos).numpy(), atol=1e-6)


def test_without_a_pool_there_is_none():
    model = tiny(pool_size=0)
    assert model.art_pool is model.photo_pool is None
    assert np.isfinite(model.train_on_batch(*batches()[0], return_dict=True)["art_discriminator"])


def test_the_average_follows_the_generator_slowly():
    model = tiny(ema_decay=0.5)
    start = [v.numpy() for v in model.photo_to_art.variables]
    np.testing.assert_array_equal(start[0], model.photo_to_art_average.variables[0].numpy())
    model.train_on_batch(*batches()[0])
    keep = min(0.5, 2 / 11)  # one iteration is done
    for old, fast, slow in zip(start, model.photo_to_art.variables, model.photo_to_art_average.variables, strict=True):
        np.testing.assert_allclose(slow.numpy(), fast.numpy() + keep * (old - fast.numpy()), atol=1e-7)


def test_the_average_paints_where_it_is_kept():
    assert tiny(ema_decay=0.9).painter_network.name == "photo_to_art_average"
    assert tiny().painter_network.name == "photo_to_art"


def test_the_average_does_not_learn():
    model = tiny(ema_decay=0.9)
    assert not model.photo_to_art_average.trainable_variables
    assert len(model.trainable_variables) == len(tiny().trainable_variables)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains_saves_and_loads(policy, tmp_path):
    model = tiny(dtype=policy, ema_decay=0.9, identity_weight=5.0)
    assert model.photo_to_art.get_layer("stem").compute_dtype == policy.removeprefix("mixed_")
    assert keras.config.dtype_policy().name == "float32"
    logs = [model.train_on_batch(*batch, return_dict=True) for batch in batches(2)]
    assert all(np.isfinite(value) for log in logs for value in log.values())
    assert all(variable.dtype == "float32" for variable in model.trainable_variables)
    model.save(tmp_path / "model.keras")
    back = keras.saving.load_model(tmp_path / "model.keras")
    assert back.photo_to_art.get_layer("stem").compute_dtype == policy.removeprefix("mixed_")
    assert model(batches()[0][0]).dtype == "float32"


def test_mixed_float16_scales_the_loss():
    model = tiny(dtype="mixed_float16")
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)


def test_a_step_can_be_compiled_by_xla():
    model = CycleGAN(**TINY, identity_weight=5.0, ema_decay=0.9)
    model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8), jit_compile=True)
    plain = tiny(identity_weight=5.0, ema_decay=0.9)
    plain.set_weights(model.get_weights())
    compiled, wanted = (as_floats(each.train_on_batch(*batches()[0], return_dict=True)) for each in (model, plain))
    assert compiled == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [{"image_size": 30}, {"image_size": 20}, {"cycle_weight": -1}, {"pool_size": -1}, {"ema_decay": 1.0}],
)
def test_an_argument_out_of_range_is_refused(wrong):
    with pytest.raises(ConfigError, match="Received"):
        CycleGAN(**{**TINY, **wrong})


def test_an_unknown_generator_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"one of resnet, light\. Received"):
        CycleGAN(**{**TINY, "generator": "unet"})
