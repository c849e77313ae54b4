/** The steps that change a state, by the names the registry gives them in `allowed_actions`. */
import { answered, client } from "./client";

/** Why a step is taken, where the law wants a reason. */
export interface Why {
  reason?: string;
}

export const APPLICATION_STEPS = {
  submit: (application_id: string, version: number) =>
    answered(
      client.POST("/v1/applications/{application_id}/submit", {
        params: { path: { application_id } },
        body: { version },
      }),
    ),
  resubmit: (application_id: string, version: number) =>
    answered(
      client.POST("/v1/applications/{application_id}/resubmit", {
        params: { path: { application_id } },
        body: { version },
      }),
    ),
  confirm: (application_id: string, version: number) =>
    answered(
      client.POST("/v1/applications/{application_id}/confirm", {
        params: { path: { application_id } },
        body: { version },
      }),
    ),
  withdraw: (application_id: string) =>
    answered(
      client.POST("/v1/applications/{application_id}/withdraw", { params: { path: { application_id } } }),
    ),
};

const zone = (zone_id: string) => ({ params: { path: { zone_id } } });

export const ZONE_STEPS = {
  assess: (id: string) => answered(client.POST("/v1/zones/{zone_id}/assess", zone(id))),
  publish: (id: string) => answered(client.POST("/v1/zones/{zone_id}/publish", zone(id))),
  withdraw: (id: string) => answered(client.POST("/v1/zones/{zone_id}/withdraw", zone(id))),
};

const restriction = (restriction_id: string) => ({ params: { path: { restriction_id } } });

export const RESTRICTION_STEPS = {
  publish: (id: string) =>
    answered(client.POST("/v1/restrictions/{restriction_id}/publish", restriction(id))),
  withdraw: (id: string) =>
    answered(client.POST("/v1/restrictions/{restriction_id}/withdraw", restriction(id))),
};

const permit = (permit_id: string, why: Why) => ({ params: { path: { permit_id } }, body: why });

export const PERMIT_STEPS = {
  activate: (id: string, why: Why) =>
    answered(client.POST("/v1/permits/{permit_id}/activate", permit(id, why))),
  resume: (id: string, why: Why) =>
    answered(client.POST("/v1/permits/{permit_id}/resume", permit(id, why))),
  suspend: (id: string, why: Why) =>
    answered(client.POST("/v1/permits/{permit_id}/suspend", permit(id, why))),
  terminate: (id: string, why: Why) =>
    answered(client.POST("/v1/permits/{permit_id}/terminate", permit(id, why))),
  revoke: (id: string, why: Why) =>
    answered(client.POST("/v1/permits/{permit_id}/revoke", permit(id, why))),
};

/** Those of the known steps that are allowed now, in the order in which they are shown. */
export function allowed<Name extends string>(steps: Record<Name, unknown>, actions: string[]): Name[] {
  return (Object.keys(steps) as Name[]).filter((name) => actions.includes(name));
}
