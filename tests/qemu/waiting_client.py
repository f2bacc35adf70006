# SPDX-License-Identifier: BSD-3-Clause
"""The least client there can be: it waits until a word is not 0, then has firmware power its core off.

Without address translation and without any table: nobody can ask it to stop, only force it. On riscv64 it
says W first, on firmware's console (SBI 2.0, 5.2), as existing images do.
"""
import os
import struct

from conftest import ARCH, BOARD, PROGRAMS

WORD, ENTRY = {"arm64": (0x7c000000, 0x7c200000), "riscv64": (0x90000000, 0x90200000)}[ARCH]
CODE = {
    "arm64": [0xd2af8002, 0xb9400041, 0x34ffffe1, 0x52800040, 0x72b08000, 0xd4000002, 0x14000000],
    "riscv64": [0x00100893, 0x05700513, 0x00000073, 0x480002b7, 0x00129293, 0x0002a303, 0xfe030ee3,
                0x004858b7, 0x34d8889b, 0x00100813, 0x00000073, 0x0000006f],
}[ARCH]
MACHINE = {"arm64": 183, "riscv64": 243}[ARCH]
CAN_FORCE = ARCH == "riscv64" and "opensbi=1.1" not in BOARD  # firmware has software events
POKE = (os.path.join(PROGRAMS, "tests", "poke"), "/usr/bin/poke")  # the board must have it


def poke(guest, address, *words):
    guest.ok(f"poke 0x{address:x} " + " ".join(map(hex, words)))


def release(guest):
    """It goes off."""
    poke(guest, WORD, 1)


def place(guest):
    """Into memory, where a loader would put it."""
    poke(guest, WORD, 0)
    poke(guest, ENTRY, *CODE)


def write_elf(path):
    """As an image, one segment."""
    code = struct.pack(f"<{len(CODE)}I", *CODE)
    header = struct.pack("<4s5B7x2HI3QI6H", b"\x7fELF", 2, 1, 1, 0, 0, 2, MACHINE, 1, ENTRY, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<2I6Q", 1, 5, 4096, ENTRY, ENTRY, len(code), len(code), 4096)
    with open(path, "wb") as f:
        f.write((header + segment).ljust(4096, b"\0") + code)
