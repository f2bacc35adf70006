# SPDX-License-Identifier: BSD-3-Clause
"""What tests of updates share."""
import hashlib
import os
import re
import shutil

from conftest import image


def sha(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def copy(site, variant, name):
    """An image of the site's own, which a test may damage."""
    path = os.path.join(site.dir, name)
    shutil.copy(image(variant), path)
    return path


def store(site, name="one"):
    return os.path.join(site.run_root, "state", "images", name)


def stored(site, name="one"):
    """Hashes of the images in the store."""
    if not os.path.isdir(store(site, name)):
        return set()
    return {f[:64] for f in os.listdir(store(site, name)) if f.endswith(".elf")}


def version(site, name="one"):
    """Which variant runs, by its own word."""
    return re.search(r"\(mica-(\w+)", site.shell(name, "version")).group(1)


def run(site, name="one", variant="ref", **keys):
    return site.run(name, variant, **{"HealthySec": "0.3", **keys})
