#!/usr/bin/env bash
# Fetches the pictures and captions the demo model is trained on: Microsoft Fluent Emoji 3D (MIT) with their Unicode names.
#   bash data/fetch-emoji.sh FOLDER     makes FOLDER/fluent-emoji-3d and FOLDER/emojibase-data
set -euo pipefail
folder=${1:?usage: bash data/fetch-emoji.sh FOLDER}
command -v npm >/dev/null || { echo "npm is needed; it comes with Node.js (https://nodejs.org)." >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"

fetch() { # PACKAGE VERSION NAME
  local archive
  archive=$(npm pack --silent "$1@$2")
  rm -rf "$3"
  mkdir "$3"
  tar -xzf "$archive" --strip-components=1 -C "$3"
  rm "$archive"
}

fetch @lobehub/fluent-emoji-3d 1.1.0 fluent-emoji-3d
fetch emojibase-data 17.0.0 emojibase-data
echo "$(find fluent-emoji-3d/assets -name '*.webp' | wc -l) pictures in $PWD"
