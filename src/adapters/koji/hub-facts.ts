import type { HubBuild } from "../../domain/existing.ts";
import type { HubFacts, TagEditor } from "../../ports/hub-facts.ts";
import type { KojiBuild } from "./calls/builds.ts";
import type { User } from "./calls/system.ts";
import { toMacros } from "./calls/tags.ts";
import { detectCapabilities } from "./capabilities.ts";
import type { KojiCalls } from "./hub.ts";
import type { XmlRpcStruct } from "./xmlrpc.ts";

/** What the core looks at before a build. */
export function createHubFacts(koji: KojiCalls, me: () => Promise<User>): HubFacts {
  return {
    async target(name) {
      const target = await koji.getBuildTarget(name);
      if (target === null) return null;
      const [dest, own, config] = await Promise.all([
        koji.getTag(target.destTagId),
        koji.getTag(target.buildTagId),
        koji.getBuildConfig(target.buildTagId),
      ]);
      return {
        name: target.name,
        buildTag: target.buildTag,
        destTag: target.destTag,
        destLocked: dest?.locked ?? null,
        arches: config.arches,
        macros: toMacros(config.extra),
        ownMacros: Object.keys(toMacros(own?.extra ?? {})),
        // The plugin reads the parent's own extra, nothing inherited (koji-facts, section 12).
        sideTagMacros: toWords(own?.extra ?? {}),
      };
    },

    async rights() {
      const [{ sideTags, sideTagMacros }, { id, name }] = await Promise.all([detectCapabilities(koji), me()]);
      return {
        sideTags: sideTagMacros ? "with_macros" : sideTags ? "without_macros" : "none",
        user: name,
        permissions: await koji.getUserPerms(id),
      };
    },

    package: (tag, name) => koji.getPackageConfig(tag, name),

    async made(build) {
      const found = await koji.getBuild(build);
      return found === null ? null : toHubBuild(found);
    },

    async madeBy(task) {
      const [found] = await koji.listBuildsOfTask(task);
      return found === undefined ? null : toHubBuild(found);
    },
  };
}

export function createTagEditor(koji: KojiCalls): TagEditor {
  const prefix = "rpm.macro.";
  return {
    async ownMacros(name) {
      const extra = (await koji.getTag(name))?.extra ?? {};
      const macros = Object.entries(extra).filter(([key]) => key.startsWith(prefix));
      return Object.fromEntries(macros.map(([key, value]) => [key.slice(prefix.length), value]));
    },
    async editMacros(tag, set, remove) {
      const extra = Object.fromEntries(Object.entries(set).map(([name, value]) => [`${prefix}${name}`, value]));
      await koji.editTag(tag, { extra, removeExtra: remove.map((name) => `${prefix}${name}`) });
    },
    tagsOf: (build) => koji.listTagsOfBuild(build),
    tagBuild: (tag, build) => koji.tagBuild(tag, build),
  };
}

/** A list, or words separated by spaces. */
function toWords({ sidetag_rpm_macros_allowed: allowed = null }: XmlRpcStruct): string[] {
  if (typeof allowed === "string") return allowed.split(/\s+/).filter((word) => word !== "");
  return Array.isArray(allowed) ? allowed.filter((word) => typeof word === "string") : [];
}

function toHubBuild({ id, nvr, state, owner, source, taskId, finishedAt }: KojiBuild): HubBuild {
  return { id, nvr, state, owner, source, task: taskId, finishedAt };
}
