#!/usr/bin/env bash
# Makes $DIST/rpm/kojibridge-VERSION-1.ARCH.rpm of $DIST/package. Run by `npm run rpm`.
set -euo pipefail
cd "$(dirname "$0")/../.."
dist=$(realpath "${DIST:-dist}")
# RPM has no pre-releases after a hyphen, but sorts what follows a tilde before the release.
version=$(node -p 'require("./package.json").version.replaceAll("-", "~")')
rm -rf "$dist/rpm"
mkdir -p "$dist/rpm"
rpmbuild -bb --quiet templates/packages/kojibridge.spec \
  --define "version $version" \
  --define "sources $PWD" \
  --define "package $dist/package" \
  --define "_topdir $dist/rpm/work" \
  --define "_rpmdir $dist/rpm" \
  --define "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"
rm -r "$dist/rpm/work"
