import type { FastifyInstance, FastifyRequest } from "fastify";
import { BUILD_COMMANDS } from "../../app/commands.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Role } from "../../domain/role.ts";
import { nameOf } from "../visitor/session.ts";
import { type Context, fieldsOf } from "./context.ts";

interface Named {
  Params: { id: string };
}

/** What is pressed. Every form carries its key, and every repo's buttons are for those who may write there. */
export function addButtons(app: FastifyInstance, { deps, links, visitor, show }: Context): void {
  /** @returns who it is, for reasons and the log. @throws `rejected`, code `form` or `forbidden` */
  async function permitted(request: FastifyRequest, forge: string, repo: string | null, role: Role): Promise<string> {
    deps.doorkeeper.checkForm(request, fieldsOf(request).get("key"));
    const { person } = visitor(request);
    if (person !== null && (await deps.rights(person, forge, repo, role))) return nameOf(person);
    throw new KojibridgeError("rejected", `this needs ${role} access to the repository`, { code: "forbidden" });
  }

  for (const command of BUILD_COMMANDS)
    app.post<Named>(`/builds/:id/${command}`, async (request, reply) => {
      const { id } = request.params;
      const entry = await deps.gallery.entry(id);
      if (entry === null) return show(request, reply, null);
      const who = await permitted(request, entry.build.forge, entry.build.repo, deps.roles[command]);
      await deps.commands(command, id, who);
      deps.log.info({ build: id, command, who }, "command");
      return reply.redirect(links.build(id), 303);
    });

  app.post<Named>("/deliveries/:id/replay", async (request, reply) => {
    const delivery = await deps.gallery.delivery(request.params.id);
    if (delivery === null) return show(request, reply, null);
    const who = await permitted(request, delivery.forge, delivery.summary?.repo.path ?? null, "write");
    const again = await deps.replay(delivery.id);
    deps.log.info({ delivery: again.delivery, who }, "replayed");
    return reply.redirect(links.delivery(again.delivery), 303);
  });
}
