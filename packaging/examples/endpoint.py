#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""An endpoint of a client with nothing but the socket module: one packet is one message.

    ./endpoint.py /run/mica/clients/zephyr/ept/mica-echo hello world

`mica status` says where the socket is. To tell a message of no bytes from the end, a program asks
for the sender's credentials, which the end does not have.
"""
import socket
import struct
import sys

MESSAGE_MAX = 496


class Endpoint:
    """Messages to and from one endpoint."""

    def __init__(self, path, timeout=10):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.connect(path)  # waits for micad; with a time limit set it would not
        self.sock.settimeout(timeout)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def send(self, message):
        if len(message) > MESSAGE_MAX:  # micad would end the connection
            raise ValueError(f"a message has at most {MESSAGE_MAX} bytes")
        self.sock.send(message)

    def receive(self):
        """The next message; None: the endpoint is gone."""
        room = socket.CMSG_SPACE(struct.calcsize("3i"))
        message, ancillary, _, _ = self.sock.recvmsg(MESSAGE_MAX, room)
        return message if message or ancillary else None

    def close(self):
        self.sock.close()


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: endpoint.py SOCKET MESSAGE...")
    endpoint = Endpoint(sys.argv[1])
    for word in sys.argv[2:]:
        endpoint.send(word.encode())
        answer = endpoint.receive()
        if answer is None:
            sys.exit("endpoint.py: the endpoint is gone")
        print(answer.decode(errors="replace"))
    endpoint.close()


if __name__ == "__main__":
    main()
