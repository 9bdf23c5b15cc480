"""Join painted segments to a film, and copy the sound, subtitles, chapters and titles of the original."""

import contextlib
import heapq
import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from copyart.data.atomic_files import temporary_path_beside
from copyart.data.painting_mark import MARK
from copyart.video.formats import FilmFormat
from copyart.video.reading import AV_ERRORS
from copyart.video.segments import Segments

#: Keys of metadata that describe the file and are not copied.
_OWN_WORDS = {"major_brand", "minor_version", "compatible_brands", "encoder", "creation_time", "DURATION"}
#: Container → its codec for subtitles.
_SUBTITLES = {"mp4": ("mov_text",), "mov": ("mov_text",), "webm": ("webvtt",)}

#: Start and end in seconds; the end may be None.
_Span = tuple[Fraction, Fraction | None]


def join_segments(
    segments: Segments, source: Any, target: Path, format: FilmFormat, time_base: Fraction, span: _Span
) -> None:
    """Write the film atomically: the painted segments, and copies of the original's other streams.

    Args:
        segments: The painted segments, at least one.
        source: The original film, open for reading.
        target: Path of the film.
        time_base: Seconds in one unit of the segments' times.
        span: Start and end of the copied sound, in seconds on the source's clock; the end may be None. The start
            becomes time 0 of the painted film.
    """
    with temporary_path_beside(target) as temporary:
        with contextlib.ExitStack() as opened:
            first = opened.enter_context(segments.open_first())
            out = opened.enter_context(
                av.open(str(temporary), "w", format=format.container, options=dict(format.container_settings))
            )
            _write_film(out, first, segments, source, format, time_base, span)
        os.replace(temporary, target)


def _write_film(
    out: Any, first: Any, segments: Segments, source: Any, format: FilmFormat, time_base: Fraction, span: _Span
) -> None:
    out.metadata.update(_metadata_to_write(source.metadata))
    _copy_chapters(out, source, span)
    pictures = out.add_stream_from_template(first.streams.video[0])
    pictures.time_base = time_base
    copies = {
        stream: copy
        for stream in _sound_and_subtitle_streams(source, format)
        if (copy := _add_stream_copy(out, stream, format))
    }
    offset = -int(span[0] / time_base)
    streams = [_timed_packets(_painted_packets(segments, pictures, time_base, offset), time_base)]
    if copies:
        streams.append(_copied_packets(source, copies, span))
    for _, is_sound, packets in heapq.merge(*streams, key=lambda entry: entry[:2]):
        # Damaged sound may have times that the container refuses (ValueError): skip it. A full disk raises OSError.
        with contextlib.suppress(*(ValueError,) if is_sound else ()):
            out.mux(packets)


def _metadata_to_write(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the metadata to write: those of the original, with a comment that Copyart painted the film."""
    titles = {key: value for key, value in metadata.items() if key not in _OWN_WORDS}
    name = next((key for key in titles if key.lower() == "comment"), "comment")  # Matroska writes it in capitals
    comment = titles.get(name, "")
    return {**titles, name: comment if MARK in comment else f"{comment} {MARK}".strip()}


def _painted_packets(segments: Segments, stream: Any, time_base: Fraction, offset: int) -> Iterator[Any]:
    for packet in segments.packets():
        packet.stream, packet.time_base = stream, time_base
        packet.pts = packet.dts = packet.pts + offset
        yield packet


def _timed_packets(packets: Iterator[Any], time_base: Fraction) -> Iterator[tuple[float, int, Any]]:
    for packet in packets:
        yield float(packet.pts * time_base), 0, packet


def _sound_and_subtitle_streams(source: Any, format: FilmFormat) -> Iterator[Any]:
    """Yield the streams of sound and subtitles that can be copied."""
    yield from (stream for stream in source.streams.audio if stream.codec_context is not None)
    allowed = _SUBTITLES.get(format.container)
    for stream in source.streams.subtitles:
        if stream.codec_context is not None and (allowed is None or stream.codec_context.name in allowed):
            yield stream


def _add_stream_copy(out: Any, stream: Any, format: FilmFormat) -> "_PacketCopier | _PacketReencoder | None":
    """Add a copy of a stream to `out`. Return an object that converts its packets, or None if it cannot be copied."""
    codec = stream.codec_context.codec.canonical_name
    try:
        if codec in out.supported_codecs:
            copy: _PacketCopier | _PacketReencoder = _PacketCopier(out.add_stream_from_template(stream))
        elif stream.type == "audio" and stream.codec_context.sample_rate:
            copy = _PacketReencoder(out, stream, format.sound)
        else:
            return None
    except AV_ERRORS:
        return None
    wanted = ("language", "title")
    copy.stream.metadata.update({key: stream.metadata[key] for key in wanted if key in stream.metadata})
    return copy


class _PacketCopier:
    """Copies packets unchanged."""

    def __init__(self, stream: Any):
        self.stream = stream

    def convert(self, packet: Any, shift: Fraction) -> list:
        if packet.dts is None:
            return []
        units = int(shift / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts - units
        packet.dts -= units
        packet.stream = self.stream
        return [packet]

    def flush(self) -> list:
        return []


class _PacketReencoder:
    """Re-encodes packets for a container that does not support their codec."""

    def __init__(self, out: Any, stream: Any, codec: str):
        rate = 48000 if codec == "libopus" else stream.codec_context.sample_rate
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        self.stream = out.add_stream(codec, rate=rate)
        self.stream.codec_context.layout = layout
        self._resampler = av.AudioResampler(format=self.stream.codec_context.format, layout=layout, rate=rate)
        self._started = False

    def convert(self, packet: Any, shift: Fraction) -> list:
        found = []
        for frame in packet.decode():
            if frame.pts is not None:
                frame.pts -= int(shift / frame.time_base)
            found += [coded for part in self._resampler.resample(frame) for coded in self.stream.encode(part)]
        return found

    def flush(self) -> list:
        parts = self._resampler.resample(None) if self.stream.codec_context.is_open else []
        coded = [packet for part in parts if part.samples for packet in self.stream.encode(part)]
        return coded + (self.stream.encode(None) if self.stream.codec_context.is_open else [])


def _copied_packets(
    source: Any, copies: "Mapping[Any, _PacketCopier | _PacketReencoder]", span: _Span
) -> Iterator[tuple[float, int, list]]:
    """Yield the packets of sound and subtitles in the order of the source, each with its time."""
    start, end = span
    time = 0.0
    packets = source.demux(*copies)
    while True:
        try:
            packet = next(packets, None)
        except AV_ERRORS:  # the file ends early or is damaged, so the sound ends too
            packet = None
        if packet is None:
            break
        if packet.dts is None or packet.pts is None:
            continue
        at = packet.pts * packet.time_base
        if (start > 0 and at < start) or (end is not None and at >= end):
            continue
        time = max(time, float(at - start))
        with contextlib.suppress(*AV_ERRORS):  # damaged sound that cannot be re-encoded
            yield time, 1, copies[packet.stream].convert(packet, start)
    for copy in copies.values():
        yield time, 1, copy.flush()


def _copy_chapters(out: Any, source: Any, span: _Span) -> None:
    chapters = []
    for chapter in source.chapters():
        base = Fraction(chapter["time_base"])
        start = max(chapter["start"] * base - span[0], Fraction(0))
        end = (min(chapter["end"] * base, span[1]) if span[1] is not None else chapter["end"] * base) - span[0]
        if start < end:
            chapters.append({**chapter, "start": int(start / base), "end": int(end / base)})
    if chapters:
        out.set_chapters(chapters)
