#!/bin/sh
# The clips that the stall's phone speaks amounts with: one MP3, and where in it each clip is.
# usage: make.sh CLIPS.txt FOLDER   (writes FOLDER/voice.mp3 and FOLDER/voice.json)
# The same clips by the same espeak-ng and lame give the same bytes.
set -eu
clips=$1
out=$2
rate=22050      # samples a second, as espeak-ng's voices have it; two bytes each
silence=8820    # bytes of it round each clip, 0.2 s: a decoder may be 50 ms off
header=44       # of a WAV file
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

: > "$work/all.pcm"
at=0
comma='{'
while read -r clip; do
	espeak-ng -v vi -s 165 -a 180 -w "$work/clip.wav" "$clip"
	size=$(($(wc -c < "$work/clip.wav") - header))
	[ "$size" -gt $((rate / 5)) ] || { echo "make.sh: espeak-ng says nothing for \"$clip\"" >&2; exit 1; }
	head -c "$silence" /dev/zero >> "$work/all.pcm"
	tail -c "$size" "$work/clip.wav" >> "$work/all.pcm"
	# Half of the silence before and behind is its own: milliseconds of start and end.
	printf '%s\n"%s":[%d,%d]' "$comma" "$clip" \
		$(((at + silence / 2) * 500 / rate)) $(((at + silence + size + silence / 2) * 500 / rate))
	comma=,
	at=$((at + silence + size))
done < "$clips" > "$work/voice.json"
printf '\n}\n' >> "$work/voice.json"
head -c "$silence" /dev/zero >> "$work/all.pcm"
lame --quiet -r -s 22.05 --bitwidth 16 --signed --little-endian -m m --cbr -b 24 -q 2 \
	"$work/all.pcm" "$work/voice.mp3" 2> "$work/said" || { cat "$work/said" >&2; exit 1; }
mv "$work/voice.json" "$work/voice.mp3" "$out"
