#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A member of a room by aiortc (Debian's python3-aiortc): another WebRTC implementation on the peer API.

Written from openapi.yaml alone. Prints a line of JSON twice a second with what it receives and sends, until its
standard input ends.

usage: aiortc_peer.py URL ROOM offer|answer [CODEC]

offer, answer: what this side makes first; CODEC: of its video alone, as H264
"""
import asyncio
import fractions
import json
import sys
import time
import urllib.error
import urllib.request

from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

TIMEOUT = 10
PICTURE = (160, 120)
PICTURES_PER_SECOND = 10
SAMPLE_RATE = 48000
SAMPLES = SAMPLE_RATE // 50


class Paced(MediaStreamTrack):
    """A track whose frames come at even times."""

    def __init__(self, per_second, clock_rate):
        super().__init__()
        self.count, self.per_second, self.clock_rate = 0, per_second, clock_rate
        self.began = None

    async def recv(self):
        if self.readyState != "live":
            raise MediaStreamError
        self.began = self.began or time.monotonic()
        await asyncio.sleep(max(0, self.began + self.count / self.per_second - time.monotonic()))
        frame = self.frame(self.count)
        frame.pts = self.count * self.clock_rate // self.per_second
        frame.time_base = fractions.Fraction(1, self.clock_rate)
        self.count += 1
        return frame


class Picture(Paced):
    kind = "video"

    def __init__(self):
        super().__init__(PICTURES_PER_SECOND, 90000)

    def frame(self, count):
        frame = VideoFrame(*PICTURE, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([(count * 8) % 256]) * plane.buffer_size)
        return frame


class Sound(Paced):
    kind = "audio"

    def __init__(self):
        super().__init__(SAMPLE_RATE // SAMPLES, SAMPLE_RATE)

    def frame(self, count):
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        wave = (6000 if i // 60 % 2 else -6000 for i in range(SAMPLES))
        frame.planes[0].update(b"".join(value.to_bytes(2, "little", signed=True) for value in wave))
        frame.sample_rate = SAMPLE_RATE
        return frame


class Gateway:
    """The opposite of an RTCPeerConnection, over HTTP."""

    def __init__(self, base, room):
        self.base = base
        self.room = room

    def ask(self, method, url, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                text = response.read()
                return response.headers, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode()}") from error

    async def call(self, method, part, body=None):
        return (await asyncio.to_thread(self.ask, method, self.url + part, body))[1]

    async def open(self, polite):
        body = {"room": self.room, "polite": polite}
        headers, _ = await asyncio.to_thread(self.ask, "POST", f"{self.base}/v1/peers", body)
        self.url = self.base + headers["Location"]

    def listen(self, tell):
        """Server-Sent Events, for as long as the peer is there; tell(type, data) in the loop's thread."""
        with urllib.request.urlopen(f"{self.url}/events") as stream:
            kind = None
            for line in stream:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind:
                    tell(kind, json.loads(value))


class Member:
    def __init__(self, gateway, offers, codec):
        self.gateway = gateway
        self.offers = offers
        self.codec = codec
        self.connection = RTCPeerConnection()
        self.received = {"audio": 0, "video": 0}
        self.messages = []  # that came over data channels
        self.heard = []  # that the gateway's events told of
        self.events = asyncio.Queue()
        self.connection.on("track", lambda track: asyncio.ensure_future(self.count(track)))
        self.connection.on("datachannel", self.talk)

    async def count(self, track):
        try:
            while True:
                await track.recv()
                self.received[track.kind] += 1
        except MediaStreamError:
            pass

    def talk(self, channel):
        def greet():
            channel.send(f"aiortc says hello over {channel.label}")

        channel.on("message", self.messages.append)
        channel.on("open", greet)
        if channel.readyState == "open":
            greet()

    async def offer(self):
        await self.connection.setLocalDescription(await self.connection.createOffer())
        await self.gateway.call("PUT", "/remote-description", self.local())
        await self.take(await self.gateway.call("PUT", "/local-description", {}))

    async def answer(self):
        await self.take(await self.gateway.call("PUT", "/local-description", {"type": "offer"}))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        await self.gateway.call("PUT", "/remote-description", self.local())

    def local(self):
        description = self.connection.localDescription
        return {"type": description.type, "sdp": description.sdp}

    async def take(self, description):
        await self.connection.setRemoteDescription(RTCSessionDescription(**description))

    def prefer(self, codec):
        codecs = RTCRtpSender.getCapabilities("video").codecs
        chosen = [one for one in codecs if one.mimeType in (f"video/{codec}", "video/rtx")]
        for transceiver in self.connection.getTransceivers():
            if transceiver.kind == "video":
                transceiver.setCodecPreferences(chosen)

    async def begin(self):
        await self.gateway.open(polite=self.offers)
        self.connection.addTrack(Sound())
        self.connection.addTrack(Picture())
        if self.codec:
            self.prefer(self.codec)
        if self.offers:
            self.talk(self.connection.createDataChannel("chat"))
            await self.offer()
        else:
            known = await self.gateway.call("GET", "/transceivers")
            kinds = {one["kind"] for one in known["transceivers"]}
            for kind in {"audio", "video"} - kinds:  # the room has nothing to send, which would be sendrecv
                await self.gateway.call("POST", "/transceivers", {"kind": kind, "direction": "recvonly"})
            await self.gateway.call("POST", "/datachannels", {"label": "api"})
            await self.answer()
        loop = asyncio.get_running_loop()
        tell = lambda *event: loop.call_soon_threadsafe(self.events.put_nowait, event)
        loop.run_in_executor(None, self.gateway.listen, tell)

    async def follow(self):
        while True:
            kind, data = await self.events.get()
            if kind == "negotiationneeded":
                await self.answer()
            elif kind == "open" and data["channel"]["label"] == "api":
                part = f"/datachannels/{data['channel']['number']}/send"
                await self.gateway.call("POST", part, {"data": "the API says hello"})
            elif kind == "message":
                self.heard.append(data["data"])

    async def report(self):
        while True:
            stats = (await self.connection.getStats()).values()
            sent = {"audio": 0, "video": 0}
            for entry in stats:
                if entry.type == "outbound-rtp":
                    sent[entry.kind] += entry.packetsSent
            report = {
                "id": self.gateway.url.rsplit("/", 1)[1],
                "state": self.connection.connectionState,
                "received": self.received,
                "sent": sent,
                "messages": self.messages,
                "heard": self.heard,
            }
            print(json.dumps(report), flush=True)
            await asyncio.sleep(0.5)

    async def end(self):
        await asyncio.to_thread(sys.stdin.read)


async def main():
    url, room, role, *codec = sys.argv[1:]
    member = Member(Gateway(url, room), role == "offer", codec[0] if codec else None)
    await member.begin()
    tasks = [asyncio.ensure_future(task()) for task in (member.follow, member.report, member.end)]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    await member.gateway.call("DELETE", "")


if __name__ == "__main__":
    asyncio.run(main())
