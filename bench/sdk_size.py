#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""sdk_size.py [--image=NAME] [--out=FILE.json] [ARCH...]: what images of the bare client are made of.

From the linker's map of an image, bytes by module: text (code and constants), data (with a value and
zeroed). Without --image both that have a map: `minimal`, whose library is built for size, and `ref`,
the typical client. ARCH: arm64, riscv64; those that were built. --out: for report.py.
"""
import collections
import json
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CLIENTS = os.path.join(TOP, "build", "client")
ARCHS, IMAGES = ("arm64", "riscv64"), ("minimal", "ref")

# The first that the path of an object begins with. What counts as the SDK comes first.
GROUPS = (
    ("openamp", "openamp/"),
    ("metal", "metal/"),
    ("sdk", "client/sdk/"),
    ("program", "client/apps/"),
    ("program", "client/variants/"),
    ("program", "demos/"),
    ("C library", "client/lib/"),
    ("kernel", "client/kernel/"),
    ("board", "client/"),
)
SDK = ("openamp", "metal", "sdk")

PIECE = re.compile(r"^ (\.(?:text|rodata|srodata|data|sdata|bss|sbss)\S*|COMMON)\s+0x[0-9a-f]+\s+"
                   r"0x([0-9a-f]+)\s+(\S+)$", re.M)
KIND = {".text": "text", ".rodata": "text", ".srodata": "text", ".data": "data", ".sdata": "data"}


class Size:
    """Bytes of code and constants, and of data."""

    def __init__(self):
        self.text = self.data = 0

    def add(self, other):
        self.text += other.text
        self.data += other.data


def map_file(arch, image):
    return os.path.join(CLIENTS, arch, f"mica-{image}.elf.map")


def source(section, obj):
    """build/client/ARCH/{obj,small}/PATH.o, in an archive or not -> PATH"""
    if section == ".bss.metal_arena":
        return "metal/client/arena"  # whoever defines it
    path = obj.split("(")[-1].rstrip(")")
    return re.sub(r"^.*?/(?:obj|small)/", "", path).removesuffix(".o")


def read(path):
    """{source: Size} of what was linked."""
    with open(path, encoding="utf-8") as f:
        text = f.read().split("Linker script and memory map")[1]
    text = re.sub(r"^( \.\S+)\n\s+0x", r"\1 0x", text, flags=re.M)
    sizes = collections.defaultdict(Size)
    for section, size, obj in PIECE.findall(text):
        kind = KIND.get("." + section.split(".")[1] if section != "COMMON" else "", "data")
        module = sizes[source(section, obj)]
        setattr(module, kind, getattr(module, kind) + int(size, 16))
    return sizes


def group(name):
    return next((label for label, prefix in GROUPS if name.startswith(prefix)), "program")


def total(sizes, groups):
    result = Size()
    for name, size in sizes.items():
        if group(name) in groups:
            result.add(size)
    return result


def show(arch, image, sizes):
    print(f"\nmica-{image}, {arch}:{'':26} text     data")
    for label in dict.fromkeys(label for label, _ in GROUPS):
        names = sorted(name for name in sizes if group(name) == label)
        if label in SDK:
            for name in names:
                if sizes[name].text or sizes[name].data:
                    print(f"  {name:40}{sizes[name].text:8}{sizes[name].data:9}")
        elif names:
            part = total(sizes, (label,))
            print(f"  all of: {label:32}{part.text:8}{part.data:9}")
        if label == SDK[-1]:
            part = total(sizes, SDK)
            print(f"  {'the SDK':40}{part.text:8}{part.data:9}")
    everything = total(sizes, {label for label, _ in GROUPS})
    print(f"  {'everything':40}{everything.text:8}{everything.data:9}")


def result(arch, image, sizes):
    sdk, everything = total(sizes, SDK), total(sizes, {label for label, _ in GROUPS})
    kib = everything.text / 1024
    return {"id": f"size.{image}.{arch}", "unit": "KiB", "place": "same", "ops": 1, "min": kib,
            "p50": kib, "p90": kib, "rounds": [kib],
            "counts": {"text_kib": sdk.text / 1024, "data_kib": sdk.data / 1024,
                       "all_text_kib": kib, "all_data_kib": everything.data / 1024}}


def main():
    options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if a.startswith("--") and "=" in a)
    archs = [a for a in sys.argv[1:] if not a.startswith("--")]
    images = [options["image"]] if "image" in options else IMAGES
    found = [(arch, image) for image in images for arch in archs or ARCHS
             if os.path.exists(map_file(arch, image))]
    if not found:
        sys.exit("no map of an image: build it with `make client-arm64` or `make client-riscv64`")
    cases = []
    for arch, image in found:
        sizes = read(map_file(arch, image))
        show(arch, image, sizes)
        cases.append(result(arch, image, sizes))
    if "out" in options:
        with open(options["out"], "w", encoding="utf-8") as f:
            json.dump({"program": "sdk_size", "cases": cases}, f)


if __name__ == "__main__":
    main()
