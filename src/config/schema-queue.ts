import * as z from "zod";
import { QUEUE, queueProblem, redisProblem } from "./queue.ts";
import { checked, file, mapping, secret } from "./vocabulary.ts";

const PREFIX = "write a few letters, digits and `._-`";

export const redisServer = mapping({
  url: checked(redisProblem)
    .describe(
      "Without the password. `rediss:` for TLS; `redis+sentinel://HOST,HOST/MASTER?db=N`, `redis+cluster://HOST,HOST`, likewise with `rediss`.",
    )
    .meta({
      examples: ["rediss://kojibridge@redis.example.org:6380/2", "redis+sentinel://s1:26379,s2:26379/mymaster"],
    }),
  password: secret.optional().describe("The password of Redis or Valkey."),
  sentinel_password: secret.optional().describe("The password of the Sentinels themselves, if they have one."),
  ca: file.optional().describe("PEM file with the authorities to trust; default: those Node.js knows."),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/, { error: PREFIX })
    .default("kojibridge")
    .describe("What every key starts with; two bridges that share a Redis need two."),
});

export const queue = z.union([checked(queueProblem, QUEUE), redisServer]);
