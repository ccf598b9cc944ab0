"""The stand-in for TensorFlow: Rasa loads with it, and using a part of it says which component did.

Where the real TensorFlow is installed instead, there is no stand-in to test.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

STAND_IN = importlib.util.find_spec("safar_no_tensorflow") is not None
pytestmark = pytest.mark.skipif(not STAND_IN, reason="the real TensorFlow is installed")

NEURAL = [
    "rasa.core.policies.ted_policy",
    "rasa.core.policies.unexpected_intent_policy",
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.nlu.selectors.response_selector",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.utils.tensorflow.callback",
    "rasa.utils.tensorflow.crf",
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.environment",
    "rasa.utils.tensorflow.layers",
    "rasa.utils.tensorflow.metrics",
    "rasa.utils.tensorflow.model_data",
    "rasa.utils.tensorflow.model_data_utils",
    "rasa.utils.tensorflow.models",
    "rasa.utils.tensorflow.rasa_layers",
    "rasa.utils.tensorflow.transformer",
    "rasa.utils.tensorflow.types",
    "rasa.utils.train_utils",
]


def test_rasa_loads_with_all_its_neural_modules() -> None:
    code = (
        f"import importlib, json, sys, rasa.__main__\nfor name in {NEURAL!r}:\n"
        "    importlib.import_module(name)\n"
        "import tensorflow\nprint(json.dumps([tensorflow.__version__, tensorflow.__file__]))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    version, file = json.loads(ran.stdout.splitlines()[-1])
    assert version == "2.12.0"
    assert Path(file).stat().st_size < 1000


def _inside_a_function(name: str) -> object:
    module = importlib.import_module(name.partition(".")[0])
    thing: Any = module
    for part in name.split(".")[1:]:
        thing = getattr(thing, part)
    return thing(1)


@pytest.mark.parametrize(
    "name",
    [
        "tensorflow.constant",
        "tensorflow.keras.layers.Dense",
        "keras.Model",
        "tensorflow_addons.text.crf_log_likelihood",
        "tensorflow_hub.load",
        "tensorflow_text.SentencepieceTokenizer",
    ],
)
def test_a_call_says_what_is_missing_and_what_to_do(name: str) -> None:
    from safar_no_tensorflow import TensorFlowMissingError

    with pytest.raises(TensorFlowMissingError) as caught:
        _inside_a_function(name)
    sentence = str(caught.value)
    assert f"({name})" in sentence
    assert "make install TENSORFLOW=1" in sentence
    assert "test_no_tensorflow" in sentence


def test_submodules_can_be_imported_in_every_way() -> None:
    import tensorflow as tf
    import tensorflow.python.ops.array_ops as ops
    from keras.utils import tf_utils
    from tensorflow.keras import backend

    assert ops.anything.deep.down.__name__ == "down"
    assert tf_utils.shape.__module__ == "keras.utils.tf_utils"
    assert tf.keras.losses.Loss is tf.keras.losses.Loss
    assert not hasattr(tf, "__no_such_dunder__")
    assert not hasattr(backend, "__wrapped__")
    with pytest.raises(ImportError):
        importlib.import_module("tensorflow_of_somebody_else")


def test_a_module_body_may_name_subclass_decorate_and_annotate(tmp_path, monkeypatch) -> None:
    (tmp_path / "neural_part.py").write_text(
        "from __future__ import annotations\n"
        "from typing import Optional, Union\n"
        "import tensorflow as tf\n"
        "Shape = Union[tf.Tensor, tf.RaggedTensor]\n"
        "Either = tf.Tensor | None\n"
        "class Layer(tf.keras.layers.Layer):\n"
        "    @tf.function\n"
        "    def one(self): return 1\n"
        "    @tf.function(input_signature=[tf.TensorSpec])\n"
        "    def two(self): return 2\n"
        "    def call(self, x: Optional[tf.Tensor]): return tf.nn.softmax(x)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    part = importlib.import_module("neural_part")
    assert (part.Layer.one(None), part.Layer.two(None)) == (1, 2)
    assert part.Layer.__name__ == "Layer"
    from safar_no_tensorflow import TensorFlowMissingError

    with pytest.raises(TensorFlowMissingError, match=r"tensorflow\.nn\.softmax"):
        part.Layer.call(None, 1)


DIET = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "DIETClassifier", "epochs": 1},
]


def test_training_a_neural_component_names_it(processes, copy_bot, tmp_path) -> None:
    folder = copy_bot(tmp_path / "bot")
    config = yaml.safe_load((folder / "config.yml").read_text("utf-8"))
    config["pipeline"] = DIET
    (folder / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
    ran = processes.run("rasa", "train", "nlu", cwd=folder)
    assert ran.code != 0
    assert "The Rasa component DIETClassifier needs TensorFlow" in ran.err
    assert "make install TENSORFLOW=1" in ran.err
    assert list(folder.glob("models/*.tar.gz")) == []
