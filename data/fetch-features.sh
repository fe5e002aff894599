#!/usr/bin/env bash
# Fetches the network whose features `ablate` compares pictures by: the MobileNetV2 of npm nsfwjs (MIT), as a TensorFlow.js layers model.
#   bash data/fetch-features.sh FOLDER     makes FOLDER/model.json and the weights beside it
set -euo pipefail
folder=${1:?usage: bash data/fetch-features.sh FOLDER}
command -v npm >/dev/null || { echo "npm is needed; it comes with Node.js (https://nodejs.org)." >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"
archive=$(npm pack --silent nsfwjs@4.4.0)
tar -xzf "$archive" --strip-components=4 package/dist/models/mobilenet_v2
rm "$archive"

# the package wraps both files in JavaScript, the weights as base64
node -e '
const fs = require("fs");
for (const file of fs.readdirSync(".").filter(f => f.endsWith(".min.js"))) {
  const value = require(`${process.cwd()}/${file}`);
  const name = file.replace(".min.js", "");
  if (typeof value === "string") fs.writeFileSync(name, Buffer.from(value, "base64"));
  else fs.writeFileSync(`${name}.json`, JSON.stringify(value));
  fs.unlinkSync(file);
}'
ls -l "$PWD"
