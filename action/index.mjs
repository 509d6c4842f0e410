// What the runner starts. The rest is one file, made by `npm run build:action` and committed for release tags only.
import { run } from "./dist/main.mjs";

await run();
