#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the seeds of FuzzReaders: small whole inputs of every kind that GEED reads.

    make_seeds.py TOOL FOLDER

Nothing but the standard library is needed. TOOL is the built `geed`, which writes the stores.
"""
import gzip
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile

root = pathlib.Path(__file__).resolve().parents[2]
tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
tests = root / "Tests"


def write(path, content):
    path = folder / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def npy(shape, code="<f4"):
    count = 1
    for axis in shape:
        count *= axis
    header = repr({"descr": code, "fortran_order": False, "shape": tuple(shape)})
    header += " " * (117 - len(header)) + "\n"
    body = b"".join(struct.pack("<f", (i % 97) / 97) for i in range(count))
    if code == "|u1":
        body = bytes(i % 256 for i in range(count))
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + body


def idx(dims):
    count = 1
    for axis in dims:
        count *= axis
    return struct.pack(">BBBB", 0, 0, 8, len(dims)) + b"".join(
        struct.pack(">I", axis) for axis in dims) + bytes(i % 10 for i in range(count))


def copy(source, path):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, folder / path)


shutil.rmtree(folder, ignore_errors=True)
fixtures = tests / "GEEDDataTests/Fixtures"
pictures = sorted((fixtures / "pictures").iterdir())
formats = sorted(file for file in (fixtures / "formats").iterdir() if file.suffix not in (".bin", ".json"))
for picture in pictures + formats:
    copy(picture, f"data/picture-{picture.name}/a/{picture.name}")
write("data/float/x.npy", npy([4, 1, 8, 8]))
write("data/bytes/x.npy", npy([4, 3, 8, 8], "|u1"))
for name in ("stored.npz", "packed.npz", "one.safetensors", "column-labels.npz", "tokens.npy"):
    copy(fixtures / "containers" / name, f"data/{name.replace('.', '-')}/x.{name.split('.')[1]}")
with tarfile.open(write("data/shard/x.tar", b""), "w") as archive:
    for number, picture in enumerate(pictures[:3]):
        archive.add(picture, f"{number}{picture.suffix}")
        label = write(f"label-{number}", f"{number}\n" if number else '{"label": 1}')
        archive.add(label, f"{number}.{'cls' if number else 'json'}")
        label.unlink()
for packed in (False, True):
    end, pack = (".gz", gzip.compress) if packed else ("", bytes)
    for part in ("t10k", "train"):
        write(f"data/idx{end}/{part}-images-idx3-ubyte{end}", pack(idx([6, 8, 8])))
        write(f"data/idx{end}/{part}-labels-idx1-ubyte{end}", pack(idx([6])))
for name in ["test_batch.bin"] + [f"data_batch_{i}.bin" for i in range(1, 6)]:
    write(f"data/cifar/{name}", bytes([3]) + bytes(i % 256 for i in range(3072)))
with zipfile.ZipFile(write("data/zip/x.zip", b""), "w", zipfile.ZIP_DEFLATED) as archive:
    for picture in pictures[:4]:
        archive.write(picture, f"{picture.suffix[1:]}/{picture.name}")
scene = pictures[-2]
coco = {
    "images": [{"id": 1, "file_name": "scene.png", "width": 37, "height": 29}],
    "categories": [{"id": 1, "name": "ship"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [3, 4, 12, 9]}],
}
write("data/coco/labels.json", json.dumps(coco))
copy(tests / "GEEDDataTests/Fixtures/pictures/rgb.png", "data/coco/scene.png")
xview = {"features": [{"properties": {
    "image_id": "scene.tif", "type_id": 41, "bounds_imcoords": "3,4,15,13"}}]}
write("data/xview/labels.geojson", json.dumps(xview))
copy(tests / "GEEDDataTests/Fixtures/pictures/rgb.tif", "data/xview/scene.tif")

for model in sorted((tests / "GEEDOnnxTests/Fixtures").glob("*.onnx")):
    copy(model, f"graph/{model.stem}/{model.name}")
    for weights in (tests / "GEEDOnnxTests/Fixtures").glob(f"{model.stem}*.bin"):
        copy(weights, f"graph/{model.stem}/{weights.name}")
copy(root / "Examples/Glyphs/glyphs-cnn.onnx", "graph/glyphs/glyphs-cnn.onnx")
copy(tests / "GEEDTorchTests/Fixtures/python.safetensors", "weights/python/x.safetensors")

model = tests / "GEEDOnnxTests/Fixtures/dynamic-batch.onnx"
data = write("measured/x.npy", npy([20, 3, 8, 8]))
measure = [tool, "measure", str(model), "--data", str(data), "--group", "C4", "--samples", "6",
           "--scale-samples", "12", "--latent", "features", "--softmax", "logits", "--json"]
store = folder / "store/whole/x.sqlite"
store.parent.mkdir(parents=True)
document = subprocess.run(
    measure + ["--store", str(store)], check=True, capture_output=True).stdout
write("tool/check/run.json", document)
write("tool/check/command", "check run.json --below latent=1")
write("tool/compare/a.json", document)
write("tool/compare/b.json", document)
write("tool/compare/command", "compare a.json b.json")
for name, command in [("export", "export 1 --store x.sqlite --format json"),
                      ("runs", "runs --store x.sqlite"), ("stored", "check x.sqlite#1 --below latent=1"),
                      ("merge", "merge x.sqlite -o merged.sqlite")]:
    copy(store, f"tool/{name}/x.sqlite")
    write(f"tool/{name}/command", command)
copy(store, "tool/resume/x.sqlite")
copy(model, "tool/resume/m.onnx")
copy(data, "tool/resume/x.npy")
write("tool/resume/command",
      "measure m.onnx --data x.npy --group C4 --samples 6 --scale-samples 12 "
      "--latent features --softmax logits --store x.sqlite --resume")
write("tool/train/t.yaml", """network: {name: conventional-cnn, width: 0.1, classes: 10}
data: {source: glyphs, resize: 29, count: 20}
iterations: 1
batch: 2
optimizer: {kind: adamw, rate: 0.003, decay: cosine, warm-up: 5}
augmentation: rotation
seed: 0
""")
write("tool/train/command", "train t.yaml -o out --threads 1")
