"""Any value of a graph can be an output under a chosen name."""

import numpy as np

from copyart.engine.graph_builder import GraphBuilder
from copyart.engine.onnx_engine import Session, session_options


def test_values_are_given_out_once_twice_and_as_they_came_in():
    graph, shape = GraphBuilder(), ("numbers",)
    x = graph.input("x", np.float32, shape)
    positive = graph.relu(x)
    more = graph.add("Add", [positive, graph.constant(np.float32(1))])
    given_out = {
        "as it came": x,
        "once": positive,
        "again": positive,
        "more": more,
        "held": graph.constant(np.ones(2, np.float32)),
    }
    for name, value in given_out.items():
        graph.output(name, value, np.float32, shape)
    session = Session(graph.build(), session_options())
    assert session.outputs == list(given_out)
    found = dict(zip(session.outputs, session.run(None, {"x": np.array([-1, 2], np.float32)}), strict=True))
    assert {name: array.tolist() for name, array in found.items()} == {
        "as it came": [-1, 2],
        "once": [0, 2],
        "again": [0, 2],
        "more": [1, 3],
        "held": [1, 1],
    }


def test_what_is_computed_is_given_out_without_a_copy():
    graph = GraphBuilder()
    graph.output("y", graph.relu(graph.input("x", np.float32, (2,))), np.float32, (2,))
    assert b"Identity" not in graph.build().file
