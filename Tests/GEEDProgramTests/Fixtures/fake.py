# SPDX-License-Identifier: MIT
"""A program that serves sums of rows to the tests, well or badly: fake.py MODE [JSON]."""
import array
import json
import math
import os
import signal
import subprocess
import sys
import time

mode = sys.argv[1]
statement = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
source, target = sys.stdin.buffer, sys.stdout.buffer


def line(text):
    target.write(text.encode() + b"\n")
    target.flush()


def answer(name, code, shape, numbers, type_name=None):
    """An output as a line and an array of one of Python's type codes."""
    stated = {"name": name, "shape": shape}
    if type_name:
        stated["type"] = type_name
    return json.dumps({"outputs": [stated]}).encode() + b"\n" + array.array(code, numbers).tobytes()


print("a line of text", file=sys.stderr, flush=True)
if mode == "silent":
    time.sleep(1000)
if mode == "prompt":
    print("ready> ", end="", flush=True)
    time.sleep(1000)
if mode == "early":
    sys.exit("Cannot find the weights.")
line(json.dumps({"geed": 1, **statement}))

count = 0
while header := source.readline():
    request = json.loads(header)
    shape = request["shape"]
    rows, length = shape[0], math.prod(shape[1:])
    if mode == "deaf":
        os.close(0)
        time.sleep(1000)
    if mode == "leaving":
        sys.exit(3)
    if mode == "echo":
        # Answers before it has read everything, as a program might that computes row by row.
        target.write(json.dumps({"outputs": [{"name": "echo", "shape": shape}]}).encode() + b"\n")
        left = 4 * rows * length
        while left:
            part = source.read1(min(left, 65536))
            target.write(part)
            target.flush()
            left -= len(part)
        line("end")
        continue
    numbers = array.array("f", source.read(4 * rows * length))
    sums = [sum(numbers[i * length : (i + 1) * length]) for i in range(rows)]
    count += 1
    if mode == "second" and count == 2:
        print("Out of memory.", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    if mode == "hanging":
        child = subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL)
        print(f"child {child.pid}", file=sys.stderr, flush=True)
        if "mark" in statement:
            open(statement["mark"], "w").close()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(1000)
    if mode == "talking":
        line(f"Batch {count}")
    if mode == "reporting":
        line(json.dumps({"error": "the device is\n busy"}))
        continue
    if mode == "slow":
        time.sleep(0.05)
        if count == 12 and "mark" in statement:
            open(statement["mark"], "w").close()
            if statement.get("ends"):
                time.sleep(1)
                sys.exit()
    if mode == "scores":
        names = {"both": 2, "one": 1, "logits": 2}
        outputs = [{"name": n, "shape": [rows, k]} for n, k in names.items()]
        target.write(json.dumps({"outputs": outputs}).encode() + b"\n")
        shares = [1 / (1 + math.exp(min(s, 50) / 50)) for s in sums]
        target.write(array.array("f", [p for s in shares for p in (s, 1 - s)]).tobytes())
        target.write(array.array("f", shares).tobytes())
        target.write(array.array("f", [p for s in sums for p in (s, -s)]).tobytes())
        line("end")
        continue
    if mode == "labels":
        # Whether each number is above 0.5, and a class of each row.
        outputs = [{"name": "pixels", "type": "int64", "shape": shape[:1] + shape[2:]}]
        outputs.append({"name": "class", "type": "uint8", "shape": [rows]})
        target.write(json.dumps({"outputs": outputs}).encode() + b"\n")
        target.write(array.array("q", [int(x > 0.5) for x in numbers]).tobytes())
        target.write(bytes(int(s) % 7 for s in sums))
        line("end")
        continue
    if mode == "none":
        line('{"outputs": []}')
        continue
    if mode == "twice":
        one = {"name": "sums", "shape": [rows]}
        line(json.dumps({"outputs": [one, one]}))
        continue
    if mode == "huge":
        line(json.dumps({"outputs": [{"name": "sums", "shape": [rows, 1 << 40]}]}))
        continue
    if mode == "complex":
        line(json.dumps({"outputs": [{"name": "sums", "type": "complex64", "shape": [rows]}]}))
        continue
    if mode == "fewer":
        target.write(answer("sums", "f", [rows - 1, 1], sums[:-1]))
    elif mode == "longer":
        # The bytes of float64, stated as float32.
        target.write(answer("sums", "d", [rows, 1], sums))
    elif mode == "printing":
        data = answer("sums", "f", [rows, 1], sums)
        place = data.index(b"\n") + 3
        target.write(data[:place] + b"Epoch 1\n" + data[place:])
    elif mode == "types":
        kind = statement["kind"]
        code = {"float64": "d", "int64": "q", "int32": "i", "int16": "h", "int8": "b", "uint8": "B"}
        whole = kind.startswith(("int", "uint"))
        values = [int(s) if whole else s for s in sums]
        target.write(answer("sums", code[kind], [rows, 1], values, kind))
    elif mode == "half":
        # 1.5 and -2 in half precision, and in bfloat16.
        outputs = [{"name": n, "type": n, "shape": [rows, 2]} for n in ("float16", "bfloat16")]
        target.write(json.dumps({"outputs": outputs}).encode() + b"\n")
        target.write(b"\x00\x3e\x00\xc0" * rows + b"\xc0\x3f\x00\xc0" * rows)
    elif mode == "big":
        target.write(answer("sums", "q", [rows, 1], [16777217] * rows, "int64"))
    elif mode == "nan":
        target.write(answer("sums", "f", [rows, 1], [math.nan] * rows))
    else:
        target.write(answer("sums", "f", [rows, 1], sums))
    line("end")
if mode == "crashing":
    sys.exit(7)
