import collections

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.eager import context

from copyart.models.cyclegan import CycleGAN


def optimised_graph(model, batch):
    """The graph of a training step as TensorFlow runs it."""
    context.context().enable_run_metadata()
    try:
        tf.function(lambda photos, art: model.train_step((photos, art)))(*batch)
        graphs = context.context().export_run_metadata().function_graphs
    finally:
        context.context().disable_run_metadata()
    (graph,) = [
        each.post_optimization_graph
        for each in graphs
        if any(node.op == "AssignSubVariableOp" for node in each.post_optimization_graph.node)
    ]
    return {node.name: node for node in graph.node}


def all_before(name, nodes):
    """The names of all nodes that a node waits for."""
    before, waiting = set(), [name]
    while waiting:
        for source in nodes[waiting.pop()].input:
            source = source.lstrip("^").split(":")[0]
            if source in nodes and source not in before:
                before.add(source)
                waiting.append(source)
    return before


@pytest.mark.parametrize("changes", [{}, {"identity_weight": 5.0, "ema_decay": 0.9, "pool_size": 2}])
def test_every_weight_is_read_before_it_is_updated(changes):
    model = CycleGAN(
        **{"image_size": 32, "filters": 2, "discriminator_filters": 2, "blocks": 1, "pool_size": 0, **changes}
    )
    model.compile(keras.optimizers.Adam(2e-4))
    model.make_train_function()
    nodes = optimised_graph(model, np.zeros((2, 1, 32, 32, 3), "float32"))
    reads = collections.defaultdict(list)
    for node in nodes.values():
        if node.op == "ReadVariableOp":
            reads[node.input[0]].append(node.name)
    updates = [node for node in nodes.values() if node.op == "AssignSubVariableOp"]
    assert len(updates) == len(model.trainable_variables)
    for update in updates:
        before = all_before(update.name, nodes)
        for read in reads[update.input[0]]:
            assert read in before or update.name in all_before(read, nodes), (update.input[0], read)
