import * as z from "zod";
import { DATABASE, databaseProblem, postgresProblem } from "./database.ts";
import { checked, mapping, secret } from "./vocabulary.ts";

const ELSEWHERE = "write database: { url: …, password: { env: NAME } }";

const server = mapping({
  url: checked((text) => postgresProblem(text, ELSEWHERE))
    .describe("Without the password. Parameters as libpq has them: host, user, sslmode, sslrootcert, sslcert, sslkey.")
    .meta({ examples: ["postgres://kojibridge@db.example.org/kojibridge?sslmode=verify-full"] }),
  password: secret.describe("The database user's password."),
});

export const database = z.union([checked((text) => databaseProblem(text, ELSEWHERE), DATABASE), server]);
