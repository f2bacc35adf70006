# SPDX-License-Identifier: BSD-3-Clause
"""What is compared with what, and the goal beside each figure.

A ratio is taken round by round: the measured case over the sum of what it is compared with, all
from the same round. Cases that were not run (no second core, another program) drop out.
"""
from dataclasses import dataclass


@dataclass
class Ratio:
    label: str
    case: str
    floors: tuple  # ids of cases; their sum is the denominator
    goal: float | None = None  # None: shown for orientation
    least: bool = False  # the goal is a minimum

    def reached(self, value):
        return value >= self.goal if self.least else value <= self.goal


@dataclass
class Count:
    label: str
    case: str
    name: str  # of the counter, an operation
    goal: float | None = None
    exact: bool = False

    def reached(self, value):
        return value == self.goal if self.exact else value <= self.goal


SIZES = (16, 64, 256, 496, 1008, 2032)
ECHO_GOAL, FLOOD_GOAL, WAKE_GOAL = 2.0, 1.5, 1.2
LANE_ECHO_GOAL, LANE_FLOOD_GOAL, LANE_BELLS_GOAL = 1.3, 1.15, 0.05
SOCKET_GOAL = 1.6
TTY_GOAL, BULK_GOAL = 0.7, 0.9  # of the floor's rate


def rings():
    for n in SIZES:
        yield Ratio(f"round trip, {n} B", f"rpmsg.echo.{n}", (f"floor.ring.echo.{n}",),
                    ECHO_GOAL if n == 16 else None)
    yield Ratio("round trip, 16 B, closely packed rings", "rpmsg.packed.echo.16",
                ("floor.ring.echo.16",), ECHO_GOAL)
    for n in SIZES:
        goal = FLOOD_GOAL if n in (16, 496) else None
        floor = (f"floor.ring.flood.{n}",)
        yield Ratio(f"flood host to client, {n} B", f"rpmsg.out.{n}", floor, goal)
        yield Ratio(f"flood client to host, {n} B", f"rpmsg.in.{n}", floor, goal)
    for n in (16, 496):
        for way, words in (("out", "host to client"), ("in", "client to host")):
            yield Ratio(f"flood {words}, corked, {n} B", f"rpmsg.corked.{way}.{n}",
                        (f"floor.ring.flood.{n}",), FLOOD_GOAL)
    yield Ratio("flood host to client, 16 B, closely packed rings", "rpmsg.packed.out.16",
                ("floor.ring.flood.16",), FLOOD_GOAL)
    for n in (8, 64):
        yield Ratio(f"round trip, 16 B, {n} endpoints in turn", f"rpmsg.echo.epts{n}.16",
                    ("rpmsg.echo.16",))
    for n in SIZES:
        yield Ratio(f"both ends in one thread, {n} B", f"rpmsg.alone.{n}",
                    (f"floor.ring.alone.{n}",))


def lanes():
    """The negotiated format."""
    for n in (16, 496, 1008, 2032):
        yield Ratio(f"lanes: round trip, {n} B", f"lane.echo.{n}", (f"floor.ring.echo.{n}",),
                    LANE_ECHO_GOAL if n == 16 else None)
        yield Ratio(f"lanes: both ends in one thread, {n} B", f"lane.alone.{n}",
                    (f"floor.ring.alone.{n}",))
        goal = LANE_FLOOD_GOAL if n in (16, 496) else None
        for way, words in (("out", "host to client"), ("in", "client to host")):
            yield Ratio(f"lanes: flood {words}, {n} B", f"lane.{way}.{n}",
                        (f"floor.ring.flood.{n}",), goal)
            yield Ratio(f"lanes: flood {words}, corked, {n} B", f"lane.corked.{way}.{n}",
                        (f"floor.ring.flood.{n}",), goal)


def wakes():
    for place, words in (("same", "one core"), ("cross", "two cores")):
        for n in (16, 496):
            yield Ratio(f"round trip with wake-ups, {words}, {n} B",
                        f"rpmsg.wake.echo.{place}.{n}", (f"floor.eventfd.{place}.8",), WAKE_GOAL)
        yield Ratio(f"lanes: round trip with wake-ups, {words}, 16 B",
                    f"lane.wake.echo.{place}.16", (f"floor.eventfd.{place}.8",), WAKE_GOAL)
    yield Count("doorbells to the client, a round trip", "rpmsg.wake.echo.cross.16", "bells_out",
                1, exact=True)
    yield Count("doorbells to the host, a round trip", "rpmsg.wake.echo.cross.16", "bells_in",
                1, exact=True)
    yield Count("lanes: doorbells to the client, a round trip", "lane.wake.echo.cross.16",
                "bells_out", 1)
    yield Count("lanes: doorbells to the host, a round trip", "lane.wake.echo.cross.16", "bells_in",
                1)
    for to, way in (("client", "out"), ("host", "in")):
        yield Count(f"lanes: doorbells to the {to}, a message of a flood",
                    f"lane.wake.{way}.cross.496", f"bells_{way}", LANE_BELLS_GOAL)
    yield Count("doorbells to the client, a message of a flood", "rpmsg.wake.out.cross.496",
                "bells_out")
    yield Count("doorbells to the host, a message of a flood", "rpmsg.wake.in.cross.496",
                "bells_in")


def system():
    for n in (16, 496):
        yield Ratio(f"endpoint socket, to the client and back, {n} B", f"app.socket.{n}",
                    ("floor.eventfd.same.8", f"floor.socket.same.{n}"), SOCKET_GOAL)
    yield Ratio("mica ping, 64 B", "app.ping.64", ("floor.eventfd.same.8",))
    yield Count("resident memory of the daemon with one client, MiB", "idle", "resident_mib", 6)
    yield Count("wake-ups of the idle daemon in five seconds", "idle", "wakeups", 0)


def life():
    """Compared with fork and exec of a small program, or of as many as are started."""
    yield Ratio("start of a client until it is ready", "life.start", ("floor.spawn",), 1.5)
    yield Ratio("stop of a client", "life.stop", ("floor.spawn",), 1)
    yield Ratio("killed client until it is ready again", "life.restart", ("floor.spawn",))
    for n in (1, 8, 64):
        yield Ratio(f"start of the daemon until its {n} clients are ready", f"life.boot.{n}",
                    (f"floor.spawn.{1 + n}",))
    yield Ratio("endpoint socket among 64 clients, to alone", "app.among.16", ("app.alone.16",),
                1.2)
    yield Count("resident memory of the daemon with 64 clients, MiB", "idle.many", "resident_mib",
                16)
    yield Count("wake-ups of an idle daemon and its 64 clients in five seconds", "idle.many",
                "wakeups", 0)


def boards():
    """On an emulated board, compared with what nothing can do without, in the same boot."""
    yield Ratio("start of a client, its core taken from Linux", "board.start",
                ("floor.start",), 1.5)
    yield Ratio("start again until it is ready", "board.again", ("floor.again",))
    yield Ratio("stop", "board.stop", ("floor.off",))
    yield Ratio("crashed client until it is ready again", "board.crash", ("floor.again",))
    for way, words in (("out", "to the client"), ("in", "to the host")):
        yield Count(f"doorbells {words}, a message and its answer", "board.message",
                    f"doorbells_{way}", 1)
    yield Count("doorbells that were for nobody", "board.message", "doorbells_spurious", 0)
    yield from board_messages()


def board_messages():
    """As natively, but the client has a core of its own: its wake-ups are those between two."""
    wake = "floor.eventfd.cross.8"
    yield Ratio("mica ping, 64 B", "board.app.ping.64", (wake,))
    yield Ratio("  to wake-ups on one core", "board.app.ping.64", ("floor.eventfd.same.8",))
    for n in (16, 496):
        yield Ratio(f"endpoint socket, to the client and back, {n} B", f"board.app.socket.{n}",
                    (wake, f"floor.socket.same.{n}"), SOCKET_GOAL)
        yield Ratio("  to wake-ups on one core", f"board.app.socket.{n}",
                    ("floor.eventfd.same.8", f"floor.socket.same.{n}"))
    for way, words in (("echo", "to the client and back"), ("in", "by the client")):
        yield Ratio(f"endpoint socket kept full, {words}, 496 B", f"board.data.{way}.496",
                    ("floor.socket.same.496",))
    yield Ratio("terminal, client to reader", "board.data.tty.in", ("floor.pty.same.496",),
                TTY_GOAL, least=True)
    yield Ratio("terminal, writer to client", "board.data.tty.out", ("floor.pty.back.same.496",),
                TTY_GOAL, least=True)
    for n, size in ((1 << 20, "1 MiB"), (65536, "64 KiB"), (4096, "4 KiB")):
        for what, floor, words in (("copy", "memcpy", "copied in"), ("read", "read", "read")):
            yield Ratio(f"bulk, {size} {words}", f"board.umt.cross.{what}.{n}",
                        (f"floor.{floor}.{n}",), BULK_GOAL if n == 1 << 20 else None, least=True)
    n = 1 << 20
    for way, what in (("send", "copied in and told of"), ("out", "stream to the client"),
                      ("in", "stream to the host")):
        yield Ratio(f"bulk, 1 MiB {what}", f"board.umt.cross.{way}.{n}", (f"floor.memcpy.{n}",))
    for name in ("lseek", "write.432", "read.432"):
        yield Ratio(f"rpc, {name}", f"board.rpc.{name}",
                    (wake, "floor.eventfd.same.8", "floor.socket.same.16"))


def bulk():
    """Bulk messages, as rates."""
    for place, words in (("same", "client on this core"), ("cross", "client on another core")):
        for n, size in ((1 << 20, "1 MiB"), (65536, "64 KiB"), (4096, "4 KiB")):
            goal = BULK_GOAL if n == 1 << 20 else None
            copy = f"umt.{place}.copy.{n}"
            yield Ratio(f"bulk, {size} copied in, {words}", copy, (f"floor.memcpy.{n}",), goal,
                        least=True)
            if place == "cross":
                yield Ratio("  to a copy over what that core has read", copy, (f"floor.write.{n}",))
            yield Ratio(f"bulk, {size} read, {words}", f"umt.{place}.read.{n}",
                        (f"floor.read.{n}",), goal, least=True)
        n = 1 << 20
        for way, what in (("send", "copied in and told of"), ("out", "stream to the client"),
                          ("in", "stream to the host")):
            yield Ratio(f"bulk, 1 MiB {what}, {words}", f"umt.{place}.{way}.{n}",
                        (f"floor.memcpy.{n}",))


def sizes():
    """What of the SDK an image is made of that has one endpoint and the name service, KiB."""
    for arch in ("arm64", "riscv64"):
        case, goal = f"size.minimal.{arch}", arch == "arm64"
        yield Count(f"SDK, smallest client, {arch}: text, KiB", case, "text_kib",
                    5 if goal else None)
        yield Count(f"SDK, smallest client, {arch}: data, KiB", case, "data_kib",
                    1 if goal else None)
        yield Count("  its whole image: text, KiB", case, "all_text_kib")
        yield Count(f"SDK, reference client, {arch}: text, KiB", f"size.ref.{arch}", "text_kib")


def calls():
    """A client's calls of Linux: two processes more than a message, each woken and answered."""
    for name in ("lseek", "write.432", "read.432"):
        yield Ratio(f"rpc, {name}", f"rpc.{name}",
                    ("floor.eventfd.same.8", "floor.eventfd.same.8", "floor.socket.same.16"))


def data():
    """What passes between a ring and an application."""
    yield Ratio("endpoint socket kept full, to the client and back, 496 B", "data.echo.496",
                ("floor.socket.same.496",))
    yield Ratio("endpoint socket kept full by the client, 496 B", "data.in.496",
                ("floor.socket.same.496",))
    yield Ratio("terminal, client to reader", "data.tty.in", ("floor.pty.same.496",),
                TTY_GOAL, least=True)
    yield Ratio("terminal, writer to client", "data.tty.out", ("floor.pty.back.same.496",),
                TTY_GOAL, least=True)
    yield Ratio("urgent endpoint while others keep the client busy, 90 % below",
                "data.urgent.bulk.p90", ("data.urgent.idle.p90",), 3)


ROWS = [*rings(), *lanes(), *wakes(), *system(), *life(), *boards(), *data(), *bulk(), *calls(), *sizes()]
