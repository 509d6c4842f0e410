import type { FailureClass } from "./types.ts";

/** What usually helps. A reader who translates goes by the class. */
export const HINTS: Readonly<Partial<Record<FailureClass, string>>> = {
  spec: "rpmbuild cannot read the spec file; `rpmspec -P` shows the same error locally.",
  buildrequires:
    "A BuildRequires cannot be installed from the build tag: check its name, and whether it is built there.",
  scm: "The builder could not check the commit out.",
  source: "A source file is missing or not what it should be: check `sources` and what was uploaded.",
  patch: "Rebase the patch onto these sources.",
  compiler: "The sources do not compile with the compilers and flags of this target.",
  linker: "A library is missing, or the order or flags of the linker are wrong.",
  configure: "The build system did not find what it needs: often a missing BuildRequires.",
  node: "Builders have no network: dependencies of npm have to be bundled as sources.",
  tests: "A test of the package failed in %check.",
  "unpackaged-files": "List the files in %files, or remove them in %install.",
  "missing-files": "%files names what %install did not put there.",
  arch: "No arch of this tag fits ExclusiveArch, ExcludeArch and BuildArch of the package.",
  refused: "The hub's configuration does not allow this; its administrators can.",
  resources: "The builder ran out of memory or disk: fewer parallel jobs or less debug information may help.",
  timeout: "The build took longer than the hub allows: look for a test or tool that hangs.",
  network: "A repository or mirror could not be read. It is not the package's fault.",
  buildroot: "The buildroot could not be made. It is not the package's fault.",
  builder: "The builder or the hub failed. It is not the package's fault.",
};
