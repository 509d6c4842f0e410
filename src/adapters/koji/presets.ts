/** Public hubs, for machines without their profile files; the options are those of such a file. */
export const PRESETS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    "fedora",
    new Map([
      ["server", "https://koji.fedoraproject.org/kojihub"],
      ["weburl", "https://koji.fedoraproject.org/koji"],
      ["topurl", "https://kojipkgs.fedoraproject.org"],
      ["authtype", "kerberos"],
    ]),
  ],
  [
    "cbs",
    new Map([
      ["server", "https://cbs.centos.org/kojihub"],
      ["weburl", "https://cbs.centos.org/koji"],
      ["topurl", "https://cbs.centos.org/kojifiles"],
      ["authtype", "ssl"],
      ["cert", "~/.centos.cert"],
    ]),
  ],
  [
    "stream",
    new Map([
      ["server", "https://kojihub.stream.centos.org/kojihub"],
      ["weburl", "https://kojihub.stream.centos.org/koji"],
      ["topurl", "https://kojihub.stream.centos.org/kojifiles"],
      ["authtype", "kerberos"],
    ]),
  ],
  [
    "rocky",
    new Map([
      ["server", "https://koji.rockylinux.org/kojihub"],
      ["weburl", "https://koji.rockylinux.org/koji"],
      ["topurl", "https://koji.rockylinux.org/kojifiles"],
      ["authtype", "kerberos"],
    ]),
  ],
  [
    "rpmfusion",
    new Map([
      ["server", "https://koji.rpmfusion.org/kojihub"],
      ["weburl", "https://koji.rpmfusion.org/koji"],
      ["topurl", "https://koji.rpmfusion.org/kojifiles"],
      ["authtype", "ssl"],
      ["cert", "~/.rpmfusion.cert"],
    ]),
  ],
]);
