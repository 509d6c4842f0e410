import * as z from "zod";
import { parseDuration } from "./units.ts";
import { checked, mapping } from "./vocabulary.ts";

const AGE = "write a duration, such as 30d, or forever";
const age = checked((text) => (text === "forever" || parseDuration(text) !== null ? null : AGE), AGE);
const most = z.int({ error: "write a whole number" }).min(1, { error: "write a number of at least 1" }).optional();

export const retention = mapping({
  payloads: age.default("30d").describe("The bytes of a delivery, for replay and the dashboard."),
  deliveries: age.default("90d").describe("What a delivery was and what became of it."),
  builds: age.default("365d").describe("Builds that have ended, with what was said of them."),
  max_deliveries: most.describe("More than this many, the oldest go earlier."),
  max_builds: most.describe("More than this many, the oldest go earlier."),
});
