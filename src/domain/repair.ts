const MINUTES = 60_000;
/** After a build is over its status is looked at again at these ages: people and other tools overwrite or delete statuses. */
const LOOKS = [60 * MINUTES, 6 * 60 * MINUTES, 24 * 60 * MINUTES, 7 * 24 * 60 * MINUTES];

/** When a final status is to be compared with what the forge shows, and mended; null when it was looked at often enough. */
export function nextLook(finishedAt: number, now: number): number | null {
  const age = LOOKS.find((look) => finishedAt + look > now);
  return age === undefined ? null : finishedAt + age;
}
