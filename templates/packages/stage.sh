#!/usr/bin/env bash
# Gathers what a machine needs besides Node.js into $DIST/package: the bundle, and the native packages as built for this
# machine's kind. The RPM and the container image are made of it. Run by `npm run stage`.
set -euo pipefail
cd "$(dirname "$0")/../.."
dist=$(realpath "${DIST:-dist}")
rm -rf "$dist/package"
mkdir -p "$dist/package"/{dist,node_modules}
cp package.json "$dist/package/"
cp -r "$dist/bundle" "$dist/package/dist/"

# Takes the named files of an npm package along.
take() {
  local from
  from=$(node -p "path.dirname(require.resolve('$1/package.json'))") || return
  (cd "$from" && cp -r --parents package.json LICENSE lib "$2" "$dist/package/node_modules/$1/")
}
mkdir "$dist/package/node_modules"/{better-sqlite3,kerberos}
take better-sqlite3 "prebuilds/linux-$(node -p process.arch).node"
# Optional: without it `auth.method: gssapi` says what is missing.
take kerberos build/Release/kerberos.node || rm -r "$dist/package/node_modules/kerberos"
