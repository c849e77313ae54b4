/** Everything the screens ask of the registry, one function per question. */
import { answered, client } from "./client";
import type { ApplicationContent, Question, ReviewDecision, RoadClass } from "./types";

const PAGE = 500;
const MOST_ROADS = 5000;

interface Page<Item> {
  items: Item[];
  next: string | null;
}

interface Turn {
  query: { limit: number; cursor?: string };
}

/** All items of a list, page after page. */
async function all<Item>(ask: (params: Turn) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await ask({ query: { limit: PAGE, ...(cursor ? { cursor } : {}) } });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

export const signIn = (username: string, password: string) =>
  answered(
    client.POST("/v1/auth/token", {
      body: { grant_type: "password", username, password },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    }),
  );

export const readMe = () => answered(client.GET("/v1/me"));
export const readKinds = () => answered(client.GET("/v1/kinds"));
export const readJurisdiction = () => answered(client.GET("/v1/jurisdiction"));

export const listRules = () => answered(client.GET("/v1/rules"));

export const listRoads = (bbox: string, road_class: RoadClass[], signal: AbortSignal) =>
  answered(
    client.GET("/v1/roads", { params: { query: { bbox, road_class, limit: MOST_ROADS } }, signal }),
  );

export const listDistricts = () => all((params) => answered(client.GET("/v1/districts", { params })));
export const listZones = () => all((params) => answered(client.GET("/v1/zones", { params })));
export const listRestrictions = () =>
  all((params) => answered(client.GET("/v1/restrictions", { params })));
export const listPermits = () => all((params) => answered(client.GET("/v1/permits", { params })));
export const listApplications = () =>
  all((params) => answered(client.GET("/v1/applications", { params })));
export const listVehicles = () => all((params) => answered(client.GET("/v1/vehicles", { params })));
export const listPeople = () => all((params) => answered(client.GET("/v1/people", { params })));
export const listInsurance = () => all((params) => answered(client.GET("/v1/insurance", { params })));

const application = (application_id: string) => ({ path: { application_id } });

export const readApplication = (id: string) =>
  answered(client.GET("/v1/applications/{application_id}", { params: application(id) }));
export const readHistory = (id: string) =>
  answered(client.GET("/v1/applications/{application_id}/history", { params: application(id) }));

export const check = (question: Question, signal: AbortSignal) =>
  answered(client.POST("/v1/checks", { body: question, signal }));

export const createDraft = (content: ApplicationContent, key: string) =>
  answered(
    client.POST("/v1/applications", {
      params: { header: { "idempotency-key": key } },
      body: content,
    }),
  );

export const replaceDraft = (id: string, version: number, content: ApplicationContent) =>
  answered(
    client.PUT("/v1/applications/{application_id}", {
      params: { ...application(id), header: { "if-match": `"${version}"` } },
      body: content,
    }),
  );

export const review = (id: string, version: number, decision: ReviewDecision, remark: string) =>
  answered(
    client.POST("/v1/applications/{application_id}/reviews", {
      params: application(id),
      body: {
        version,
        decision,
        remarks: remark ? [{ pointer: "", text: remark }] : [],
        conditions: [],
      },
    }),
  );
