# SPDX-License-Identifier: BSD-3-Clause
"""Images signed with the real minisign, and those that are not."""
import os
import shutil
import subprocess

import pytest

from conftest import image
from update_help import copy, run, stored, version

MINISIGN = shutil.which("minisign")
needs_minisign = pytest.mark.skipif(not MINISIGN, reason="minisign is not installed")


class Signer:
    """A key pair of the real minisign."""

    def __init__(self, site, name):
        self.site, self.key, self.pub = site, os.path.join(site.dir, name + ".key"), \
            os.path.join(site.dir, name + ".pub")
        self.minisign("-G", "-f", "-W", "-p", self.pub, "-s", self.key)

    def minisign(self, *args):
        subprocess.run([MINISIGN, *args], check=True, capture_output=True, input=b"")

    def trust(self):
        keys = os.path.join(self.site.conf_dir, "keys")
        os.makedirs(keys, exist_ok=True)
        shutil.copy(self.pub, keys)
        os.chmod(os.path.join(keys, os.path.basename(self.pub)), 0o644)

    def sign(self, path, *options):
        self.minisign("-S", "-W", "-s", self.key, "-m", path, *options)
        return path


@pytest.fixture
def signer(site):
    key = Signer(site, "ours")
    key.trust()
    return key


@needs_minisign
@pytest.mark.parametrize("options", [(), ("-l",), ("-t", "client one, release 2")])
def test_signed_images(site, signer, options):
    base = signer.sign(copy(site, "ref", "base.elf"), *options)
    site.ok("create", site.conf("one", ClientPath=base, RequireSignature="yes", HealthySec="0.3"))
    site.ok("start", "one")
    new = signer.sign(copy(site, "novendor", "new.elf"), *options)
    site.ok("update", "one", new)
    assert version(site) == "novendor"
    os.unlink(new)
    os.unlink(new + ".minisig")
    site.ok("stop", "one")
    site.ok("start", "one")  # by the signature in the store
    assert version(site) == "novendor"
    site.ok("rollback", "one")
    assert version(site) == "ref"


@needs_minisign
def test_missing_bad_and_foreign_signatures(site, signer):
    base = signer.sign(copy(site, "ref", "base.elf"))
    site.ok("create", site.conf("one", ClientPath=base, RequireSignature="yes", HealthySec="0.3"))
    site.ok("start", "one")
    [pid] = site.processes()
    new = copy(site, "novendor", "new.elf")
    assert "has no signature" in site.fails(9, "update", "one", new)
    Signer(site, "theirs").sign(new)
    assert "put that key's .pub file there" in site.fails(9, "update", "one", new)
    signer.sign(new)
    with open(new, "r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    assert "does not fit" in site.fails(9, "update", "one", new)
    signer.sign(new, "-t", "release 2")
    with open(new + ".minisig") as file:
        text = file.read()
    with open(new + ".minisig", "w") as file:
        file.write(text.replace("release 2", "release 9"))
    assert "does not fit" in site.fails(9, "update", "one", new)
    with open(new + ".minisig", "w") as file:
        file.write("nonsense\n")
    assert "damaged" in site.fails(9, "update", "one", new)
    assert site.processes() == [pid] and stored(site) == set()


@needs_minisign
def test_a_signature_that_is_there_must_be_good(site, signer):
    """Even where none is required."""
    run(site)
    new = signer.sign(copy(site, "novendor", "new.elf"))
    with open(new, "ab") as file:
        file.write(b"\0")
    assert "does not fit" in site.fails(9, "update", "one", new)
    signer.sign(new)
    site.ok("update", "one", new)
    assert version(site) == "novendor"


@needs_minisign
def test_client_path_needs_its_signature(site, signer):
    """As users of secure boot expect: nothing starts that is not signed."""
    path = copy(site, "ref", "base.elf")
    conf = site.conf("one", ClientPath=path, RequireSignature="yes")
    assert "has no signature" in site.fails(9, "create", conf)
    signer.sign(path)
    site.ok("create", conf)
    shutil.copy(image("novendor"), path)  # after the check: the start looks again
    assert "does not fit" in site.fails(9, "start", "one")
    shutil.copy(image("ref"), path)
    site.ok("start", "one")
    site.ok("stop", "one")
    os.unlink(os.path.join(site.conf_dir, "keys", "ours.pub"))  # a key taken back
    assert "none of" in site.fails(9, "start", "one")
    site.ok("start", image("novendor"))  # the owner's right


@needs_minisign
def test_key_that_others_may_write_is_no_key(site, signer):
    path = signer.sign(copy(site, "ref", "base.elf"))
    os.chmod(os.path.join(site.conf_dir, "keys", "ours.pub"), 0o666)
    assert "others may write it" in site.fails(
        9, "create", site.conf("one", ClientPath=path, RequireSignature="yes"))
