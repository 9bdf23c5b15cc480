"""Train the attribution classifier: evaluation/data/attribution.safetensors and .json.

    python -m scripts.train_attribution PAINTINGS --cache features.npz [--cross-validate]

PAINTINGS contains a folder of paintings for each artist. The held-out fifth of each folder is not trained on. Training
paintings that nearly copy a held-out one are left out, and so are artists with fewer than 12 training paintings. Every
training painting is shown six times: as in evaluation, mirrored, and four times with a random crop, resolution and JPEG
quality, which hide the source of the file. All artists have the same weight.

Features and penalty were chosen by two-fold cross-validation on the training paintings (tables in docs/evaluation.md).
"""

import argparse
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from scipy.optimize import minimize

from copyart.data.images import flatten, list_images, read_image
from copyart.data.split import split_files
from copyart.evaluation.attribution import FACTS, WEIGHTS, Classifier, attribution_features
from copyart.evaluation.copies import CopyFinder
from copyart.evaluation.pictures import central_square, squeeze_to_square
from scripts.artist_folders import SCHOOLS, artist_name

#: Side of pictures in `copyart.evaluate`, and number of random views of each training painting.
SIDE, VIEWS = 256, 4
#: Minimum number of training paintings of an artist.
FEWEST = 12
PENALTIES = (3e-4, 1e-3, 3e-3, 1e-2)
#: Prefix of the names of details of large scans, which are not separate paintings.
DETAIL = "tile_"
#: Two files show the same painting if 1 minus the correlation of their 8×8 thumbnails is below this.
SAME = 0.03


def main():
    """Read the arguments, compute missing features, train, measure, and write the classifier."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paintings", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="file that caches the features")
    parser.add_argument("--penalty", type=float, default=1e-3, help="penalty on the squared weights")
    parser.add_argument("--cross-validate", action="store_true", help="print accuracies for several penalties instead")
    arguments = parser.parse_args()
    if not arguments.cache.exists():
        np.savez(arguments.cache, **compute_features(arguments.paintings))
    data = dict(np.load(arguments.cache))
    if arguments.cross_validate:
        for penalty in PENALTIES:
            print(penalty, cross_validate(data, penalty), flush=True)
        return
    weights, bias = fit_classifier(data["training"], data["training_artist"], penalty=arguments.penalty)
    arrays = {"weights": weights.astype(np.float16), "bias": bias.astype(np.float32)}
    facts = {"artists": [artist_name(name) for name in data["artists"]], "schools": SCHOOLS, "real": {}}
    facts["training"] = dict(zip(facts["artists"], np.bincount(data["training_artist"]).tolist(), strict=True))
    classifier = Classifier(arrays, facts, network=lambda features, progress: features.astype(np.float64))
    for artist in dict.fromkeys((*facts["artists"], *SCHOOLS)):
        own = [facts["artists"].index(name) for name in SCHOOLS.get(artist, [artist])]
        ranks = classifier.ranks(data["held_out"][np.isin(data["held_out_artist"], own)], artist)
        facts["real"][artist] = {"count": len(ranks), "top1": int((ranks < 1).sum()), "top5": int((ranks < 5).sum())}
        print(f"{artist:28} {len(ranks):4} held out, top-1 {(ranks < 1).mean():.2f}, top-5 {(ranks < 5).mean():.2f}")
    save_file(arrays, WEIGHTS)
    WEIGHTS.chmod(0o644)
    FACTS.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print_report(classifier, data)


def compute_features(root):
    """Return features of all paintings, as arrays that can be saved."""
    network, artists, found = attribution_features(), [], {name: [] for name in ("training", "held_out")}
    labels, sources = {name: [] for name in found}, []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        training, held_out = split_files([path for path in list_images(folder) if not path.name.startswith(DETAIL)])
        training = without_copies(training, held_out)
        if len(training) < FEWEST:
            print(f"{folder.name}: left out, only {len(training)} training paintings")
            continue
        rng = np.random.default_rng(len(artists))
        shown = network(np.stack([view for path in training for view in training_views(read_image(path), rng)]))
        found["training"].append(shown.reshape(len(training), -1, shown.shape[1]))
        found["held_out"].append(network(np.stack([prepare_like_evaluation(read_image(path)) for path in held_out])))
        labels["training"] += [len(artists)] * len(training)
        labels["held_out"] += [len(artists)] * len(held_out)
        sources += [path.name.split("_")[0] for path in held_out]
        artists.append(folder.name.replace("_", " "))
        print(f"{artists[-1]}: {len(training)} training paintings, {len(held_out)} held out", flush=True)
    arrays = {name: np.concatenate(parts).astype(np.float32) for name, parts in found.items()}
    arrays |= {f"{name}_artist": np.array(parts) for name, parts in labels.items()}
    return {**arrays, "artists": np.array(artists), "held_out_source": np.array(sources)}


def without_copies(training, held_out):
    """Return the training paintings without those that nearly copy a held-out one, such as a larger or cropped scan."""
    small = [
        np.stack([np.asarray(squeeze_to_square(read_image(path), 64)) for path in files])
        for files in (training, held_out)
    ]
    distances, _ = CopyFinder(small[1], small[0]).nearest(small[0])
    return [path for path, distance in zip(training, distances, strict=True) if distance > SAME]


def prepare_like_evaluation(image):
    """Return a picture in the form that the classifier receives in evaluation."""
    return np.asarray(central_square(image, SIDE))


def training_views(image, rng):
    """Yield the training views of a painting, uint8, shape (256, 256, 3)."""
    yield prepare_like_evaluation(image)
    yield prepare_like_evaluation(image)[:, ::-1]
    image = flatten(image)
    for _ in range(VIEWS):
        side = min(image.size) * rng.uniform(0.65, 1)
        left, top = rng.uniform(0, image.width - side), rng.uniform(0, image.height - side)
        size = int(rng.uniform(110, SIDE))
        small = image.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
        file = io.BytesIO()
        small.save(file, "jpeg", quality=int(rng.uniform(50, 95)))
        view = np.asarray(Image.open(file).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        yield view[:, ::-1] if rng.random() < 0.5 else view


def fit_classifier(features, artists, penalty, steps=300):
    """Fit a multinomial logistic regression in which all artists have the same weight.

    Args:
        features: Shape (paintings, views, features).
        artists: Index of each painting's artist, shape (paintings,).
        penalty: Penalty on the squared weights, for features scaled to standard deviation 1.
        steps: Maximum number of steps of L-BFGS.

    Returns:
        Weights, shape (features, artists), and bias, for unscaled features.
    """
    y = np.repeat(artists, features.shape[1])
    x = features.reshape(len(y), -1)
    mean, deviation = x.mean(0), x.std(0) + 1e-3
    x = (x - mean) / deviation
    count = np.bincount(y)
    share = (1 / count[y] / len(count)).astype(np.float32)
    truth = np.eye(len(count), dtype=np.float32)[y]

    def loss(flat):
        weights = flat.reshape(x.shape[1] + 1, -1).astype(np.float32)
        logits = x @ weights[:-1] + weights[-1]
        logits -= logits.max(1, keepdims=True)
        chances = np.exp(logits)
        total = chances.sum(1, keepdims=True)
        error = (chances / total - truth) * share[:, None]
        value = (share * (np.log(total[:, 0]) - (logits * truth).sum(1))).sum() + penalty / 2 * (
            weights[:-1] ** 2
        ).sum()
        slope = np.concatenate([x.T @ error + penalty * weights[:-1], error.sum(0, keepdims=True)])
        return float(value), slope.ravel().astype(np.float64)

    start = np.zeros((x.shape[1] + 1) * len(count))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x.reshape(-1, len(count))
    weights = found[:-1] / deviation[:, None]
    return weights, found[-1] - mean @ weights


def cross_validate(data, penalty, folds=2):
    """Return the mean over artists of top-1 and top-5 accuracy on the left-out fold."""
    fold, rates = np.random.default_rng(0).integers(0, folds, len(data["training"])), []
    for number in range(folds):
        learnt, left = fold != number, fold == number
        weights, bias = fit_classifier(data["training"][learnt], data["training_artist"][learnt], penalty)
        scores, artists = data["training"][left, 0] @ weights + bias, data["training_artist"][left]
        ranks = (scores > scores[np.arange(len(artists)), artists][:, None]).sum(1)
        rates += [[(ranks[artists == one] < top).mean() for top in (1, 5)] for one in np.unique(artists)]
    return np.mean(rates, axis=0).round(3).tolist()


def print_report(classifier, data):
    """Print the rates of held-out paintings for each source of their files. The source should make no difference."""
    artists = [classifier.artists[number] for number in data["held_out_artist"]]
    ranks = np.array(
        [classifier.ranks(x[None], artist)[0] for x, artist in zip(data["held_out"], artists, strict=True)]
    )
    for source in np.unique(data["held_out_source"]):
        own = ranks[data["held_out_source"] == source]
        print(f"{source:10} {len(own):4} held out, top-1 {(own < 1).mean():.2f}, top-5 {(own < 5).mean():.2f}")


if __name__ == "__main__":
    main()
