import keras
import numpy as np
import pytest
from keras import ops

from copyart.models.layers import (
    EnlargingConv2D,
    InstanceNormalization,
    NormedConv2D,
    NormedConv2DTranspose,
    ReflectionPadding2D,
)

LAYERS = [
    ReflectionPadding2D(2),
    InstanceNormalization(epsilon=1e-3),
    InstanceNormalization(gain=0.1),
    InstanceNormalization(gain=1.0, center=True),
    EnlargingConv2D(4, 5, kernel_initializer="he_normal", name="conv"),
    NormedConv2D(4, 3, 2, name="conv"),
    NormedConv2DTranspose(4, 3, 2, name="conv"),
]


def images(shape=(2, 7, 9, 3), seed=0):
    return np.random.default_rng(seed).normal(0.5, 2, shape).astype(np.float32)


def keras_norm(epsilon=1e-5):
    return keras.layers.GroupNormalization(groups=-1, epsilon=epsilon, center=False, scale=False)


def gradient(layer, inputs, weights):
    """The gradient of a weighted sum of the layer's outputs with respect to its inputs."""
    tf = pytest.importorskip("tensorflow")
    inputs = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        total = tf.reduce_sum(layer(inputs) * weights)
    return tape.gradient(total, inputs).numpy()


class TestInstanceNormalization:
    @pytest.mark.parametrize("epsilon", [1e-5, 1e-2])
    def test_values_are_those_of_group_normalization(self, epsilon):
        x = images()
        difference = abs(ops.convert_to_numpy(InstanceNormalization(epsilon)(x) - keras_norm(epsilon)(x)))
        assert difference.max() < 1e-5

    def test_gradients_are_those_of_group_normalization(self):
        x, weights = images(), images(seed=1)
        difference = abs(gradient(InstanceNormalization(), x, weights) - gradient(keras_norm(), x, weights))
        assert difference.max() < 1e-5

    def test_every_channel_of_every_image_has_mean_zero_and_variance_one(self):
        y = ops.convert_to_numpy(InstanceNormalization()(images()))
        assert abs(y.mean((1, 2))).max() < 1e-5
        assert abs(y.var((1, 2)) - 1).max() < 1e-4

    def test_an_image_is_not_touched_by_the_others_of_its_batch(self):
        x = images()
        alone = ops.convert_to_numpy(InstanceNormalization()(x[:1]))
        assert np.array_equal(alone[0], ops.convert_to_numpy(InstanceNormalization()(x))[0])

    @pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
    def test_half_precision_keeps_its_type_and_has_precise_statistics(self, dtype):
        x = ops.cast(images() + 100, dtype)
        y = InstanceNormalization(dtype=dtype)(x)
        assert keras.backend.standardize_dtype(y.dtype) == dtype
        exact = InstanceNormalization()(ops.cast(x, "float32"))
        assert ops.max(ops.abs(ops.cast(y, "float32") - exact)) < 0.02

    def test_a_flat_image_becomes_zero(self):
        assert not np.any(InstanceNormalization()(np.full((1, 4, 4, 3), 7, np.float32)))

    def test_it_learns_nothing(self):
        layer = InstanceNormalization()
        layer(images())
        assert layer.weights == []


class TestReflectionPadding2D:
    @pytest.mark.parametrize("padding", [0, 1, 3])
    def test_it_pads_as_numpy_does(self, padding):
        edge = (padding, padding)
        expected = np.pad(images(), ((0, 0), edge, edge, (0, 0)), mode="reflect")
        assert np.array_equal(ReflectionPadding2D(padding)(images()), expected)

    def test_free_sides_stay_free(self):
        shape = ReflectionPadding2D(3).compute_output_shape((None, None, 8, 3))
        assert shape == (None, None, 14, 3)


class TestNormedConvolutions:
    @pytest.mark.parametrize("layer", [NormedConv2D(4, 3), NormedConv2DTranspose(4, 3)], ids=type)
    def test_the_kernel_learns_and_the_bias_rests(self, layer):
        layer.build((None, 8, 8, 3))
        assert [v.name for v in layer.trainable_variables] == ["kernel"]
        assert [v.name for v in layer.non_trainable_variables] == ["bias"]

    @pytest.mark.parametrize("layer", [NormedConv2D(4, 3), NormedConv2DTranspose(4, 3)], ids=type)
    def test_the_bias_counts(self, layer):
        layer.build((None, 8, 8, 3))
        before = ops.convert_to_numpy(layer(images()))
        layer.bias.assign([1, 2, 3, 4])
        assert np.allclose(layer(images()), before + np.arange(1, 5), atol=1e-5)


class TestGain:
    def test_it_multiplies_what_is_normalised_and_learns(self):
        layer, plain = InstanceNormalization(gain=0.1), InstanceNormalization()
        assert np.allclose(layer(images()), 0.1 * ops.convert_to_numpy(plain(images())), atol=1e-6)
        assert [v.name for v in layer.trainable_variables] == ["scale"]
        assert plain.trainable_variables == []

    def test_an_addend_comes_after_it(self):
        layer = InstanceNormalization(epsilon=1e-3, gain=2.0, center=True)
        theirs = keras.layers.GroupNormalization(groups=-1, epsilon=1e-3)
        learnt = [np.array([2, -1, 0.5], np.float32), np.array([0, 1, -3], np.float32)]
        for one in (layer, theirs):
            one.build((None, 7, 9, 3))
            one.set_weights(learnt)
        assert np.allclose(layer(images()), theirs(images()), atol=1e-5)
        assert [v.name for v in layer.trainable_variables] == ["scale", "offset"]


class TestEveryLayer:
    @pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
    def test_it_survives_serialisation(self, layer):
        config = keras.saving.serialize_keras_object(layer)
        again = keras.saving.deserialize_keras_object(config)
        assert type(again) is type(layer)
        assert again.get_config() == layer.get_config()

    @pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
    def test_the_symbolic_shape_is_the_real_one(self, layer):
        assert tuple(layer.compute_output_shape((2, 7, 9, 3))) == tuple(layer(images()).shape)

    @pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
    @pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
    def test_mixed_precision_computes_in_half_and_keeps_weights_in_float32(self, layer, policy):
        half = type(layer).from_config({**layer.get_config(), "dtype": policy})
        assert keras.backend.standardize_dtype(half(images()).dtype) == policy.removeprefix("mixed_")
        assert {variable.dtype for variable in half.weights} <= {"float32"}
